"""When something is decided, where what was decided before has its own moment."""

from typing import Final

from events.domain.refusals import Conflict

ON_THE_SAME: Final = "the last decision on the same was at {}: this one can't have been before it"
"""Of one of several things that an aggregate decides on, each by itself."""
ON_IT: Final = "the last decision on it was at {}: this one can't have been before"
"""Of an aggregate as a whole."""


def not_before(last: str, at: str, *, asked: bool, refusal: str = ON_THE_SAME) -> str:
    """Not before the last decision on the same: our clocks give way to it, what a client asked for is refused.

    Raises:
        Conflict: if an earlier moment was asked for.
    """
    if not asked:
        return max(last, at)
    if at < last:
        raise Conflict("at", refusal.format(last))
    return at
