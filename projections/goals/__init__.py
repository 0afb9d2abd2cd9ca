"""Goals, their key results and the posts that serve them, as they are and were. Folded from the ledger."""

from collections.abc import Sequence

from events.log.topics import LEDGER, TopicSpec
from events.position import Partition
from projections.clickhouse.schema import StableView
from projections.goals.fold import GoalsFold
from projections.goals.tables import GOAL_HISTORY, GOAL_LINK_HISTORY, GOAL_LINKS, GOALS, KEY_RESULT_HISTORY
from projections.goals.views import ACROSS, VIEWS
from projections.table import Derived, Table

__all__ = ["ACROSS", "GoalsProjection"]


class GoalsProjection:
    """The projection `goals`."""

    name = "goals"
    code = 1
    topics: Sequence[TopicSpec] = (LEDGER,)
    tables: Sequence[Table] = (GOALS, GOAL_HISTORY, KEY_RESULT_HISTORY, GOAL_LINKS, GOAL_LINK_HISTORY)
    derived: Sequence[Derived] = ()
    views: Sequence[StableView] = VIEWS

    def fold(self, partition: Partition, partitions: int) -> GoalsFold:
        """A fresh fold of one partition."""
        return GoalsFold()
