"""What was decided on a roadmap, and how it differs from what it was, as they are answered."""

from typing import Annotated

from pydantic import ConfigDict, Field

from api.answers.answer import Answer, NextCursor, Position, Time
from events.times import format_time
from projections.roadmaps.differences import Difference, Sort
from projections.roadmaps.lines import PUBLISHED, line_of, target_of
from projections.roadmaps.queries import Revision


class RoadmapRevision(Answer):
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


class RoadmapRevisions(Answer):
    """A page of what was decided on a roadmap, the last first."""

    items: list[RoadmapRevision]
    next_cursor: NextCursor
    position: Position


class RoadmapDifference(Answer):
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


class RoadmapDiff(Answer):
    """What became of a roadmap from one moment to another."""

    model_config = ConfigDict(extra="forbid", serialize_by_alias=True)

    roadmap: str
    begin: Annotated[Time, Field(serialization_alias="from")]
    end: Annotated[Time, Field(serialization_alias="to")]
    known_at: Time | None
    items: list[RoadmapDifference]
    position: Position


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


_HOLDERS = ("owner_before", "owner", "team_before", "team")
