"""What a custom field may hold, by its type."""

import math
import re
from collections.abc import Callable, Mapping
from datetime import date

from events.domain.bounds import check_id, check_text
from events.domain.fields.events import FieldType
from events.domain.fields.field import Field
from events.domain.posts.events import FieldValue
from events.domain.refusals import Invalid

TEXT_CHARACTERS = 500
GREATEST = 1e15
"""Beyond this, numbers are no longer told apart."""

_is_date = re.compile(r"\d{4}-\d\d-\d\d\Z").match
_FIRST_DAY, _LAST_DAY = date(1900, 1, 1), date(2199, 12, 31)


def check_value(where: str, field: Field, value: FieldValue) -> None:
    """Refuse what is not of the field's type.

    Raises:
        Invalid: naming `where`.
    """
    _CHECKS[field.type](where, field, value)


def _text(where: str, field: Field, value: FieldValue) -> None:
    if not isinstance(value, str):
        raise Invalid(where, "must be a text")
    check_text(where, value, least=1, most=TEXT_CHARACTERS)


def _number(where: str, field: Field, value: FieldValue) -> None:
    if isinstance(value, bool | str) or not math.isfinite(value) or abs(value) > GREATEST:
        raise Invalid(where, f"must be a number of {GREATEST:g} at most")


def _boolean(where: str, field: Field, value: FieldValue) -> None:
    if not isinstance(value, bool):
        raise Invalid(where, "must be true or false")


def _date(where: str, field: Field, value: FieldValue) -> None:
    try:
        known = isinstance(value, str) and _is_date(value) and _FIRST_DAY <= date.fromisoformat(value) <= _LAST_DAY
    except ValueError:
        known = False
    if not known:
        raise Invalid(where, "must be a day from 1900 to 2199, as 2026-01-31")


def _choice(where: str, field: Field, value: FieldValue) -> None:
    if value not in field.choices:
        raise Invalid(where, f"must be one of {', '.join(field.choices)}")


def _person(where: str, field: Field, value: FieldValue) -> None:
    if not isinstance(value, str):
        raise Invalid(where, "must be a person's id")
    check_id(where, value)


_CHECKS: Mapping[FieldType, Callable[[str, Field, FieldValue], None]] = {
    "text": _text,
    "number": _number,
    "boolean": _boolean,
    "date": _date,
    "choice": _choice,
    "person": _person,
}
