"""Of which moment quality is asked."""

from projections.clickhouse.query import Parameter
from projections.moments import WORKSPACE, Moment
from projections.planning import asked
from projections.planning.asked import Asked


def asked_of(moment: Moment, parameters: dict[str, Parameter]) -> Asked:
    """What is asked of a workspace; what is known at a moment is asked as of that one, too, if no other is named."""
    at = moment.known_at if moment.as_of is None else moment.as_of
    return asked.asked_of(WORKSPACE, Moment(at, moment.known_at), parameters)
