"""What the fold remembers of a post or a board, and how an event changes it. Pure, and free of the aggregates."""

from collections.abc import Mapping

import msgspec

from events.domain.budgets.events import BoardBudgeted
from events.domain.event import DomainEvent
from events.domain.merging.events import PostAbsorbed, PostMerged, PostReleased, PostUnmerged
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
from events.domain.vocabulary import (
    BoardCreated,
    BoardEvent,
    DuplicateNoted,
    PostClosed,
    PostEdited,
    PostEvent,
    PostMoved,
    PostReopened,
    PostSubmitted,
)
from events.domain.workflow.events import Status
from events.times import Millis, parse_time
from projections.decisions import OutOfPlace

Changes = Mapping[str, object]


class PostState(msgspec.Struct, array_like=True, frozen=True):
    """A post as it stands. Texts are empty where there is nothing; values of fields are as `field_text` writes them."""

    board: str
    title: str
    body: str
    author: str
    created: Millis
    status: str = "open"
    kind: str = "open"
    closed_reason: str = ""
    duplicate_of: str = ""
    merged_into: str = ""
    tags: tuple[str, ...] = ()
    fields: Mapping[str, str] = {}
    archived: bool = False
    deleted: bool = False
    pinned: bool = False

    @property
    def field_pairs(self) -> tuple[str, ...]:
        """Its fields as the tables have them: `field=value`, in order."""
        return tuple(f"{field}={value}" for field, value in sorted(self.fields.items()))


class BoardState(msgspec.Struct, array_like=True, frozen=True):
    """A board as it stands. `budget` is how many votes a person has there in a `period`; 0 for as many as they like."""

    name: str
    created: Millis
    budget: int = 0
    period: str = "all"


class WorkflowState(msgspec.Struct, array_like=True, frozen=True):
    """The statuses of a workspace as it last decided."""

    statuses: tuple[Status, ...]


def field_text(value: FieldValue) -> str:
    """A field's value as the tables have it: whatever is equal is the same text."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float):
        return str(int(value)) if value.is_integer() else repr(value)
    return str(value)


def evolve_post(state: PostState | None, event: PostEvent) -> PostState:
    """The post after this event.

    Raises:
        OutOfPlace: if the event is about a post that was never submitted.
    """
    if isinstance(event, PostSubmitted):
        return PostState(
            event.board, event.title, event.body, event.author or "", parse_time(event.at), event.status, event.kind
        )
    if state is None:
        raise OutOfPlace(f"post {event.post!r} was never submitted")
    return msgspec.structs.replace(state, **_changes(state, event))


def evolve_board(state: BoardState | None, event: BoardEvent) -> BoardState:
    """The board after this event.

    Raises:
        OutOfPlace: if the event is about a board that was never created.
    """
    if isinstance(event, BoardCreated):
        return BoardState(event.name, parse_time(event.at))
    if state is None:
        raise OutOfPlace(f"board {event.board!r} was never created")
    if isinstance(event, BoardBudgeted):
        return msgspec.structs.replace(state, budget=event.votes or 0, period=event.period)
    return msgspec.structs.replace(state, name=event.name)


def _changes(state: PostState, event: PostEvent) -> Changes:  # noqa: PLR0911 - one for each kind of event
    match event:
        case PostEdited():
            words = {"title": event.title, "body": event.body, "author": event.author}
            return {field: value for field, value in words.items() if value is not None}
        case PostMoved():
            return {"board": event.board}
        case PostStatusChanged() | PostReopened():
            return {"status": event.status, "kind": event.kind, "closed_reason": ""}
        case PostClosed():
            return {"status": event.status, "kind": event.kind, "closed_reason": event.reason}
        case PostTagged():
            return {"tags": event.tags}
        case PostFieldsSet():
            given = {field: field_text(value) for field, value in event.values.items() if value is not None}
            kept = {field: text for field, text in state.fields.items() if field not in event.values}
            return {"fields": kept | given}
        case DuplicateNoted():
            return {"duplicate_of": event.duplicate_of}
        case PostMerged():
            return {"merged_into": event.into}
        case PostUnmerged():
            return {"merged_into": ""}
        case PostAbsorbed() | PostReleased():
            return {}
        case _:
            return _MARKS[type(event)]


_MARKS: Mapping[type[DomainEvent], Changes] = {
    PostArchived: {"archived": True},
    PostUnarchived: {"archived": False},
    PostDeleted: {"deleted": True},
    PostRestored: {"deleted": False},
    PostPinned: {"pinned": True},
    PostUnpinned: {"pinned": False},
}
