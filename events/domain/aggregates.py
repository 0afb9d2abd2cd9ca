"""Aggregates as folds: from their events to how they stand, and what a decision does to one or several."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import ClassVar, Generic, Protocol, Self, TypeVar, cast
from uuid import UUID

from events.domain.board import Board
from events.domain.comments.answer import Answer
from events.domain.comments.comment import Comment
from events.domain.complaints.complaint import Complaint
from events.domain.defects.defects import Defects
from events.domain.estimates.estimate import Estimate
from events.domain.event import DomainEvent
from events.domain.fields.field import Field
from events.domain.forgetting.forgotten import ForgottenCompany, ForgottenPerson
from events.domain.formulas.formula import Formula
from events.domain.gates.checks import PostChecks
from events.domain.gates.gate import Gate
from events.domain.goals.goal import Goal
from events.domain.originators import Recorded
from events.domain.post import Post
from events.domain.releases.release import Release
from events.domain.roadmaps.roadmap import Roadmap
from events.domain.segments.segment import Segment
from events.domain.tags.tag import Tag
from events.domain.teams.team import Team
from events.domain.webhooks.webhook import Webhook
from events.domain.workflow.workflow import Workflow
from events.domain.workspace import Workspace


class Aggregate(Protocol):
    """What decides for itself: an immutable value, with the version that its last event gave it."""

    KIND: ClassVar[str]
    """What it is: a part of its identity on the ledger, see `originators.originator_of`."""
    FIRST: ClassVar[type[DomainEvent]]
    """The event that begins one, and nothing else."""

    @property
    def id(self) -> UUID: ...  # noqa: D102

    @property
    def version(self) -> int: ...  # noqa: D102

    def evolve(self, event: DomainEvent, /) -> Self:
        """How it stands after one of its own events.

        Raises:
            NotItsEvent: if that can't follow.
        """
        ...


class Beginning(Aggregate, Protocol):
    """An aggregate's class: it can make one of the first event."""

    @classmethod
    def begin(cls, id: UUID, first: DomainEvent, /) -> Self:
        """The aggregate at version 1."""
        ...


A = TypeVar("A", bound=Aggregate)

AGGREGATES: Sequence[type[Aggregate]] = (
    Workspace,
    Board,
    Post,
    Workflow,
    Tag,
    Field,
    Comment,
    Answer,
    Roadmap,
    Release,
    Webhook,
    Segment,
    ForgottenPerson,
    ForgottenCompany,
    Gate,
    PostChecks,
    Defects,
    Complaint,
    Team,
    Estimate,
    Goal,
    Formula,
)
"""Every class of aggregates there is. To add one: its package under `events/domain`, and its class here."""

_BY_FIRST = {kind.FIRST: cast("type[Beginning]", kind) for kind in AGGREGATES}


class Aggregates(Protocol):
    """The aggregates of one workspace as they stand."""

    def find(self, kind: type[A], id: str, /) -> A | None:
        """The one of this kind and id (that the client chose); None if it is not there."""
        ...


class Decided(Protocol):
    """What was decided, of whichever aggregate."""

    @property
    def events(self) -> Sequence[Recorded]: ...  # noqa: D102


@dataclass(frozen=True, slots=True)
class Change(Generic[A]):
    """What a command decided: the events, none if all is as asked already, and its own aggregate after them.

    Other aggregates' events may be among them: all are admitted, or none.
    """

    aggregate: A
    events: Sequence[Recorded]
    created: bool = False

    @property
    def own(self) -> Sequence[Recorded]:
        """The events of its own aggregate."""
        return [recorded for recorded in self.events if recorded.originator_id == self.aggregate.id]

    def together_with(self, *others: "Decided") -> "Change[A]":
        """The same, and what is decided of other aggregates along with it."""
        events = [*self.events, *(recorded for other in others for recorded in other.events)]
        return Change(self.aggregate, events, self.created)


def begin(id: UUID, first: DomainEvent) -> Aggregate:
    """The aggregate that its first event makes."""
    kind = _BY_FIRST.get(type(first))
    if kind is None:
        raise ValueError(f"{first.TYPE} can't be the first event of an aggregate")
    return kind.begin(id, first)


def project(aggregate: Aggregate | None, recorded: Iterable[Recorded]) -> Aggregate | None:
    """The projector that the library's repository asks for."""
    for each in recorded:
        id, event = each.originator_id, each.event
        aggregate = begin(id, event) if aggregate is None else aggregate.evolve(event)
    return aggregate


def created(aggregate: A, first: DomainEvent, *more: DomainEvent) -> Change[A]:
    """A new aggregate, begun by `first`; `aggregate` is what that made of it."""
    made = Recorded(aggregate.id, aggregate.version, first)
    further = changed(aggregate, more)
    return Change(further.aggregate, (made, *further.events), created=True)


def changed(aggregate: A, events: Sequence[DomainEvent]) -> Change[A]:
    """An aggregate after these events."""
    recorded = tuple(
        Recorded(aggregate.id, aggregate.version + number, event) for number, event in enumerate(events, start=1)
    )
    for event in events:
        aggregate = aggregate.evolve(event)
    return Change(aggregate, recorded)
