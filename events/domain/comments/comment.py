"""A comment: what somebody says about a post, until it is deleted."""

from collections.abc import Sequence
from typing import ClassVar, Self
from uuid import UUID

import msgspec

from events.domain.bounds import REASON_CHARACTERS, check_id, check_text
from events.domain.comments.events import CommentDeleted, CommentEdited, CommentEvent, CommentWritten
from events.domain.comments.text import check_body, mentions_in
from events.domain.event import DomainEvent, NotItsEvent
from events.domain.refusals import Conflict, Invalid

MOST_REVISIONS = 500
"""An edit more is refused: whoever hides a comment hides each of its versions."""


class Comment(msgspec.Struct, frozen=True, kw_only=True):
    """A comment as it stands. `at` is when it was written, `edited_at` when it was last edited, if it was.

    A deleted one says nothing and mentions nobody.
    """

    KIND: ClassVar[str] = "comment"
    FIRST: ClassVar[type[DomainEvent]] = CommentWritten

    id: UUID
    version: int
    comment: str
    post: str
    thread: str
    parent: str | None
    author: str
    body: str
    mentions: tuple[str, ...]
    internal: bool
    at: str
    edited_at: str | None = None
    deleted: bool = False

    @classmethod
    def begin(cls, id: UUID, event: CommentWritten) -> Self:
        """The comment that this event wrote."""
        return cls(
            id=id, version=1, comment=event.comment, post=event.post, thread=event.thread, parent=event.parent,
            author=event.author, body=event.body, mentions=event.mentions, internal=event.internal, at=event.at,
        )  # fmt: skip

    def evolve(self, event: DomainEvent) -> "Comment":
        """The comment after this event."""
        replace, version = msgspec.structs.replace, self.version + 1
        match event:
            case CommentEdited():
                said = {"body": event.body, "mentions": event.mentions}
                return replace(self, version=version, edited_at=event.at, **said)
            case CommentDeleted():
                return replace(self, version=version, body="", mentions=(), deleted=True)
            case _:
                raise NotItsEvent(f"comment {self.comment!r}", event)

    def edit(self, *, body: str, reason: str, at: str) -> Sequence[CommentEvent]:
        """Have it say this. What it says already is no event."""
        check_body("body", body)
        check_text("reason", reason, most=REASON_CHARACTERS)
        mentions = mentions_in("body", body)
        if self.deleted:
            raise Conflict("comment", f"comment {self.comment!r} was deleted")
        if body == self.body:
            return ()
        if self.version >= MOST_REVISIONS:
            raise Conflict(
                "comment", f"comment {self.comment!r} was edited {self.version - 1} times: write another one"
            )
        return (
            CommentEdited(
                comment=self.comment, post=self.post, body=body, mentions=mentions,
                internal=self.internal, reason=reason, at=at,
            ),
        )  # fmt: skip

    def delete(self, *, reason: str, at: str) -> Sequence[CommentEvent]:
        """Hide what it says. Deleting a deleted one is no event."""
        check_text("reason", reason, most=REASON_CHARACTERS)
        if self.deleted:
            return ()
        return (CommentDeleted(comment=self.comment, post=self.post, internal=self.internal, reason=reason, at=at),)


def write_comment(
    *, comment: str, post: str, parent: Comment | None, author: str, body: str, internal: bool, at: str
) -> CommentWritten:
    """A new comment's first event. A reply to a reply stands in the same thread: threads are two deep."""
    check_id("id", comment)
    check_id("author", author)
    check_body("body", body)
    if parent is not None:
        _check_parent(parent, post, internal)
    return CommentWritten(
        comment=comment, post=post, thread=comment if parent is None else parent.thread,
        parent=None if parent is None else parent.comment, author=author, body=body,
        mentions=mentions_in("body", body), internal=internal, at=at,
    )  # fmt: skip


def _check_parent(parent: Comment, post: str, internal: bool) -> None:
    if parent.post != post:
        raise Invalid("parent", f"comment {parent.comment!r} is on another post")
    if parent.deleted:
        raise Conflict("parent", f"comment {parent.comment!r} was deleted")
    if parent.internal and not internal:
        raise Invalid("internal", "a reply to an internal note is internal itself")
