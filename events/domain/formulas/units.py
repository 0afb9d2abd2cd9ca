"""Units: what may be added and compared. Counts of anything are plain numbers that say what they count."""

from collections.abc import Mapping
from typing import NamedTuple

from events.currencies import CURRENCIES

TIME = "time"
"""The dimension of durations, in seconds."""

_NAMES = {TIME: "seconds"}


class Unit(NamedTuple):
    """Dimensions with their powers, sorted; without any it is a plain number, of which `counts` says what it counts."""

    dimensions: tuple[tuple[str, int], ...] = ()
    counts: str = ""

    def __str__(self) -> str:
        """`seconds`, `votes`, `EUR per seconds`, `plain`."""
        if not self.dimensions:
            return self.counts or "plain"
        above = " ".join(_power(name, power) for name, power in self.dimensions if power > 0)
        below = " ".join(_power(name, -power) for name, power in self.dimensions if power < 0)
        return f"{above or '1'} per {below}" if below else above

    @property
    def is_plain(self) -> bool:
        """Whether it has no dimension."""
        return not self.dimensions

    def times(self, other: "Unit", power: int = 1) -> "Unit":
        """The unit of a product; with a power of -1 that of a quotient."""
        powers = dict(self.dimensions)
        for name, count in other.dimensions:
            powers[name] = powers.get(name, 0) + power * count
        dimensions = tuple(sorted((name, count) for name, count in powers.items() if count))
        if dimensions or not (self.is_plain and other.is_plain):
            return Unit(dimensions)
        return Unit((), self.counts if not other.counts else other.counts if not self.counts and power > 0 else "")

    def raised(self, power: int) -> "Unit":
        """The unit of a power."""
        return Unit(tuple((name, count * power) for name, count in self.dimensions if power))

    def beside(self, other: "Unit") -> "Unit":
        """The unit of a sum of alike ones."""
        same = self.counts == other.counts or not other.counts
        return Unit(self.dimensions, self.counts if same else "" if self.counts else other.counts)


PLAIN = Unit()
SECONDS = Unit(((TIME, 1),))


def counted(what: str) -> Unit:
    """A plain number that counts something."""
    return Unit((), what)


def money(currency: str) -> Unit:
    """Amounts in a currency's minor unit."""
    return Unit(((currency, 1),))


def _times(seconds: int, *names: str) -> dict[str, tuple[Unit, float]]:
    return {name: (SECONDS, float(seconds)) for name in names}


LITERAL_UNITS: Mapping[str, tuple[Unit, float]] = {
    **_times(1, "second", "seconds"),
    **_times(60, "minute", "minutes"),
    **_times(3600, "hour", "hours"),
    **_times(86_400, "day", "days"),
    **_times(7 * 86_400, "week", "weeks"),
    **{currency: (money(currency), 1.0) for currency in sorted(CURRENCIES)},
}
"""What may stand behind a number: its unit, and how many of that it is. Amounts are in the currency's minor unit."""


def _power(name: str, power: int) -> str:
    named = _NAMES.get(name, name)
    return named if power == 1 else f"{named}^{power}"
