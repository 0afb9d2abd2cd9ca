"""A post: something that people want, on a board, and what was decided about it."""

from collections.abc import Mapping, Sequence
from typing import ClassVar, Self
from uuid import UUID

import msgspec

from events.domain.bounds import BODY_CHARACTERS, REASON_CHARACTERS, TITLE_CHARACTERS, check_id, check_line, check_text
from events.domain.event import DomainEvent, NotItsEvent
from events.domain.merging.events import PostAbsorbed, PostMerged, PostReleased, PostUnmerged
from events.domain.merging.standing import Merging
from events.domain.posts.events import (
    FieldValue,
    PostArchived,
    PostDeleted,
    PostFieldsSet,
    PostPinned,
    PostRestored,
    PostStatusChanged,
    PostTagged,
    PostUnarchived,
    PostUnpinned,
)
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
from events.domain.workflow.events import Kind
from events.domain.workflow.rules import ENDED

Changes = Mapping[str, object]


class Post(msgspec.Struct, frozen=True, kw_only=True):
    """A post as it stands; `at` is when it was submitted, `touched` the latest moment of any of its events.

    `closed` holds the reason while it is closed. `before` is the status that it had before it came to its end, where
    it did: what it is reopened to.
    """

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
    touched: str
    status: str = "open"
    kind: Kind = "open"
    before: str | None = None
    closed: str | None = None
    duplicate_of: str | None = None
    tags: tuple[str, ...] = ()
    fields: Mapping[str, FieldValue] = {}
    archived: bool = False
    deleted: bool = False
    pinned: bool = False
    merging: Merging = Merging()

    @classmethod
    def begin(cls, id: UUID, event: PostSubmitted) -> Self:
        """The post that this event submitted."""
        return cls(
            id=id, version=1, post=event.post, board=event.board, title=event.title, body=event.body,
            author=event.author, at=event.at, touched=event.at, status=event.status, kind=event.kind,
        )  # fmt: skip

    def evolve(self, event: DomainEvent) -> "Post":
        """The post after this event."""
        changes = self._changes(event)
        touched = max(self.touched, event.at)
        return msgspec.structs.replace(self, version=self.version + 1, touched=touched, **changes)

    def edit(
        self, *, board: str, title: str, body: str | None, author: str | None, reason: str = "", at: str
    ) -> Sequence[PostEvent]:
        """Have it say this, on this board; None leaves a field as it is. Nothing to change is no event."""
        _check_words(title, body, author)
        check_text("reason", reason, most=REASON_CHARACTERS)
        changed_title = title if title != self.title else None
        changed_body = body if body is not None and body != self.body else None
        changed_author = author if author is not None and author != self.author else None
        events: list[PostEvent] = []
        if (changed_title, changed_body, changed_author) != (None, None, None):
            edited = PostEdited(
                post=self.post, title=changed_title, body=changed_body, author=changed_author, reason=reason, at=at
            )
            events.append(edited)
        return [*events, *self.move(board=board, reason=reason, at=at)]

    def move(self, *, board: str, reason: str = "", at: str) -> Sequence[PostEvent]:
        """Have it on this board. The board that it is on is no event."""
        check_id("board", board)
        check_text("reason", reason, most=REASON_CHARACTERS)
        return () if board == self.board else (PostMoved(post=self.post, board=board, reason=reason, at=at),)

    def note_duplicate(self, *, duplicate_of: str, at: str) -> Sequence[PostEvent]:
        """Link it to the post that it repeats."""
        check_id("duplicate_of", duplicate_of)
        if duplicate_of == self.post:
            raise Invalid("duplicate_of", "a post can't be a duplicate of itself")
        if duplicate_of == self.duplicate_of:
            return ()
        return (DuplicateNoted(post=self.post, duplicate_of=duplicate_of, at=at),)

    def _changes(self, event: DomainEvent) -> Changes:  # noqa: PLR0911 - one for each kind of event
        match event:
            case PostEdited():
                words = {"title": event.title, "body": event.body, "author": event.author}
                return {field: value for field, value in words.items() if value is not None}
            case PostMoved():
                return {"board": event.board}
            case PostStatusChanged() | PostClosed() | PostReopened():
                return self._status_after(event)
            case PostTagged():
                return {"tags": event.tags}
            case PostFieldsSet():
                merged = {**self.fields, **event.values}
                return {"fields": {field: value for field, value in merged.items() if value is not None}}
            case DuplicateNoted():
                return {"duplicate_of": event.duplicate_of}
            case PostMerged() | PostUnmerged() | PostAbsorbed() | PostReleased():
                return {"merging": self.merging.after(event)}
        if (mark := _MARKS.get(type(event))) is not None:
            return mark
        raise NotItsEvent(f"post {self.post!r}", event)

    def _status_after(self, event: PostStatusChanged | PostClosed | PostReopened) -> Changes:
        before = self.before
        if event.kind not in ENDED:
            before = None
        elif self.kind not in ENDED:
            before = self.status
        closed = event.reason if isinstance(event, PostClosed) else None
        return {"status": event.status, "kind": event.kind, "before": before, "closed": closed}


_MARKS: Mapping[type[DomainEvent], Changes] = {
    PostArchived: {"archived": True},
    PostUnarchived: {"archived": False},
    PostDeleted: {"deleted": True},
    PostRestored: {"deleted": False},
    PostPinned: {"pinned": True},
    PostUnpinned: {"pinned": False},
}


def submit_post(
    *, post: str, board: str, title: str, body: str | None, author: str | None, status: str, kind: Kind, at: str
) -> PostSubmitted:
    """A new post's first event."""
    check_id("post", post)
    check_id("board", board)
    _check_words(title, body, author)
    return PostSubmitted(
        post=post, board=board, title=title, body=body or "", author=author, status=status, kind=kind, at=at
    )


def _check_words(title: str, body: str | None, author: str | None) -> None:
    check_line("title", title, least=1, most=TITLE_CHARACTERS)
    check_text("body", body or "", most=BODY_CHARACTERS)
    if author is not None:
        check_id("author", author)
