"""Releases, as they are and as they were. Folded from the ledger."""

from collections.abc import Sequence

from events.log.topics import LEDGER, TopicSpec
from events.position import Partition
from projections.clickhouse.schema import StableView
from projections.releases.fold import ReleasesFold
from projections.releases.tables import RELEASE_HISTORY, RELEASES, VIEWS
from projections.table import Derived, Table


class ReleasesProjection:
    """The projection `releases`."""

    name = "releases"
    code = 2
    topics: Sequence[TopicSpec] = (LEDGER,)
    tables: Sequence[Table] = (RELEASES, RELEASE_HISTORY)
    derived: Sequence[Derived] = ()
    views: Sequence[StableView] = VIEWS

    def fold(self, partition: Partition, partitions: int) -> ReleasesFold:
        """A fresh fold of one partition."""
        return ReleasesFold()
