"""Persons, companies and segments: as they are, as they were at any moment, and nothing of whoever was forgotten."""

from collections.abc import Sequence

from events.log.topics import LEDGER, PEOPLE, TopicSpec
from events.position import Partition
from projections.clickhouse.schema import StableView
from projections.fold import Fold
from projections.people import tables
from projections.people.fold import PeopleFold
from projections.people.segments_fold import SegmentsFold
from projections.people.views import VIEWS
from projections.table import Derived, Table


class PeopleProjection:
    """The projection `people`."""

    name = "people"
    code = 1
    topics: Sequence[TopicSpec] = (PEOPLE, LEDGER)
    tables: Sequence[Table] = (
        tables.PEOPLE,
        tables.PERSON_HISTORY,
        tables.COMPANIES,
        tables.COMPANY_HISTORY,
        tables.FORGOTTEN,
        tables.SEGMENTS,
        tables.SEGMENT_HISTORY,
    )
    derived: Sequence[Derived] = ()
    views: Sequence[StableView] = VIEWS

    def fold(self, partition: Partition, partitions: int) -> Fold:
        """A fresh fold of one partition of either topic."""
        if partition.topic.endswith(f".{LEDGER.name}"):
            return SegmentsFold()
        return PeopleFold(partition, partitions)
