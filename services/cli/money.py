"""Amounts of money as a person reads them."""

from collections.abc import Mapping

from projections.money import whole_units

NOTHING = "-"


def spend(amounts: Mapping[str, int]) -> str:
    """Amounts in minor units by currency as `EUR 12,345 + USD 678`: whole units, and a dash for nothing."""
    told = [
        f"{currency} {whole_units(amount, currency):,.0f}" for currency, amount in sorted(amounts.items()) if amount
    ]
    return " + ".join(told) or NOTHING
