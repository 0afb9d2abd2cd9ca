"""Aggregates as folds: from their events to how they stand, and what a decision does to one."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Generic, Protocol, TypeVar, cast
from uuid import UUID

from events.domain.board import Board
from events.domain.originators import Recorded
from events.domain.post import Post
from events.domain.vocabulary import (
    BoardCreated,
    BoardRenamed,
    DomainEvent,
    KeyCreated,
    KeyRevoked,
    PostEvent,
    PostSubmitted,
    WorkspaceOpened,
)
from events.domain.workspace import Workspace

Aggregate = Workspace | Board | Post
A = TypeVar("A", Workspace, Board, Post)


class Aggregates(Protocol):
    """The aggregates of one workspace as they stand; None for what is not there."""

    def workspace(self) -> Workspace | None:
        """The workspace itself."""
        ...

    def board(self, board: str, /) -> Board | None:
        """A board by the id that the client chose."""
        ...

    def post(self, post: str, /) -> Post | None:
        """A post by the id that the client chose."""
        ...


@dataclass(frozen=True, slots=True)
class Change(Generic[A]):
    """What a command decided: the events, none if all is as asked already, and the aggregate after them."""

    aggregate: A
    events: Sequence[Recorded]
    created: bool = False


def begin(id: UUID, first: DomainEvent) -> Aggregate:
    """The aggregate that its first event makes."""
    match first:
        case PostSubmitted():
            return Post.begin(id, first)
        case BoardCreated():
            return Board.begin(id, first)
        case WorkspaceOpened():
            return Workspace.begin(id, first)
    raise ValueError(f"{first.TYPE} can't be the first event of an aggregate")


def evolve(aggregate: Aggregate, event: DomainEvent) -> Aggregate:
    """The aggregate after one of its own events."""
    match aggregate, event:
        case Workspace(), WorkspaceOpened() | KeyCreated() | KeyRevoked():
            return aggregate.evolve(event)
        case Board(), BoardCreated() | BoardRenamed():
            return aggregate.evolve(event)
        case Post(), _:
            return aggregate.evolve(cast("PostEvent", event))
    raise ValueError(f"{event.TYPE} is no event of a {type(aggregate).__name__}")


def project(aggregate: Aggregate | None, recorded: Iterable[Recorded]) -> Aggregate | None:
    """The projector that the library's repository asks for."""
    for each in recorded:
        id, event = each.originator_id, each.event
        aggregate = begin(id, event) if aggregate is None else evolve(aggregate, event)
    return aggregate


def created(aggregate: A, first: DomainEvent, *more: DomainEvent) -> Change[A]:
    """A new aggregate, begun by `first`; `aggregate` is what that made of it."""
    made = Recorded(aggregate.id, aggregate.version, first)
    further: Change[A] = changed(aggregate, more)
    return Change(further.aggregate, (made, *further.events), created=True)


def changed(aggregate: A, events: Sequence[DomainEvent]) -> Change[A]:
    """An aggregate after these events."""
    recorded = tuple(
        Recorded(aggregate.id, aggregate.version + number, event) for number, event in enumerate(events, start=1)
    )
    after = cast("A", project(aggregate, recorded))
    return Change(after, recorded)
