"""What happens to a segment."""

from typing import ClassVar, Literal

import msgspec

from events.domain.event import DomainEvent

Match = Literal["all", "any"]
Op = Literal["eq", "ne", "in", "gt", "gte", "lt", "lte", "exists", "missing"]
Scalar = str | int | float | bool


class Condition(msgspec.Struct, frozen=True, omit_defaults=True):
    """One comparison: `ne` holds also where the field is missing, all others but `missing` do not."""

    field: str
    op: Op
    values: tuple[Scalar, ...] = ()
    currency: str | None = None


class SegmentDefined(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """There is a segment of this name, of the persons for whom all (or any) of these conditions hold."""

    TYPE: ClassVar[str] = "groundswell.segment.defined.v1"
    segment: str
    name: str
    match: Match = "all"
    conditions: tuple[Condition, ...]
    reason: str = ""
    at: str


class SegmentRemoved(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """There is no such segment any more."""

    TYPE: ClassVar[str] = "groundswell.segment.removed.v1"
    segment: str
    reason: str = ""
    at: str


SegmentEvent = SegmentDefined | SegmentRemoved

EVENTS: tuple[type[DomainEvent], ...] = (SegmentDefined, SegmentRemoved)
