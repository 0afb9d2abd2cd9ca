"""The calendar periods over which budgets count, in UTC."""

from datetime import UTC, datetime

from events.rulings import Period
from events.times import Millis

_MONTHS = {"month": 1, "quarter": 3, "year": 12}
_FOR_EVER = 2**62


def period_around(period: Period, moment: datetime) -> tuple[Millis, Millis]:
    """When the period that a moment lies in begins, and when the next one does; `all` never ends."""
    if period == "all":
        return 0, _FOR_EVER
    months = _MONTHS[period]
    first = (moment.year * 12 + moment.month - 1) // months * months
    return _begin(first), _begin(first + months)


def _begin(month: int) -> Millis:
    """When a month begins, counted from the year 0."""
    return int(datetime(month // 12, month % 12 + 1, 1, tzinfo=UTC).timestamp() * 1000)
