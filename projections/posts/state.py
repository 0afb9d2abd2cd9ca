"""What the fold remembers of a post or a board, and how an event changes it. Pure, and free of the aggregates."""

from typing import Literal

import msgspec

from events.domain.budgets.events import BoardBudgeted
from events.domain.merging.events import PostAbsorbed, PostMerged, PostReleased, PostUnmerged
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
from events.times import Millis, parse_time
from projections.decisions import OutOfPlace

Status = Literal["open", "closed"]


class PostState(msgspec.Struct, array_like=True, frozen=True):
    """A post as it stands."""

    board: str
    title: str
    body: str
    author: str
    created: Millis
    status: Status = "open"
    closed_reason: str = ""
    duplicate_of: str = ""
    merged_into: str = ""


class BoardState(msgspec.Struct, array_like=True, frozen=True):
    """A board as it stands."""

    name: str
    created: Millis


def evolve_post(state: PostState | None, event: PostEvent) -> PostState:  # noqa: PLR0911 - one for each kind
    """The post after this event.

    Raises:
        OutOfPlace: if the event is about a post that was never submitted.
    """
    if isinstance(event, PostSubmitted):
        return PostState(event.board, event.title, event.body, event.author or "", parse_time(event.at))
    if state is None:
        raise OutOfPlace(f"post {event.post!r} was never submitted")
    replace = msgspec.structs.replace
    match event:
        case PostEdited():
            changes = {"title": event.title, "body": event.body, "author": event.author}
            return replace(state, **{field: value for field, value in changes.items() if value is not None})
        case PostMoved():
            return replace(state, board=event.board)
        case PostClosed():
            return replace(state, status="closed", closed_reason=event.reason)
        case PostReopened():
            return replace(state, status="open", closed_reason="")
        case DuplicateNoted():
            return replace(state, duplicate_of=event.duplicate_of)
        case PostMerged():
            return replace(state, merged_into=event.into)
        case PostUnmerged():
            return replace(state, merged_into="")
        case PostAbsorbed() | PostReleased():
            return state


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
        return state
    return msgspec.structs.replace(state, name=event.name)
