"""What is decided about comments. Every event names the post, and says whether it is about an internal note.

`author` and `mentions` are persons' ids. A `thread` is named by the comment that began it. `reason` is why, for those
who decide. What says `internal` is for nobody whose key does not see it (`events.visibility`).
"""

from typing import ClassVar

import msgspec

from events.domain.event import DomainEvent


class CommentWritten(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """There is a comment; `parent` is the comment that it replies to, if it does."""

    TYPE: ClassVar[str] = "groundswell.comment.written.v1"
    comment: str
    post: str
    thread: str
    parent: str | None = None
    author: str
    body: str
    mentions: tuple[str, ...] = ()
    internal: bool = False
    at: str


class CommentEdited(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A comment says something else."""

    TYPE: ClassVar[str] = "groundswell.comment.edited.v1"
    comment: str
    post: str
    body: str
    mentions: tuple[str, ...] = ()
    internal: bool = False
    reason: str = ""
    at: str


class CommentDeleted(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What a comment said is hidden everywhere; its place in the thread stays."""

    TYPE: ClassVar[str] = "groundswell.comment.deleted.v1"
    comment: str
    post: str
    internal: bool = False
    reason: str = ""
    at: str


class AnswerGiven(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """This comment is the official answer to the post, and no other one is any more."""

    TYPE: ClassVar[str] = "groundswell.answer.given.v1"
    post: str
    comment: str
    reason: str = ""
    at: str


class AnswerWithdrawn(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """The post has no official answer any more; `comment` was it."""

    TYPE: ClassVar[str] = "groundswell.answer.withdrawn.v1"
    post: str
    comment: str
    reason: str = ""
    at: str


CommentEvent = CommentWritten | CommentEdited | CommentDeleted
AnswerEvent = AnswerGiven | AnswerWithdrawn

EVENTS: tuple[type[DomainEvent], ...] = (CommentWritten, CommentEdited, CommentDeleted, AnswerGiven, AnswerWithdrawn)
