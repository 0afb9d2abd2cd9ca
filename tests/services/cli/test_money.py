"""Amounts as the command line prints them."""

from services.cli.money import spend


def test_whole_units_of_each_currency() -> None:
    assert (
        spend({"USD": 328_900, "EUR": 1_234_567, "JPY": 1200, "KWD": 4000})
        == "EUR 12,346 + JPY 1,200 + KWD 4 + USD 3,289"
    )
    assert spend({"EUR": 0}) == spend({}) == "-"
