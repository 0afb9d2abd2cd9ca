"""Days, weeks, months, quarters and years by the UTC calendar: the periods of a series. Pure."""

from datetime import date, timedelta
from typing import Literal, NamedTuple, get_args

from events.times import Millis, from_millis

Every = Literal["day", "week", "month", "quarter", "year"]
EVERY: tuple[Every, ...] = get_args(Every)

MOST_POINTS = 400
"""More periods than that are not asked for at once: a year of days is less."""

USUAL_POINTS = 12
"""How many periods are shown where nobody says from when on."""

_MONTHS = {"month": 1, "quarter": 3, "year": 12}
_DAYS = {"day": 1, "week": 7}
_FIRST_DAY = date(1970, 1, 1)
"""Nothing that is recorded happened before."""


class Span(NamedTuple):
    """Periods from the one that begins on `first` to the one that begins on `last`, both included."""

    first: date
    last: date
    every: Every

    @property
    def starts(self) -> list[date]:
        """The first day of each period, in order."""
        return [
            self.first,
            *(later(start_of_day(self.first, self.every), self.every, n) for n in range(1, self.points)),
        ]

    @property
    def points(self) -> int:
        """How many periods they are."""
        if self.every in _MONTHS:
            return (_month(self.last) - _month(self.first)) // _MONTHS[self.every] + 1
        return (self.last - start_of_day(self.first, self.every)).days // _DAYS[self.every] + 1


def start_of(moment: Millis, every: Every) -> date:
    """The first day of the period that a moment is in; weeks begin on Mondays, and nothing before 1970."""
    return max(start_of_day(from_millis(moment).date(), every), _FIRST_DAY)


def start_of_day(day: date, every: Every) -> date:
    """The first day of the period that a day is in."""
    if every in _MONTHS:
        return day.replace(month=(day.month - 1) // _MONTHS[every] * _MONTHS[every] + 1, day=1)
    return day - timedelta(days=day.weekday()) if every == "week" else day


def later(start: date, every: Every, periods: int) -> date:
    """The first day of the period so many later, or earlier."""
    if every in _MONTHS:
        months = _month(start) + periods * _MONTHS[every]
        return date(months // 12, months % 12 + 1, 1)
    return start + timedelta(days=periods * _DAYS[every])


def span(begin: Millis | None, end: Millis, every: Every, *, usual: int = USUAL_POINTS) -> Span:
    """The periods from the one that `begin` is in (without it, so many as are `usual`) to the last before `end`.

    Raises:
        ValueError: if `begin` is not before `end`, or there are more than `MOST_POINTS`.
    """
    last = start_of(end - 1, every)
    if begin is None:
        return Span(max(later(last, every, 1 - usual), _FIRST_DAY), last, every)
    if begin >= end:
        raise ValueError("must be before `to`, or before this moment where there is none")
    asked = Span(start_of(begin, every), last, every)
    if asked.points > MOST_POINTS:
        raise ValueError(f"gives {asked.points} points of a {every} each, and {MOST_POINTS} at most are shown")
    return asked


def _month(day: date) -> int:
    return day.year * 12 + day.month - 1
