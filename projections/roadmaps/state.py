"""What the fold remembers of a roadmap and its items, and how an event changes them. Pure, free of the aggregates."""

import msgspec

from events.domain.roadmaps.events import (
    Column,
    ItemAssigned,
    ItemDated,
    ItemEvent,
    ItemMoved,
    ItemNoted,
    ItemPlaced,
    ItemRemoved,
    RoadmapCreated,
    RoadmapEdited,
)
from events.domain.roadmaps.targets import Target
from events.times import Millis, parse_time
from projections.decisions import OutOfPlace


class RoadmapState(msgspec.Struct, array_like=True, frozen=True):
    """A roadmap as it stands, without what is on it but how many; `began` is the first moment of anything on it."""

    name: str
    public: bool
    by: str
    columns: tuple[Column, ...]
    created: Millis
    began: Millis
    items: int = 0


class Place(msgspec.Struct, array_like=True, frozen=True):
    """How a post stands on a roadmap; not at all where it is not `placed`."""

    placed: bool = False
    column: str = ""
    rank: str = ""
    target: Target | None = None
    owner: str = ""
    note: str = ""
    team: str = ""


class Stay(msgspec.Struct, array_like=True, frozen=True):
    """A place, the one before it, and the decision that led from one to the other: what a row of the history says."""

    place: Place
    before: Place
    change: str
    public: bool
    since: Millis
    recorded: Millis
    revision: int
    actor: str
    reason: str


def evolve_roadmap(state: RoadmapState | None, event: RoadmapCreated | RoadmapEdited) -> RoadmapState:
    """The roadmap after this event.

    Raises:
        OutOfPlace: if it was never created.
    """
    if isinstance(event, RoadmapCreated):
        at = parse_time(event.at)
        return RoadmapState(event.name, event.public, event.by, event.columns, at, at)
    if state is None:
        raise OutOfPlace(f"roadmap {event.roadmap!r} was never created")
    said = {"name": event.name, "public": event.public, "columns": event.columns}
    return msgspec.structs.replace(state, **{field: value for field, value in said.items() if value is not None})


def evolve_place(place: Place, event: ItemEvent) -> Place:
    """The place after this event.

    Raises:
        OutOfPlace: if the event is about a post that is not on the roadmap.
    """
    if isinstance(event, ItemPlaced):
        return Place(True, event.column, event.rank, event.target, event.owner, event.note, event.team)
    if not place.placed:
        raise OutOfPlace(f"post {event.post!r} is not on roadmap {event.roadmap!r}")
    replace = msgspec.structs.replace
    match event:
        case ItemMoved():
            return replace(place, column=event.column, rank=event.rank)
        case ItemDated():
            return replace(place, target=event.target)
        case ItemAssigned():
            return replace(place, owner=event.owner, team=place.team if event.team is None else event.team)
        case ItemNoted():
            return replace(place, note=event.note)
        case ItemRemoved():
            return Place()
