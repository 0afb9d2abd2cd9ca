"""The log itself, as rows: every ballot and reaction, and every domain event of every admitted commit, as it was."""

from collections.abc import Sequence

from events.log.topics import BALLOTS, LEDGER, REACTIONS, TopicSpec
from events.position import Partition
from projections.clickhouse.schema import StableView
from projections.events.fold import BallotEventsFold, LedgerEventsFold
from projections.events.tables import EVENT_LOG, VIEWS
from projections.fold import Fold
from projections.table import Derived, Table


class EventsProjection:
    """The projection `events`."""

    name = "events"
    code = 1
    topics: Sequence[TopicSpec] = (BALLOTS, LEDGER, REACTIONS)
    tables: Sequence[Table] = (EVENT_LOG,)
    derived: Sequence[Derived] = ()
    views: Sequence[StableView] = VIEWS

    def fold(self, partition: Partition, partitions: int) -> Fold:
        """A fresh fold of one partition of any of the topics."""
        if partition.topic.endswith(f".{LEDGER.name}"):
            return LedgerEventsFold(partition)
        return BallotEventsFold(partition)
