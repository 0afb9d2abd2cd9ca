"""When something is decided, where what was decided before has its own moment."""

from events.domain.refusals import Conflict


def not_before(last: str, at: str, *, asked: bool) -> str:
    """Not before the last decision on the same: our clocks give way to it, what a client asked for is refused.

    Raises:
        Conflict: if an earlier moment was asked for.
    """
    if not asked:
        return max(last, at)
    if at < last:
        raise Conflict("at", f"the last decision on the same was at {last}: this one can't have been before it")
    return at
