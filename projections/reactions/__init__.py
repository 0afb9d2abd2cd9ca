"""Who reacts to which comment, in which way, and how that came about. Folded from the reactions."""

from collections.abc import Sequence

from events.log.topics import REACTIONS as TOPIC
from events.log.topics import TopicSpec
from events.position import Partition
from projections.clickhouse.schema import StableView
from projections.reactions.fold import ReactionsFold
from projections.reactions.tables import REACTION_HISTORY, REACTION_TOTALS, REACTIONS, VIEWS
from projections.table import Derived, Table


class ReactionsProjection:
    """The projection `reactions`."""

    name = "reactions"
    code = 1
    topics: Sequence[TopicSpec] = (TOPIC,)
    tables: Sequence[Table] = (REACTIONS, REACTION_HISTORY)
    derived: Sequence[Derived] = (REACTION_TOTALS,)
    views: Sequence[StableView] = VIEWS

    def fold(self, partition: Partition, partitions: int) -> ReactionsFold:
        """A fresh fold of one partition."""
        return ReactionsFold(partition, partitions)
