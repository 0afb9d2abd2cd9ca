"""What a roadmap's revision since a date answers with. Times are RFC 3339 in UTC with milliseconds."""

from typing import Annotated

from pydantic import Field

from api.answers.answer import Answer, Position, Time
from api.answers.roadmap_history import RoadmapDifference, difference
from events.times import format_time
from projections.roadmap_revisions.queries import ItemDrift, ItemSlips
from projections.roadmap_revisions.revised import Reason, Revised


class RevisionReason(Answer):
    """A decision that led to a change: what in a line, when, by whom and why."""

    line: str
    at: Time
    recorded_at: Time
    actor: str | None = Field(description="Null for keys that see nothing internal, as `reason` is.")
    reason: str | None
    note: Annotated[str | None, Field(description="What was told to everybody.")]


class RevisedItem(RoadmapDifference):
    """One thing that differs, and what was decided for it meanwhile, in order: the last one made it as it is."""

    reasons: list[RevisionReason]


class SlippedItem(Answer):
    """How often an item's last day became later since it was first dated, and by how many days; and since `since`."""

    post: str
    title: str
    slips: int
    days: int
    slips_since: int
    days_since: int
    first_due: str
    due: str | None


class DriftedItem(Answer):
    """What an item's votes came to when it was placed, and come to now.

    `share` is `change` by `score_placed`, null where that was not above 0.
    """

    post: str
    title: str
    placed_at: Time
    score_placed: int
    score: int
    change: int
    share: float | None


class RoadmapRevisionSince(Answer):
    """What changed on a roadmap since a moment and why; what slipped; and whose demand fell or rose, the most first."""

    roadmap: str
    since: Time
    until: Time
    items: list[RevisedItem]
    slips: list[SlippedItem]
    fell: list[DriftedItem]
    rose: list[DriftedItem]
    position: Position


def revised_item(found: Revised, *, internal: bool) -> RevisedItem:
    """A change, for somebody who sees what is internal or does not."""
    reasons = [_reason(each, internal=internal) for each in found.reasons]
    return RevisedItem(**difference(found.difference).model_dump(), reasons=reasons)


def slipped_item(row: ItemSlips) -> SlippedItem:
    """A slipped item of the view."""
    return SlippedItem.model_validate(row._asdict() | {"due": row.due or None})


def drifted_item(row: ItemDrift) -> DriftedItem:
    """An item of the view whose demand is another one."""
    return DriftedItem.model_validate(row._asdict() | {"placed_at": format_time(row.placed_at)})


def _reason(found: Reason, *, internal: bool) -> RevisionReason:
    return RevisionReason(
        line=found.line,
        at=format_time(found.occurred_at),
        recorded_at=format_time(found.recorded_at),
        actor=(found.actor or None) if internal else None,
        reason=(found.reason or None) if internal else None,
        note=found.note or None,
    )
