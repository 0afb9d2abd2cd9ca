"""What the fold remembers of a comment, and how an event changes it. Pure, and free of the aggregates."""

from typing import NamedTuple

import msgspec

from events.domain.comments.events import CommentDeleted, CommentEdited, CommentEvent, CommentWritten
from events.times import Millis, parse_time
from projections.decisions import Decision, OutOfPlace


class Revision(msgspec.Struct, array_like=True, frozen=True):
    """One change of a comment, without what it said; `edited` is when it had last been edited then, 0 if never."""

    change: str
    occurred: Millis
    recorded: Millis
    revision: int
    actor: str
    reason: str
    edited: Millis


class CommentState(msgspec.Struct, array_like=True, frozen=True):
    """A comment as it stands. `thread_at` is when its thread began."""

    post: str
    thread: str
    thread_at: Millis
    parent: str
    author: str
    body: str
    mentions: tuple[str, ...]
    internal: bool
    created: Millis
    revisions: tuple[Revision, ...]
    deleted: bool = False

    @property
    def last(self) -> Revision:
        """Its last change."""
        return self.revisions[-1]


class AnswerState(msgspec.Struct, array_like=True, frozen=True):
    """Which comment answers a post; empty if none does."""

    comment: str


class _Said(NamedTuple):
    body: str
    mentions: tuple[str, ...]
    deleted: bool


def evolve_comment(
    state: CommentState | None, thread: CommentState | None, event: CommentEvent, decision: Decision
) -> CommentState:
    """The comment after this event; `thread` is the comment that a new one's thread began with, if that is another.

    Raises:
        OutOfPlace: if there is no such comment or thread.
    """
    occurred = parse_time(event.at)
    if isinstance(event, CommentWritten):
        if thread is None and event.thread != event.comment:
            raise OutOfPlace(f"thread {event.thread!r} was never begun")
        began = occurred if thread is None else thread.created
        return CommentState(
            event.post, event.thread, began, event.parent or "", event.author, event.body, event.mentions,
            event.internal, occurred, (_revision("written", occurred, decision, "", 0),),
        )  # fmt: skip
    if state is None:
        raise OutOfPlace(f"comment {event.comment!r} was never written")
    match event:
        case CommentEdited():
            said, change, edited = _Said(event.body, event.mentions, False), "edited", occurred
        case CommentDeleted():
            said, change, edited = _Said("", (), True), "deleted", state.last.edited
    revision = _revision(change, occurred, decision, event.reason, edited)
    return msgspec.structs.replace(state, **said._asdict(), revisions=(*state.revisions, revision))


def _revision(change: str, occurred: Millis, decision: Decision, reason: str, edited: Millis) -> Revision:
    return Revision(change, occurred, decision.recorded, decision.revision, decision.actor, reason, edited)
