"""What is decided on complaints. All of it is for those who decide (`events.visibility`); `reason` is why."""

from typing import ClassVar, Literal

import msgspec

from events.domain.event import DomainEvent


class ComplaintMarked(msgspec.Struct, frozen=True, kw_only=True):
    """A comment on `post` is a complaint; it was written at `said_at`."""

    TYPE: ClassVar[str] = "groundswell.complaint.marked.v1"
    comment: str
    post: str
    said_at: str
    reason: str = ""
    internal: Literal[True] = True
    at: str


class ComplaintUnmarked(msgspec.Struct, frozen=True, kw_only=True):
    """A comment is no complaint after all."""

    TYPE: ClassVar[str] = "groundswell.complaint.unmarked.v1"
    comment: str
    post: str
    said_at: str
    reason: str = ""
    internal: Literal[True] = True
    at: str


ComplaintEvent = ComplaintMarked | ComplaintUnmarked

EVENTS: tuple[type[DomainEvent], ...] = (ComplaintMarked, ComplaintUnmarked)
