"""A post: something that people want, on a board, until it is closed."""

from collections.abc import Sequence
from typing import ClassVar, Self
from uuid import UUID

import msgspec

from events.domain.bounds import BODY_CHARACTERS, REASON_CHARACTERS, TITLE_CHARACTERS, check_id, check_text
from events.domain.event import DomainEvent, NotItsEvent
from events.domain.merging.events import PostAbsorbed, PostMerged, PostReleased, PostUnmerged
from events.domain.merging.standing import Merging
from events.domain.refusals import Invalid
from events.domain.vocabulary import (
    DuplicateNoted,
    PostClosed,
    PostEdited,
    PostEvent,
    PostMoved,
    PostReopened,
    PostSubmitted,
)


class Post(msgspec.Struct, frozen=True, kw_only=True):
    """A post as it stands. `closed` holds the reason while it is closed; `at` is when it was submitted."""

    KIND: ClassVar[str] = "post"
    FIRST: ClassVar[type[DomainEvent]] = PostSubmitted

    id: UUID
    version: int
    post: str
    board: str
    title: str
    body: str
    author: str | None
    at: str
    closed: str | None = None
    duplicate_of: str | None = None
    merging: Merging = Merging()

    @classmethod
    def begin(cls, id: UUID, event: PostSubmitted) -> Self:
        """The post that this event submitted."""
        return cls(
            id=id, version=1, post=event.post, board=event.board,
            title=event.title, body=event.body, author=event.author, at=event.at,
        )  # fmt: skip

    def evolve(self, event: DomainEvent) -> "Post":
        """The post after this event."""
        replace = msgspec.structs.replace
        version = self.version + 1
        match event:
            case PostEdited():
                changes = {"title": event.title, "body": event.body, "author": event.author}
                known = {field: value for field, value in changes.items() if value is not None}
                return replace(self, version=version, **known)
            case PostMoved():
                return replace(self, version=version, board=event.board)
            case PostClosed():
                return replace(self, version=version, closed=event.reason)
            case PostReopened():
                return replace(self, version=version, closed=None)
            case DuplicateNoted():
                return replace(self, version=version, duplicate_of=event.duplicate_of)
            case PostMerged() | PostUnmerged() | PostAbsorbed() | PostReleased():
                return replace(self, version=version, merging=self.merging.after(event))
            case _:
                raise NotItsEvent(f"post {self.post!r}", event)

    @property
    def takes_votes(self) -> bool:
        """Whether a vote on it counts."""
        return self.closed is None

    def edit(self, *, board: str, title: str, body: str | None, author: str | None, at: str) -> Sequence[PostEvent]:
        """Have it say this, on this board; None leaves a field as it is. Nothing to change is no event."""
        _check_words(title, body, author)
        changed_title = title if title != self.title else None
        changed_body = body if body is not None and body != self.body else None
        changed_author = author if author is not None and author != self.author else None
        events: list[PostEvent] = []
        if (changed_title, changed_body, changed_author) != (None, None, None):
            events.append(
                PostEdited(post=self.post, title=changed_title, body=changed_body, author=changed_author, at=at)
            )
        if board != self.board:
            events.append(PostMoved(post=self.post, board=board, at=at))
        return events

    def close(self, *, reason: str, at: str) -> Sequence[PostEvent]:
        """Take no more votes. Closing a closed post for the same reason is no event."""
        check_text("reason", reason, most=REASON_CHARACTERS)
        return () if self.closed == reason else (PostClosed(post=self.post, reason=reason, at=at),)

    def reopen(self, *, reason: str, at: str) -> Sequence[PostEvent]:
        """Take votes again. Reopening an open post is no event."""
        check_text("reason", reason, most=REASON_CHARACTERS)
        return () if self.closed is None else (PostReopened(post=self.post, reason=reason, at=at),)

    def note_duplicate(self, *, duplicate_of: str, at: str) -> Sequence[PostEvent]:
        """Link it to the post that it repeats."""
        check_id("duplicate_of", duplicate_of)
        if duplicate_of == self.post:
            raise Invalid("duplicate_of", "a post can't be a duplicate of itself")
        if duplicate_of == self.duplicate_of:
            return ()
        return (DuplicateNoted(post=self.post, duplicate_of=duplicate_of, at=at),)


def submit_post(*, post: str, board: str, title: str, body: str | None, author: str | None, at: str) -> PostSubmitted:
    """A new post's first event."""
    check_id("post", post)
    check_id("board", board)
    _check_words(title, body, author)
    return PostSubmitted(post=post, board=board, title=title, body=body or "", author=author, at=at)


def _check_words(title: str, body: str | None, author: str | None) -> None:
    check_text("title", title, least=1, most=TITLE_CHARACTERS)
    check_text("body", body or "", most=BODY_CHARACTERS)
    if author is not None:
        check_id("author", author)
