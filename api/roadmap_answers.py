"""Roadmaps as they are answered: from what the ledger decided, and from what the view has."""

from collections.abc import Iterable, Sequence
from typing import Annotated, TypedDict

from pydantic import BaseModel, ConfigDict, Field

from api.answers import NextCursor, Position, Time
from api.times import time_or_none
from events.domain.roadmaps.events import By, Column
from events.domain.roadmaps.roadmap import Roadmap
from events.domain.roadmaps.targets import Precision, Target
from events.times import format_time
from projections.roadmaps.differences import Difference, Sort
from projections.roadmaps.lines import PUBLISHED, line_of, target_of
from projections.roadmaps.queries import Head, Revision, Standing


class _Answer(BaseModel):
    model_config = ConfigDict(extra="forbid")


class RoadmapColumn(_Answer):
    """A column: of the posts in these statuses, or of what is placed there, perhaps for a period."""

    column: str
    name: str
    statuses: list[str]
    period: str | None


class RoadmapItem(_Answer):
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


class _Head(_Answer):
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


class Roadmaps(_Answer):
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


class WrittenItem(_Answer):
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


class RoadmapRevision(_Answer):
    """One decision on a roadmap, which made it this version: what in a line, who, when, and why."""

    version: int
    line: str
    change: str
    post: str | None
    title: str | None
    actor: str | None = Field(description="Null for keys that see nothing internal, as `reason` is.")
    reason: str | None
    at: Time
    recorded_at: Time
    column_before: str | None
    column: str | None
    target_before: str | None
    target: str | None
    owner_before: str | None
    owner: str | None
    team_before: str | None
    team: str | None


class RoadmapRevisions(_Answer):
    """A page of what was decided on a roadmap, the last first."""

    items: list[RoadmapRevision]
    next_cursor: NextCursor
    position: Position


class RoadmapDifference(_Answer):
    """One thing that differs between two moments. `days` is by how many the date slipped; below 0, was pulled in."""

    change: Sort
    line: str
    post: str
    title: str
    column_before: str | None
    column: str | None
    target_before: str | None
    target: str | None
    days: int | None
    owner_before: str | None
    owner: str | None
    team_before: str | None
    team: str | None


class RoadmapDiff(_Answer):
    """What became of a roadmap from one moment to another."""

    model_config = ConfigDict(extra="forbid", serialize_by_alias=True)

    roadmap: str
    begin: Annotated[Time, Field(serialization_alias="from")]
    end: Annotated[Time, Field(serialization_alias="to")]
    known_at: Time | None
    items: list[RoadmapDifference]
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


def revision(row: Revision, *, internal: bool) -> RoadmapRevision:
    """A decision; by whom and why only for whoever sees what is internal."""
    before = target_of(row.target_before, row.precision_before)
    after = target_of(row.target, row.precision)
    published = not internal and row.change == "edited" and not row.public_before
    return RoadmapRevision(
        version=row.revision,
        # What it was called while it was internal is internal, too.
        line=PUBLISHED if published else line_of(row),
        change=row.change,
        post=row.post or None,
        title=row.title or None,
        actor=row.actor or None if internal else None,
        reason=row.reason or None if internal else None,
        at=format_time(row.occurred_at),
        recorded_at=format_time(row.recorded_at),
        column_before=row.column_before or None,
        column=row.column or None,
        target_before=before.text if before else None,
        target=after.text if after else None,
        owner_before=row.owner_before or None,
        owner=row.owner or None,
        team_before=row.team_before or None,
        team=row.team or None,
    )


def difference(found: Difference) -> RoadmapDifference:
    """One thing that differs."""
    texts = {
        name: getattr(found, name) or None for name in ("column_before", "column", "target_before", "target", *_HOLDERS)
    }
    return RoadmapDifference(
        change=found.change, line=found.line, post=found.post, title=found.title, days=found.days, **texts
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


_HOLDERS = ("owner_before", "owner", "team_before", "team")


class _Dates(TypedDict):
    target: str | None
    precision: Precision | None
    due: str | None


def _dates(target: Target | None) -> _Dates:
    if target is None:
        return {"target": None, "precision": None, "due": None}
    return {"target": target.date, "precision": target.precision, "due": target.due.isoformat()}
