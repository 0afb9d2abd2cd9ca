"""A segment: persons told apart by rules."""

from collections.abc import Sequence
from typing import ClassVar, Self
from uuid import UUID

import msgspec

from events.domain.bounds import NAME_CHARACTERS, REASON_CHARACTERS, check_id, check_line, check_text
from events.domain.event import DomainEvent, NotItsEvent
from events.domain.segments.events import Condition, Match, SegmentDefined, SegmentEvent, SegmentRemoved
from events.domain.segments.rules import check_conditions


class Segment(msgspec.Struct, frozen=True, kw_only=True):
    """A segment as it stands; a removed one may be defined again. `at` is when it was defined first."""

    KIND: ClassVar[str] = "segment"
    FIRST: ClassVar[type[DomainEvent]] = SegmentDefined

    id: UUID
    version: int
    segment: str
    name: str
    match: Match
    conditions: tuple[Condition, ...]
    at: str
    removed: bool = False

    @classmethod
    def begin(cls, id: UUID, event: SegmentDefined) -> Self:
        """The segment that this event defined."""
        return cls(
            id=id, version=1, segment=event.segment, name=event.name, match=event.match, conditions=event.conditions,
            at=event.at,
        )  # fmt: skip

    def evolve(self, event: DomainEvent) -> "Segment":
        """The segment after this event."""
        replace, version = msgspec.structs.replace, self.version + 1
        match event:
            case SegmentDefined():
                return replace(
                    self, version=version, name=event.name, match=event.match, conditions=event.conditions,
                    removed=False,
                )  # fmt: skip
            case SegmentRemoved():
                return replace(self, version=version, removed=True)
            case _:
                raise NotItsEvent(f"segment {self.segment!r}", event)

    def define(self, event: SegmentDefined) -> Sequence[SegmentEvent]:
        """Have it be so. What is so already is no event."""
        same = (event.name, event.match, event.conditions) == (self.name, self.match, self.conditions)
        return () if same and not self.removed else (event,)

    def remove(self, *, reason: str, at: str) -> Sequence[SegmentEvent]:
        """Have there be no such segment. That there is none is no event."""
        check_text("reason", reason, most=REASON_CHARACTERS)
        return () if self.removed else (SegmentRemoved(segment=self.segment, reason=reason, at=at),)


def define_segment(
    *, segment: str, name: str, match: Match, conditions: Sequence[Condition], reason: str, at: str
) -> SegmentDefined:
    """What defines a segment so, whether it is there or not."""
    check_id("segment", segment)
    check_line("name", name, least=1, most=NAME_CHARACTERS)
    check_text("reason", reason, most=REASON_CHARACTERS)
    checked = check_conditions(conditions)
    return SegmentDefined(segment=segment, name=name, match=match, conditions=checked, reason=reason, at=at)
