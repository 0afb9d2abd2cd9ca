"""Target dates: a day, or any day of a month or a quarter."""

import datetime as dt
import re
from calendar import monthrange
from typing import Literal, get_args

import msgspec

Precision = Literal["day", "month", "quarter"]
PRECISIONS: tuple[Precision, ...] = get_args(Precision)

EARLIEST = dt.date(1970, 1, 1)
LATEST = dt.date(2099, 12, 31)
"""The years that events and tables can hold."""

_match_day = re.compile(r"\d{4}-\d\d-\d\d\Z").match
_match_month = re.compile(r"(\d{4})-(\d\d)\Z").match
_match_quarter = re.compile(r"(\d{4})-[Qq]([1-4])\Z").match


class Target(msgspec.Struct, frozen=True):
    """When something is to be there: on `date` (2026-03-15), or in the month or quarter that holds it."""

    date: str
    precision: Precision = "day"

    @property
    def day(self) -> dt.date:
        """`date` as a date."""
        return dt.date.fromisoformat(self.date)

    @property
    def first(self) -> dt.date:
        """The first day that it may mean."""
        day = self.day
        match self.precision:
            case "day":
                return day
            case "month":
                return day.replace(day=1)
            case "quarter":
                return dt.date(day.year, 3 * ((day.month - 1) // 3) + 1, 1)

    @property
    def due(self) -> dt.date:
        """The last day that it may mean: what is later than this is late."""
        first = self.first
        if self.precision == "day":
            return first
        month = first.month + (2 if self.precision == "quarter" else 0)
        return dt.date(first.year, month, monthrange(first.year, month)[1])

    @property
    def text(self) -> str:
        """`2026-03-15`, `2026-03` or `2026-Q1`."""
        first = self.first
        match self.precision:
            case "day":
                return first.isoformat()
            case "month":
                return f"{first:%Y-%m}"
            case "quarter":
                return f"{first:%Y}-Q{(first.month + 2) // 3}"

    def same_as(self, other: "Target | None") -> bool:
        """Whether both mean the same days."""
        return other is not None and (self.first, self.due) == (other.first, other.due)

    def holds(self, other: "Target") -> bool:
        """Whether the other one lies within this."""
        return self.first <= other.first and other.due <= self.due


def read_target(text: str, precision: str | None = None) -> Target:
    """`2026-03-15`, `2026-03` or `2026-Q1`; with a precision, the day, month or quarter that holds a day.

    Raises:
        ValueError: with what is wrong, in words for the client.
    """
    if precision is not None and precision not in PRECISIONS:
        raise ValueError(f"a precision is one of {', '.join(PRECISIONS)}")
    said, year, month, day = _parts(text)
    if said != "day" and precision not in (None, said):
        raise ValueError(f"{text} names a {said}, so its precision can't be {precision}")
    try:
        moment = dt.date(year, month, day)
    except ValueError:
        raise ValueError(f"there is no such date: {text}") from None
    if not EARLIEST <= moment <= LATEST:
        raise ValueError("must lie between 1970 and 2099")
    wanted: Precision = next((known for known in PRECISIONS if known == precision), said)
    return Target(moment.isoformat(), wanted)


def _parts(text: str) -> tuple[Precision, int, int, int]:
    """Which precision the form has, and the first day that it means."""
    if _match_day(text):
        return "day", int(text[:4]), int(text[5:7]), int(text[8:])
    if found := _match_month(text):
        return "month", int(found[1]), int(found[2]), 1
    if found := _match_quarter(text):
        return "quarter", int(found[1]), 3 * int(found[2]) - 2, 1
    raise ValueError("must be a date as 2026-03-15, a month as 2026-03 or a quarter as 2026-Q1")
