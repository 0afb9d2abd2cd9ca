"""Amounts as the command line prints them."""

import pytest
from msgspec import UNSET

from events.people import Spend
from services.cli.errors import CliError
from services.cli.money import exact, spend
from services.cli.people import Said


def test_whole_units_of_each_currency() -> None:
    assert (
        spend({"USD": 328_900, "EUR": 1_234_567, "JPY": 1200, "KWD": 4000})
        == "EUR 12,346 + JPY 1,200 + KWD 4 + USD 3,289"
    )
    assert (exact(1_234_560, "EUR"), exact(1200, "JPY"), exact(0, "")) == ("12,345.60", "1,200", "")
    assert spend({"EUR": 0}) == spend({}) == "-"


@pytest.mark.parametrize(
    ("said", "meant"),
    [
        ("12900 EUR", Spend(12_900, "EUR")),
        ("129.00 EUR", Spend(12_900, "EUR")),
        (" 0.5  USD ", Spend(50, "USD")),
        ("1200.0 JPY", Spend(1200, "JPY")),
        ("1.234 KWD", Spend(1234, "KWD")),
        ("90071992547409.93 EUR", Spend(9_007_199_254_740_993, "EUR")),
        ("", None),
        (None, UNSET),
    ],
)
def test_what_is_paid_with_a_point_is_in_whole_units(said: str | None, meant: object) -> None:
    assert Said(None, None, said, ()).paid() == meant


@pytest.mark.parametrize(
    "said", ["much", "12 ", "1,5 EUR", "1.005 EUR", "0.5 JPY", "-1.00 EUR", ".5 EUR", "1. EUR", "1e3 EUR"]
)
def test_what_is_no_amount_is_refused(said: str) -> None:
    with pytest.raises(CliError, match="--spend"):
        Said(None, None, said, ()).paid()
