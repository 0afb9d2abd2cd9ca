"""What can be asked of a segment."""

from collections.abc import Sequence
from uuid import UUID

from typing_extensions import override

from events.domain.aggregates import Aggregates, Change, changed, created
from events.domain.commands import Command
from events.domain.originators import originator_of
from events.domain.refusals import NotFound
from events.domain.segments.events import Condition, Match
from events.domain.segments.segment import Segment, define_segment


class SegmentCommand(Command[Segment], frozen=True, kw_only=True, tag=True):
    """Something asked of a segment."""

    segment: str
    reason: str = ""

    @property
    @override
    def subject(self) -> UUID:
        return originator_of(self.workspace, Segment.KIND, self.segment)


class PutSegment(SegmentCommand, frozen=True, kw_only=True, tag=True):
    """Have there be a segment of this name with these rules."""

    name: str
    match: Match = "all"
    conditions: Sequence[Condition]

    @override
    def change(self, aggregates: Aggregates, at: str) -> Change[Segment]:
        event = define_segment(
            segment=self.segment, name=self.name, match=self.match, conditions=self.conditions, reason=self.reason,
            at=at,
        )  # fmt: skip
        segment = aggregates.find(Segment, self.segment)
        if segment is not None:
            return changed(segment, segment.define(event))
        return created(Segment.begin(self.subject, event), event)


class RemoveSegment(SegmentCommand, frozen=True, kw_only=True, tag=True):
    """Have there be no such segment."""

    @override
    def change(self, aggregates: Aggregates, at: str) -> Change[Segment]:
        segment = aggregates.find(Segment, self.segment)
        if segment is None:
            raise NotFound("segment", self.segment)
        return changed(segment, segment.remove(reason=self.reason, at=at))
