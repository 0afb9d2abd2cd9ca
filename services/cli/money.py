"""Amounts of money as a person reads them."""

from collections.abc import Mapping

from projections.money import decimals, whole_units

NOTHING = "-"


def exact(amount: int, currency: str) -> str:
    """An amount in minor units as `12,345.60`, in whole ones; nothing where there is no currency."""
    return f"{whole_units(amount, currency):,.{decimals(currency)}f}" if currency else ""


def spend(amounts: Mapping[str, int]) -> str:
    """Amounts in minor units by currency as `EUR 12,345 + USD 678`: whole units, and a dash for nothing."""
    told = [
        f"{currency} {whole_units(amount, currency):,.0f}" for currency, amount in sorted(amounts.items()) if amount
    ]
    return " + ".join(told) or NOTHING
