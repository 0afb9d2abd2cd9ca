"""Points of time at equal distances: the beginnings of days, every seventh of them, or of months, in UTC."""

from datetime import UTC, datetime
from typing import Literal, NamedTuple, Self

from events.times import DAY, Millis, from_millis, to_millis
from projections.ranking.columns import Parameters

Every = Literal["day", "week", "month"]


class Points(NamedTuple):
    """So many points from the first on. `first` is the beginning of a day, or of a month where that is the distance."""

    first: Millis
    many: int
    every: Every

    @classmethod
    def between(cls, begin: Millis, end: Millis, every: Every) -> Self:
        """From the beginning of begin's day or month on, none after `end`; no point where `end` is before that."""
        if every == "month":
            day = from_millis(begin)
            first = to_millis(datetime(day.year, day.month, 1, tzinfo=UTC))
            return cls(first, max(_month(end) - _month(begin) + 1, 0), every)
        first = begin // DAY * DAY
        return cls(first, max((end - first) // _step(every) + 1, 0), every)

    def moments(self) -> list[Millis]:
        """All of them, in order."""
        if self.every != "month":
            return [self.first + number * _step(self.every) for number in range(self.many)]
        begun = _month(self.first)
        return [
            to_millis(datetime(month // 12, month % 12 + 1, 1, tzinfo=UTC)) for month in range(begun, begun + self.many)
        ]

    def bind(self, parameters: Parameters) -> None:
        """Bind what the SQL below needs."""
        parameters |= {"first": self.first, "points": self.many, "last": self.moments()[-1]}

    def number(self, moment: str) -> str:
        """SQL of the number (from 0) of the first point that is not before a moment (SQL of type DateTime64)."""
        if self.every == "month":
            month = "toYear({0}) * 12 + toMonth({0})"
            began = "fromUnixTimestamp64Milli({first:Int64}, 'UTC')"
            later = f"if({moment} > toDateTime64(toStartOfMonth({moment}), 3, 'UTC'), 1, 0)"
            return f"toUInt32(greatest({month.format(moment)} - ({month.format(began)}) + {later}, 0))"
        step = _step(self.every)
        since = f"toUnixTimestamp64Milli({moment}) - {{first:Int64}}"
        return f"toUInt32(intDiv(greatest({since}, 0) + {step - 1}, {step}))"

    def moment(self, number: str) -> str:
        """SQL of the moment of a point, in milliseconds, by its number."""
        if self.every == "month":
            began = "fromUnixTimestamp64Milli({first:Int64}, 'UTC')"
            return f"toUnixTimestamp64Milli(addMonths({began}, {number}))"
        return f"({{first:Int64}} + {number} * {_step(self.every)})"


def _step(every: Every) -> Millis:
    return 7 * DAY if every == "week" else DAY


def _month(moment: Millis) -> int:
    day = from_millis(moment)
    return day.year * 12 + day.month - 1
