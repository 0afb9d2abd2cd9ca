"""Estimates as they are answered."""

from api.answers.answer import Answer, NextCursor, Position, Time
from events.domain.estimates.estimate import Estimate
from events.domain.estimates.events import Unit
from events.times import format_time
from projections.planning.queries import EstimateRow


class EstimateSaid(Answer):
    """What a post is thought to take; all null where that was withdrawn."""

    unit: Unit | None
    low: float | None
    high: float | None
    reason: str
    at: Time
    version: int


class WrittenEstimate(EstimateSaid):
    """An estimate as it was decided."""

    post: str
    position: Position


class ReadEstimate(EstimateSaid):
    """What a post is thought to take, or was at a moment."""

    post: str
    actor: str | None
    recorded_at: Time
    as_of: Time | None
    position: Position


class EstimateDecision(EstimateSaid):
    """One decision on what a post takes."""

    actor: str | None
    recorded_at: Time


class Estimates(Answer):
    """A page of what was decided on what a post takes, in order."""

    post: str
    items: list[EstimateDecision]
    next_cursor: NextCursor
    position: Position


def written_estimate(estimate: Estimate, position: str) -> WrittenEstimate:
    """An estimate as the ledger has it."""
    there = not estimate.withdrawn
    return WrittenEstimate(
        post=estimate.post,
        unit=estimate.unit if there else None,
        low=estimate.low if there else None,
        high=estimate.high if there else None,
        reason=estimate.reason if there else "",
        at=estimate.at if there else estimate.touched,
        version=estimate.version,
        position=position,
    )


def estimate_decision(row: EstimateRow) -> EstimateDecision:
    """A decision of the view."""
    return EstimateDecision(
        unit="days" if row.unit == "days" else "points" if row.unit == "points" else None,
        low=row.low,
        high=row.high,
        reason=row.reason,
        at=format_time(row.occurred_at),
        version=row.revision,
        actor=row.actor or None,
        recorded_at=format_time(row.recorded_at),
    )
