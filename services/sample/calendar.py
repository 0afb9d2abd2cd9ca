"""When things happen in the sample: one fixed year, its launches, and the hours at which people vote."""

from events.times import DAY, Millis, parse_time
from services.sample.dice import Dice, Urn

HOUR: Millis = 3_600_000
BEGIN: Millis = parse_time("2025-11-01T00:00:00Z")
END: Millis = parse_time("2026-11-01T00:00:00Z")
"""The first moment after the sample."""

LAUNCHES = {
    "planning": ("2026-02-10", "2026-06-16"),
    "views": ("2026-03-24", "2026-09-08"),
    "together": ("2026-01-20", "2026-06-16"),
    "mobile": ("2026-04-14", "2026-10-06"),
    "integrations": ("2026-03-24", "2026-09-08"),
    "admin": ("2026-02-10", "2026-07-14"),
}
"""The days on which something new came out, by board: votes on that board gather after them."""

_HOURS = Urn((4, 2, 1, 1, 2, 5, 12, 30, 58, 72, 76, 70, 52, 62, 74, 72, 64, 48, 34, 30, 32, 28, 18, 9))


def launches(board: str, after: Millis, before: Millis) -> list[Millis]:
    """The board's launches between two moments."""
    return [at for day in LAUNCHES[board] if after <= (at := parse_time(day)) < before]


def at_an_hour(dice: Dice, moment: Millis) -> Millis:
    """A moment of the same day, at an hour when people are awake."""
    return moment - moment % DAY + _HOURS.draw(dice) * HOUR + dice.below(HOUR)
