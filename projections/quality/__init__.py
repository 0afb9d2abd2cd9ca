"""Quality: gates and checks before posts are shipped, and what happened after. Folded from the ledger and reactions."""

from collections.abc import Sequence

from events.log.topics import LEDGER, REACTIONS, TopicSpec
from events.position import Partition
from projections.clickhouse.schema import StableView
from projections.fold import Fold
from projections.quality.across import ACROSS
from projections.quality.fold import QualityFold
from projections.quality.satisfaction_fold import SatisfactionFold
from projections.quality.tables import TABLES
from projections.quality.views import VIEWS
from projections.table import Derived, Table

__all__ = ["ACROSS", "QualityProjection"]


class QualityProjection:
    """The projection `quality`."""

    name = "quality"
    code = 1
    topics: Sequence[TopicSpec] = (LEDGER, REACTIONS)
    tables: Sequence[Table] = TABLES
    derived: Sequence[Derived] = ()
    views: Sequence[StableView] = VIEWS

    def fold(self, partition: Partition, partitions: int) -> Fold:
        """A fresh fold of one partition of either topic."""
        if partition.topic.endswith(f".{LEDGER.name}"):
            return QualityFold()
        return SatisfactionFold(partition, partitions)
