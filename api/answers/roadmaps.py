"""Roadmaps as they are answered: from what the ledger decided, and from what the view has."""

from collections.abc import Iterable, Sequence
from typing import TypedDict

from api.answers.answer import Answer, NextCursor, Position, Time
from api.times import time_or_none
from events.domain.roadmaps.events import By, Column
from events.domain.roadmaps.roadmap import Roadmap
from events.domain.roadmaps.targets import Precision, Target
from projections.roadmaps.lines import target_of
from projections.roadmaps.queries import Head, Standing


class RoadmapColumn(Answer):
    """A column: of the posts in these statuses, or of what is placed there, perhaps for a period."""

    column: str
    name: str
    statuses: list[str]
    period: str | None


class RoadmapItem(Answer):
    """A post in its place, from 1 on. `due` is the last day that the target date means.

    `placed` is false where it stands there by its status alone. Of a post that was deleted only the item is left.
    """

    place: int
    post: str
    title: str | None
    status: str | None
    kind: str | None
    merged_into: str | None
    archived: bool
    deleted: bool
    score: int
    placed: bool
    target: str | None
    precision: Precision | None
    due: str | None
    owner: str | None
    note: str | None
    since: Time | None
    team: str | None


class FilledColumn(RoadmapColumn):
    """A column with its items in order; `count` is of all, also where they are more than are shown."""

    count: int
    items: list[RoadmapItem]


class _Head(Answer):
    roadmap: str
    name: str
    public: bool
    by: By


class RoadmapAnswer(_Head):
    """A roadmap and what stands on it; of the past it has no version."""

    columns: list[FilledColumn]
    created_at: Time
    updated_at: Time
    version: int | None
    as_of: Time | None
    known_at: Time | None
    position: Position


class ListedRoadmap(_Head):
    """A roadmap in a list."""

    columns: list[RoadmapColumn]
    created_at: Time
    updated_at: Time
    version: int


class Roadmaps(Answer):
    """A page of roadmaps by id."""

    items: list[ListedRoadmap]
    next_cursor: NextCursor
    position: Position


class WrittenRoadmap(_Head):
    """A roadmap as it was decided; `items` counts the posts that were placed on it by hand."""

    columns: list[RoadmapColumn]
    items: int
    created_at: Time
    version: int
    position: Position


class WrittenItem(Answer):
    """An item as it was decided, and the roadmap's version after it; `place` counts what was placed by hand from 1 on.

    On a roadmap by status, `column` is null: the post's status says which.
    """

    roadmap: str
    post: str
    column: str | None
    place: int | None
    target: str | None
    precision: Precision | None
    due: str | None
    owner: str | None
    note: str | None
    team: str | None
    version: int
    position: Position


def columns_of(columns: Iterable[Column]) -> list[RoadmapColumn]:
    """Columns, empty."""
    return [
        RoadmapColumn(
            column=each.column, name=each.name, statuses=list(each.statuses), period=each.period or None
        )
        for each in columns
    ]  # fmt: skip


def filled(head: Head, items: Sequence[Standing]) -> list[FilledColumn]:
    """Columns with what stands in them."""
    found: list[FilledColumn] = []
    for column in columns_of(head.parts):
        own = [item for item in items if item.column == column.column]
        count = own[0].among if own else 0
        found.append(FilledColumn(**column.model_dump(), count=count, items=[_item(each) for each in own]))
    return found


def written_item(roadmap: Roadmap, post: str, position: str) -> WrittenItem:
    """What a decision left of an item: nothing but the version, if it was removed."""
    item = roadmap.items.get(post)
    column = item.column if item else ""
    return WrittenItem(
        roadmap=roadmap.roadmap,
        post=post,
        column=column or None,
        place=None if item is None else list(roadmap.ordered(column)).index(post) + 1,
        **_dates(item.target if item else None),
        owner=item.owner or None if item else None,
        note=item.note or None if item else None,
        team=item.team or None if item else None,
        version=roadmap.version,
        position=position,
    )


def _item(row: Standing) -> RoadmapItem:
    target = target_of(row.target, row.precision)
    return RoadmapItem(
        place=row.position,
        post=row.post,
        title=row.title or None,
        status=row.status or None,
        kind=row.kind or None,
        merged_into=row.merged_into or None,
        archived=row.archived,
        deleted=row.deleted,
        score=row.score,
        placed=row.placed,
        **_dates(target),
        owner=row.owner or None,
        note=row.note or None,
        since=time_or_none(row.since),
        team=row.team or None,
    )


class _Dates(TypedDict):
    target: str | None
    precision: Precision | None
    due: str | None


def _dates(target: Target | None) -> _Dates:
    if target is None:
        return {"target": None, "precision": None, "due": None}
    return {"target": target.date, "precision": target.precision, "due": target.due.isoformat()}
