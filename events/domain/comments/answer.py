"""The official answer to a post: at most one comment, whichever was marked last.

A deleted comment answers nothing: deleting one needs no decision here.
"""

from collections.abc import Sequence
from typing import ClassVar, Self
from uuid import UUID

import msgspec

from events.domain.bounds import REASON_CHARACTERS, check_text
from events.domain.comments.events import AnswerEvent, AnswerGiven, AnswerWithdrawn
from events.domain.event import DomainEvent, NotItsEvent


class Answer(msgspec.Struct, frozen=True, kw_only=True):
    """Which comment answers a post; None if none does."""

    KIND: ClassVar[str] = "answer"
    FIRST: ClassVar[type[DomainEvent]] = AnswerGiven

    id: UUID
    version: int
    post: str
    comment: str | None

    @classmethod
    def begin(cls, id: UUID, event: AnswerGiven) -> Self:
        """The answer that this event gave."""
        return cls(id=id, version=1, post=event.post, comment=event.comment)

    def evolve(self, event: DomainEvent) -> "Answer":
        """The answer after this event."""
        match event:
            case AnswerGiven():
                return msgspec.structs.replace(self, version=self.version + 1, comment=event.comment)
            case AnswerWithdrawn():
                return msgspec.structs.replace(self, version=self.version + 1, comment=None)
            case _:
                raise NotItsEvent(f"the answer to post {self.post!r}", event)

    def give(self, *, comment: str, reason: str, at: str) -> Sequence[AnswerEvent]:
        """Have this comment be it. The one that is it already is no event."""
        return () if self.comment == comment else (give_answer(post=self.post, comment=comment, reason=reason, at=at),)

    def withdraw(self, *, comment: str, reason: str, at: str) -> Sequence[AnswerEvent]:
        """Have this comment no longer be it. One that isn't is no event."""
        check_text("reason", reason, most=REASON_CHARACTERS)
        if self.comment != comment:
            return ()
        return (AnswerWithdrawn(post=self.post, comment=comment, reason=reason, at=at),)


def give_answer(*, post: str, comment: str, reason: str, at: str) -> AnswerGiven:
    """The event that makes a comment the answer."""
    check_text("reason", reason, most=REASON_CHARACTERS)
    return AnswerGiven(post=post, comment=comment, reason=reason, at=at)
