"""Whether a comment is a complaint."""

from collections.abc import Sequence
from typing import ClassVar, Self
from uuid import UUID

import msgspec

from events.domain.bounds import REASON_CHARACTERS, check_text
from events.domain.complaints.events import ComplaintEvent, ComplaintMarked, ComplaintUnmarked
from events.domain.event import DomainEvent, NotItsEvent


class Complaint(msgspec.Struct, frozen=True, kw_only=True):
    """A comment that is a complaint, or was; `at` is when that was decided last."""

    KIND: ClassVar[str] = "complaint"
    FIRST: ClassVar[type[DomainEvent]] = ComplaintMarked

    id: UUID
    version: int
    comment: str
    post: str
    said_at: str
    at: str
    marked: bool = True

    @classmethod
    def begin(cls, id: UUID, event: ComplaintMarked) -> Self:
        """The complaint that this event marked."""
        return cls(
            id=id, version=1, comment=event.comment, post=event.post, said_at=event.said_at, at=event.at
        )  # fmt: skip

    def evolve(self, event: DomainEvent) -> "Complaint":
        """The complaint after this event."""
        if not isinstance(event, ComplaintMarked | ComplaintUnmarked):
            raise NotItsEvent(f"complaint {self.comment!r}", event)
        marked = isinstance(event, ComplaintMarked)
        return msgspec.structs.replace(self, version=self.version + 1, at=event.at, marked=marked)

    def mark(self, *, reason: str, at: str) -> Sequence[ComplaintEvent]:
        """Have it be one. One that is it already is no event."""
        event = mark_complaint(self.comment, post=self.post, said_at=self.said_at, reason=reason, at=at)
        return () if self.marked else (event,)

    def unmark(self, *, reason: str, at: str) -> Sequence[ComplaintEvent]:
        """Have it be none. One that is none is no event."""
        check_text("reason", reason, most=REASON_CHARACTERS)
        if not self.marked:
            return ()
        event = ComplaintUnmarked(comment=self.comment, post=self.post, said_at=self.said_at, reason=reason, at=at)
        return (event,)


def mark_complaint(comment: str, *, post: str, said_at: str, reason: str, at: str) -> ComplaintMarked:
    """The event that marks a comment as a complaint."""
    check_text("reason", reason, most=REASON_CHARACTERS)
    return ComplaintMarked(comment=comment, post=post, said_at=said_at, reason=reason, at=at)
