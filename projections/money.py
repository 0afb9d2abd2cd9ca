"""Amounts of money: everywhere in minor units, but where people read them."""

from collections.abc import Mapping
from decimal import Decimal

_CURRENCIES: Mapping[int, str] = {
    1: "BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX VND VUV XAF XOF XPF",
    1000: "BHD IQD JOD KWD LYD OMR TND",
}
_MINOR_UNITS = {currency: units for units, currencies in _CURRENCIES.items() for currency in currencies.split()}
"""How many minor units one is, where that is not 100."""


def decimals(currency: str) -> int:
    """How many digits an amount in whole units has after the point."""
    return len(str(_MINOR_UNITS.get(currency, 100))) - 1


def minor_units(amount: Decimal, currency: str) -> int:
    """An amount in whole units, in minor ones: 12.5 euros are 1250 cents.

    Raises:
        ValueError: if the currency has no parts that small.
    """
    minor = amount * _MINOR_UNITS.get(currency, 100)
    if minor != minor.to_integral_value():
        raise ValueError(f"{currency} has {_MINOR_UNITS.get(currency, 100)} minor units")
    return int(minor)


def whole_units(amount: float, currency: str) -> float:
    """An amount in minor units, in whole ones: 1250 cents are 12.5 euros."""
    return amount / _MINOR_UNITS.get(currency, 100)
