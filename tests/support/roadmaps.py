"""A workspace whose roadmaps are decided on in memory, and a naive replay of what was decided."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import NamedTuple, cast

from events.domain.aggregates import Change
from events.domain.commands import Command, PutBoard, PutPost
from events.domain.originators import originator_of
from events.domain.roadmaps.events import (
    ItemAssigned,
    ItemDated,
    ItemMoved,
    ItemNoted,
    ItemPlaced,
    ItemRemoved,
    RanksRenewed,
    RoadmapCreated,
    RoadmapEdited,
    RoadmapEvent,
)
from events.domain.roadmaps.roadmap import Roadmap
from events.domain.roadmaps.targets import Target
from events.times import Millis, format_time
from projections.decisions import subject_of
from tests.support.decided import Decided, Told

ROADMAP = "product"


class Placed(NamedTuple):
    """An item as it stands."""

    post: str
    target: Target | None
    owner: str
    note: str
    team: str


class RoadmapWorld(Decided):
    """A workspace with a roadmap that is decided on."""

    @property
    def roadmap(self) -> Roadmap:
        """The one that is decided on."""
        return cast("Roadmap", self.there[originator_of(self.workspace, "roadmap", ROADMAP)])

    @property
    def on_roadmaps(self) -> list[Told]:
        """What was decided on roadmaps."""
        return [each for each in self.told if subject_of(each.event.TYPE) == "roadmap"]

    def lose(self, command: Command) -> None:
        """Have a command's commit come second to one that changed the same roadmap: it is void."""
        change = command.change(self, command.at or format_time(self.now))
        won = self.roadmap.version
        stale = [event for event in change.events if event.originator_version == won + 1]
        if stale:
            self._append(Change(change.aggregate, stale), version=won)

    def with_posts(self, posts: Sequence[str]) -> None:
        """Have there be these posts."""
        self.do(PutBoard(workspace=self.workspace, board="ideas", name="Ideas"))
        for post in posts:
            self.do(PutPost(workspace=self.workspace, post=post, board="ideas", title=f"Title of {post}"))


@dataclass
class Replayed:
    """A roadmap after some decisions, in the plainest way: None as its name where it was not there."""

    name: str | None = None
    public: bool = False
    items: dict[str, tuple[str, str, Placed]] = field(default_factory=dict)
    """Column, rank and the item by post."""

    @property
    def shown(self) -> dict[str, list[Placed]]:
        """The items of each column that has any, in order; by id where two got one rank: one of them was to be gone."""
        columns: dict[str, list[Placed]] = {}
        for column, _, placed in sorted(self.items.values(), key=lambda each: (*each[:2], each[2].post)):
            columns.setdefault(column, []).append(placed)
        return columns


def replay(told: Sequence[Told], *, as_of: Millis, known_at: Millis) -> Replayed:
    """Tell what had happened by a moment and was recorded by another, in the order in which it happened."""
    known = sorted(
        (each for each in told if each.recorded <= known_at and each.at <= as_of),
        key=lambda each: (each.at, each.revision),
    )
    found = Replayed()
    for each in known:
        _tell(found, cast("RoadmapEvent", each.event))
    if found.items and found.name is None:  # items from before it is said to have been made
        made = told[0].event
        assert isinstance(made, RoadmapCreated)
        found.name, found.public = made.name, made.public
    return found


def _tell(found: Replayed, event: RoadmapEvent) -> None:
    match event:
        case RoadmapCreated():
            found.name, found.public = event.name, event.public
        case RoadmapEdited():
            found.name = found.name if event.name is None else event.name
            found.public = found.public if event.public is None else event.public
        case ItemPlaced():
            placed = Placed(event.post, event.target, event.owner, event.note, event.team)
            found.items[event.post] = (event.column, event.rank, placed)
        case ItemRemoved():
            del found.items[event.post]
        case RanksRenewed():
            for post, rank in event.ranks.items():
                found.items[post] = (found.items[post][0], rank, found.items[post][2])
        case ItemMoved():
            found.items[event.post] = (event.column, event.rank, found.items[event.post][2])
        case ItemDated() | ItemAssigned() | ItemNoted():
            column, rank, placed = found.items[event.post]
            found.items[event.post] = (column, rank, _changed(placed, event))


def _changed(placed: Placed, event: ItemDated | ItemAssigned | ItemNoted) -> Placed:
    match event:
        case ItemDated():
            return placed._replace(target=event.target)
        case ItemAssigned():
            return placed._replace(owner=event.owner, team=placed.team if event.team is None else event.team)
        case ItemNoted():
            return placed._replace(note=event.note)
