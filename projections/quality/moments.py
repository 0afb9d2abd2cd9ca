"""Of which moment quality is asked."""

from typing import NamedTuple

from events.times import Millis
from projections.clickhouse.query import Parameter
from projections.planning.asked import Asked

WORKSPACE = "workspace = {workspace:String}"


class As(NamedTuple):
    """As of when, by when things happened, and as known at when, by when they were recorded; None: now, all of it."""

    of: Millis | None = None
    known: Millis | None = None


def asked_of(as_: As, parameters: dict[str, Parameter]) -> Asked:
    """What is asked of a workspace; what is known at a moment is asked as of one, too."""
    of = as_.of if as_.of is not None else as_.known
    if of is None:
        return Asked(WORKSPACE)
    parameters["at"] = of
    at = "fromUnixTimestamp64Milli({at:Int64}, 'UTC')"
    if as_.known is None:
        return Asked(WORKSPACE, at)
    parameters["known_at"] = as_.known
    return Asked(WORKSPACE, at, "fromUnixTimestamp64Milli({known_at:Int64}, 'UTC')")
