"""A roadmap: columns, and the posts that were placed on it in an order of its own."""

from collections.abc import Iterable, Mapping, Sequence
from typing import ClassVar, Self
from uuid import UUID

import msgspec

from events.domain.bounds import NAME_CHARACTERS, REASON_CHARACTERS, check_id, check_line, check_text
from events.domain.event import DomainEvent, NotItsEvent
from events.domain.refusals import Conflict
from events.domain.roadmaps.columns import BY_DEFAULT, check_columns
from events.domain.roadmaps.events import (
    By,
    Column,
    ItemAssigned,
    ItemDated,
    ItemEvent,
    ItemMoved,
    ItemNoted,
    ItemPlaced,
    ItemRemoved,
    RanksRenewed,
    RoadmapCreated,
    RoadmapEdited,
)
from events.domain.roadmaps.targets import Target

MOST_ITEMS = 2000


class Item(msgspec.Struct, frozen=True, kw_only=True):
    """A post on a roadmap; `at` is when the last decision on it was made. By status, `column` is empty."""

    column: str
    rank: str
    target: Target | None = None
    owner: str = ""
    note: str = ""
    team: str = ""
    at: str


class Roadmap(msgspec.Struct, frozen=True, kw_only=True):
    """A roadmap as it stands.

    `edited` is when its name or columns were last decided on, `gone` when posts were taken off it that were not placed
    again: no later decision on the same can be dated before.
    """

    KIND: ClassVar[str] = "roadmap"
    FIRST: ClassVar[type[DomainEvent]] = RoadmapCreated

    id: UUID
    version: int
    roadmap: str
    name: str
    by: By
    columns: tuple[Column, ...]
    public: bool
    at: str
    edited: str
    items: Mapping[str, Item] = {}
    gone: Mapping[str, str] = {}

    @classmethod
    def begin(cls, id: UUID, event: RoadmapCreated) -> Self:
        """The roadmap that this event created."""
        return cls(
            id=id, version=1, roadmap=event.roadmap, name=event.name, by=event.by, columns=event.columns,
            public=event.public, at=event.at, edited=event.at,
        )  # fmt: skip

    def evolve(self, event: DomainEvent) -> "Roadmap":
        """The roadmap after this event."""
        return msgspec.structs.replace(self, version=self.version + 1, **self._changes(event))

    @property
    def columns_by_id(self) -> Mapping[str, Column]:
        """Columns by their ids."""
        return {column.column: column for column in self.columns}

    def ordered(self, column: str, *, without: str = "") -> Sequence[str]:
        """The posts placed in a column in their order, perhaps without one of them."""
        ranked = sorted((item.rank, post) for post, item in self.items.items() if item.column == column)
        return [post for _, post in ranked if post != without]

    def edit(
        self,
        *,
        name: str | None = None,
        columns: tuple[Column, ...] | None = None,
        public: bool | None = None,
        reason: str = "",
        at: str,
    ) -> Sequence[RoadmapEdited]:
        """Have it be so; None leaves a part as it is. Nothing to change is no event.

        Raises:
            Conflict: if a column that would be gone still holds items.
        """
        _check_words(name, reason)
        if columns is not None:
            check_columns(self.by, columns)
            self._check_left(columns)
        changes: dict[str, object] = {
            field: value
            for field, value, known in (
                ("name", name, self.name),
                ("columns", columns, self.columns),
                ("public", public, self.public),
            )
            if value is not None and value != known
        }
        if not changes:
            return ()
        return (msgspec.convert({"roadmap": self.roadmap, "reason": reason, "at": at, **changes}, RoadmapEdited),)

    def _check_left(self, columns: Iterable[Column]) -> None:
        left = {column.column for column in columns}
        for column in self.columns:
            if column.column not in left and (held := len(self.ordered(column.column))):
                raise Conflict("columns", f"column {column.column!r} still holds {held} items: move or remove them")

    def _changes(self, event: DomainEvent) -> dict[str, object]:
        match event:
            case RoadmapEdited():
                said = {"name": event.name, "columns": event.columns, "public": event.public}
                return {"edited": event.at, **{field: value for field, value in said.items() if value is not None}}
            case ItemRemoved():
                left = {post: item for post, item in self.items.items() if post != event.post}
                return {"items": left, "gone": {**self.gone, event.post: event.at}}
            case ItemPlaced():
                gone = {post: at for post, at in self.gone.items() if post != event.post}
                return {"items": {**self.items, event.post: _placed(event)}, "gone": gone}
            case ItemMoved() | ItemDated() | ItemAssigned() | ItemNoted():
                return {"items": {**self.items, event.post: _item_after(self.items[event.post], event)}}
            case RanksRenewed():
                renewed = {
                    post: msgspec.structs.replace(self.items[post], rank=rank, at=event.at)
                    for post, rank in event.ranks.items()
                }
                return {"items": {**self.items, **renewed}}
            case _:
                raise NotItsEvent(f"roadmap {self.roadmap!r}", event)


def create_roadmap(
    *, roadmap: str, name: str, by: By, columns: tuple[Column, ...] | None, public: bool, reason: str, at: str
) -> RoadmapCreated:
    """A new roadmap's first event; without columns, with those that roadmaps by the same begin with."""
    check_id("roadmap", roadmap)
    _check_words(name, reason)
    columns = BY_DEFAULT[by] if columns is None else columns
    check_columns(by, columns)
    return RoadmapCreated(
        roadmap=roadmap, name=name, by=by, columns=columns, public=public, reason=reason, at=at
    )  # fmt: skip


def _check_words(name: str | None, reason: str) -> None:
    if name is not None:
        check_line("name", name, least=1, most=NAME_CHARACTERS)
    check_text("reason", reason, most=REASON_CHARACTERS)


def _placed(event: ItemPlaced) -> Item:
    return Item(
        column=event.column, rank=event.rank, target=event.target, owner=event.owner, note=event.note,
        team=event.team, at=event.at,
    )  # fmt: skip


def _item_after(item: Item, event: ItemEvent) -> Item:
    replace = msgspec.structs.replace
    match event:
        case ItemMoved():
            return replace(item, column=event.column, rank=event.rank, at=event.at)
        case ItemDated():
            return replace(item, target=event.target, at=event.at)
        case ItemAssigned():
            return replace(item, owner=event.owner, team=item.team if event.team is None else event.team, at=event.at)
        case ItemNoted():
            return replace(item, note=event.note, at=event.at)
        case _:
            raise NotItsEvent(f"item {event.post!r}", event)
