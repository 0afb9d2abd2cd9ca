"""The rules of a segment: conditions of which all, or any, hold for its members.

A condition looks at a field of a person (`plan`, `company`, `spend`, `traits.seats`) or of that person's company
(`company.plan`, `company.spend`, `company.traits.industry`). Spend is compared within one currency, in its minor unit.
"""

import math
import re
from collections.abc import Sequence

from events.currencies import CURRENCIES
from events.domain.bounds import check_line
from events.domain.refusals import Invalid
from events.domain.segments.events import Condition, Op, Scalar

MOST_CONDITIONS = 20
MOST_VALUES = 100
VALUE_CHARACTERS = 500
_LARGEST = 2**53

_TEXTS = frozenset({"plan", "company", "company.plan"})
_SPENDS = frozenset({"spend", "company.spend"})
_is_trait = re.compile(r"(?:company\.)?traits\.[A-Za-z][A-Za-z0-9_.-]{0,63}\Z").match

_WANTED: dict[Op, tuple[int, int]] = {
    "eq": (1, 1), "ne": (1, 1), "in": (1, MOST_VALUES), "gt": (1, 1), "gte": (1, 1), "lt": (1, 1), "lte": (1, 1),
    "exists": (0, 0), "missing": (0, 0),
}  # fmt: skip
"""How many values each comparison takes, at least and at most."""
_ORDERS = frozenset({"gt", "gte", "lt", "lte"})


def check_conditions(conditions: Sequence[Condition]) -> tuple[Condition, ...]:
    """The conditions as they are kept: whole numbers are whole.

    Raises:
        Invalid: naming the part that can't be so.
    """
    if not 1 <= len(conditions) <= MOST_CONDITIONS:
        raise Invalid("conditions", f"must be 1 to {MOST_CONDITIONS}")
    return tuple(_checked(f"conditions.{number}", condition) for number, condition in enumerate(conditions))


def _checked(place: str, condition: Condition) -> Condition:
    field, op = condition.field, condition.op
    if field not in _TEXTS | _SPENDS and _is_trait(field) is None:
        raise Invalid(
            f"{place}.field", "must be plan, spend, company, traits.NAME, company.plan, company.spend or "
            "company.traits.NAME",
        )  # fmt: skip
    least, most = _WANTED[op]
    if not least <= len(condition.values) <= most:
        wanted = {(0, 0): "none", (1, 1): "exactly one"}.get((least, most), f"{least} to {most}")
        raise Invalid(f"{place}.values", f"{op} takes {wanted}")
    if (field in _SPENDS) != (condition.currency is not None):
        raise Invalid(f"{place}.currency", "spend, and only spend, is compared in a currency")
    if condition.currency is not None and condition.currency not in CURRENCIES:
        raise Invalid(f"{place}.currency", "must be a currency's code of ISO 4217, as EUR")
    values = tuple(_value(f"{place}.values", field, op, value) for value in condition.values)
    return Condition(field, op, values, condition.currency)


def _value(place: str, field: str, op: Op, value: Scalar) -> Scalar:
    if isinstance(value, float):
        if not math.isfinite(value):
            raise Invalid(place, "must be finite numbers")
        value = int(value) if value.is_integer() and abs(value) <= _LARGEST else value
    if field in _SPENDS and (isinstance(value, bool) or not isinstance(value, int) or value < 0):
        raise Invalid(place, "must be amounts in the currency's minor unit, as 12900")
    if field in _TEXTS and not isinstance(value, str):
        raise Invalid(place, f"{field} is a text")
    if op in _ORDERS and (isinstance(value, bool | str)):
        raise Invalid(place, f"{op} compares numbers")
    if isinstance(value, str):
        check_line(place, value, most=VALUE_CHARACTERS)
    elif isinstance(value, int) and abs(value) > _LARGEST:
        raise Invalid(place, f"must lie between -{_LARGEST} and {_LARGEST}")
    return value
