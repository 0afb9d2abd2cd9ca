"""The moment that a ranking is seen from: now, as of a moment, as known at a moment."""

from typing import NamedTuple

from events.times import DAY, Millis
from projections.moments import Moment, bound_moment

MINUTE: Millis = 60_000
RECENT_DAYS = 30
"""What is recent happened since midnight (UTC) so many days ago."""


class CannotRank(ValueError):  # noqa: N818 - it names the request, not the fault
    """A formula that can't be asked so: which field of the request is to blame, and what to ask instead."""

    def __init__(self, field: str, message: str) -> None:
        """The field as HTTP names it."""
        super().__init__(message)
        self.field = field


class Seen(NamedTuple):
    """From where things are seen. `now` is what ages are counted from; `name` tells apart what several bind."""

    as_of: Millis | None = None
    known_at: Millis | None = None
    now: Millis | None = None
    name: str = ""

    @property
    def moment(self) -> Moment:
        """Of which moment the history is asked."""
        return Moment(self.as_of, self.known_at)

    @property
    def is_past(self) -> bool:
        """Whether the history is asked, and not what stands now."""
        return self.moment.is_past

    @property
    def present(self) -> Millis:
        """What ages are counted from: the moment itself, or what was given as now.

        Raises:
            CannotRank: if there is neither.
        """
        for moment in (self.as_of, self.known_at, self.now):
            if moment is not None:
                return moment
        raise CannotRank("now", "a formula that looks at ages needs `now`: see projections.ranking.seen.present_of")

    @property
    def recent(self) -> Millis:
        """Since when things are recent."""
        return self.present // DAY * DAY - RECENT_DAYS * DAY

    @property
    def at(self) -> str:
        """SQL of the moment by which things happened."""
        return bound_moment(f"at{self.name}")

    @property
    def known(self) -> str:
        """SQL of the moment by which things were recorded."""
        return bound_moment(f"known_at{self.name}")

    @property
    def parameters(self) -> dict[str, str | int]:
        """What these two bind."""
        return self.moment.bound(self.name)


def present_of(moment: Millis) -> Millis:
    """The present as rankings see it: rounded down to the minute, so that answers may be kept and pages go on."""
    return moment // MINUTE * MINUTE
