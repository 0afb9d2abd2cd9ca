"""What was sent to webhooks, attempt by attempt, and how far each webhook has come."""

from collections.abc import Sequence

from events.log.topics import DELIVERIES, TopicSpec
from events.position import Partition
from projections.clickhouse.schema import StableView
from projections.deliveries.fold import DeliveriesFold
from projections.deliveries.tables import ATTEMPTS, VIEWS, WEBHOOK_POSITIONS
from projections.table import Derived, Table


class DeliveriesProjection:
    """The projection `deliveries`."""

    name = "deliveries"
    code = 1
    topics: Sequence[TopicSpec] = (DELIVERIES,)
    tables: Sequence[Table] = (ATTEMPTS, WEBHOOK_POSITIONS)
    derived: Sequence[Derived] = ()
    views: Sequence[StableView] = VIEWS

    def fold(self, partition: Partition, partitions: int) -> DeliveriesFold:
        """A fresh fold of one partition."""
        return DeliveriesFold()
