"""Roadmaps, as they are and as they were at any moment. Folded from the ledger."""

from collections.abc import Sequence

from events.log.topics import LEDGER, TopicSpec
from events.position import Partition
from projections.clickhouse.schema import StableView
from projections.roadmaps.fold import RoadmapsFold
from projections.roadmaps.tables import ROADMAP_EDITS, ROADMAP_HISTORY, ROADMAP_ITEMS, ROADMAPS
from projections.roadmaps.views import ACROSS, VIEWS
from projections.table import Derived, Table

__all__ = ["ACROSS", "RoadmapsProjection"]


class RoadmapsProjection:
    """The projection `roadmaps`."""

    name = "roadmaps"
    code = 2
    topics: Sequence[TopicSpec] = (LEDGER,)
    # A roadmap's own row comes last: whoever reads its version first, then its items, sees no items older than that.
    tables: Sequence[Table] = (ROADMAP_HISTORY, ROADMAP_ITEMS, ROADMAP_EDITS, ROADMAPS)
    derived: Sequence[Derived] = ()
    views: Sequence[StableView] = VIEWS

    def fold(self, partition: Partition, partitions: int) -> RoadmapsFold:
        """A fresh fold of one partition."""
        return RoadmapsFold()
