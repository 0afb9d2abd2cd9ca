"""Teams, estimates, and how the work of teams went. Folded from the ledger."""

from collections.abc import Sequence

from events.log.topics import LEDGER, TopicSpec
from events.position import Partition
from projections.clickhouse.schema import StableView
from projections.planning.fold import PlanningFold
from projections.planning.tables import ESTIMATE_HISTORY, ESTIMATES, TEAM_HISTORY, TEAMS, VIEWS
from projections.planning.views import ACROSS
from projections.table import Derived, Table

__all__ = ["ACROSS", "PlanningProjection"]


class PlanningProjection:
    """The projection `planning`."""

    name = "planning"
    code = 1
    topics: Sequence[TopicSpec] = (LEDGER,)
    tables: Sequence[Table] = (TEAM_HISTORY, TEAMS, ESTIMATE_HISTORY, ESTIMATES)
    derived: Sequence[Derived] = ()
    views: Sequence[StableView] = VIEWS

    def fold(self, partition: Partition, partitions: int) -> PlanningFold:
        """A fresh fold of one partition."""
        return PlanningFold()
