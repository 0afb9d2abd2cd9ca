"""What happens to roadmaps. `reason` says why it was decided; who decided is the commit's actor."""

from collections.abc import Mapping
from typing import ClassVar, Literal

import msgspec

from events.domain.event import DomainEvent
from events.domain.roadmaps.targets import Target

By = Literal["time", "status"]
"""Columns are times, where items are placed by hand; or statuses, where posts stand by themselves."""


class Column(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A column: of the posts in these statuses, or of what is placed there, perhaps for a period (2026-03, 2026-Q1)."""

    column: str
    name: str
    statuses: tuple[str, ...] = ()
    period: str = ""


class RoadmapCreated(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """There is a roadmap; unless it is public, only for those who see what is internal."""

    TYPE: ClassVar[str] = "groundswell.roadmap.created.v1"
    roadmap: str
    name: str
    by: By
    columns: tuple[Column, ...]
    public: bool = False
    reason: str = ""
    at: str


class RoadmapEdited(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A roadmap's name, columns or whom it is for changed; None stands for what did not."""

    TYPE: ClassVar[str] = "groundswell.roadmap.edited.v1"
    roadmap: str
    name: str | None = None
    columns: tuple[Column, ...] | None = None
    public: bool | None = None
    reason: str = ""
    at: str


class ItemPlaced(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A post is on a roadmap that it was not on. A roadmap by status has no column here: the post's status says it."""

    TYPE: ClassVar[str] = "groundswell.roadmap.item-placed.v1"
    roadmap: str
    post: str
    column: str = ""
    rank: str
    target: Target | None = None
    owner: str = ""
    note: str = ""
    reason: str = ""
    team: str = ""
    at: str


class ItemMoved(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """An item stands elsewhere: in another column, or in another place of its own."""

    TYPE: ClassVar[str] = "groundswell.roadmap.item-moved.v1"
    roadmap: str
    post: str
    column: str = ""
    rank: str
    reason: str = ""
    at: str


class ItemDated(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """An item has another target date, or none any more."""

    TYPE: ClassVar[str] = "groundswell.roadmap.item-dated.v1"
    roadmap: str
    post: str
    target: Target | None = None
    reason: str = ""
    at: str


class ItemAssigned(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """An item has another owner or another team, or none any more.

    An owner is a person's id or a label, never an e-mail address. A `team` of None is the one that it had.
    """

    TYPE: ClassVar[str] = "groundswell.roadmap.item-assigned.v1"
    roadmap: str
    post: str
    owner: str = ""
    reason: str = ""
    team: str | None = None
    at: str


class ItemNoted(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """An item has another note, or none any more. Whoever sees the roadmap sees it."""

    TYPE: ClassVar[str] = "groundswell.roadmap.item-noted.v1"
    roadmap: str
    post: str
    note: str = ""
    reason: str = ""
    at: str


class ItemRemoved(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A post is no longer on a roadmap."""

    TYPE: ClassVar[str] = "groundswell.roadmap.item-removed.v1"
    roadmap: str
    post: str
    reason: str = ""
    at: str


class RanksRenewed(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """The items of a column have other ranks in the order that they had: the old ones had become long."""

    TYPE: ClassVar[str] = "groundswell.roadmap.ranks-renewed.v1"
    roadmap: str
    column: str = ""
    ranks: Mapping[str, str]
    at: str


RoadmapEvent = (
    RoadmapCreated | RoadmapEdited | ItemPlaced | ItemMoved | ItemDated | ItemAssigned | ItemNoted | ItemRemoved
    | RanksRenewed
)  # fmt: skip
ItemEvent = ItemPlaced | ItemMoved | ItemDated | ItemAssigned | ItemNoted | ItemRemoved

EVENTS: tuple[type[DomainEvent], ...] = (
    RoadmapCreated,
    RoadmapEdited,
    ItemPlaced,
    ItemMoved,
    ItemDated,
    ItemAssigned,
    ItemNoted,
    ItemRemoved,
    RanksRenewed,
)
