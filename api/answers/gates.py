"""Gates and their checks, as they are answered.

Texts are data: an `evidence` may be a URL that somebody wrote, so escape it, and look at its scheme before linking it.
"""

from typing import Annotated

from pydantic import Field

from api.answers.answer import Answer, NextCursor, Position, Time
from api.times import time_or_none
from events.times import format_time
from projections.quality.gate_queries import CheckDecision, CheckRow, GateDecision, OpenGate, Override

Evidence = Annotated[str, Field(description="A line or a URL, as somebody wrote it: escape it.")]


class NamedCheck(Answer):
    """A check, and what it is called."""

    check: str
    name: str


class GateAnswer(Answer):
    """What a board's gate asks; no checks: there is no gate. `version` is null where there never was one."""

    board: str
    checks: list[NamedCheck]
    since: Time | None
    version: int | None


class WrittenGate(GateAnswer):
    """A gate as it was decided."""

    position: Position


class ReadGate(GateAnswer):
    """A gate as it was read."""

    as_of: Time | None
    position: Position


class GateChange(Answer):
    """What a gate asked after one decision."""

    version: int
    checks: list[NamedCheck]
    occurred_at: Time
    recorded_at: Time
    actor: str | None
    reason: str


class GateHistory(Answer):
    """A page of decisions on a gate, in order."""

    items: list[GateChange]
    next_cursor: NextCursor
    position: Position


class CheckAnswer(Answer):
    """A check of a post: `since` when it is passed, or was taken back, `reason` why it was."""

    check: str
    name: str
    passed: bool
    by: str
    evidence: Evidence
    since: Time | None
    reason: str


class PostGate(Answer):
    """The gate of a post: what its board asks of it, or asked when it was shipped. Of a merged post, its root's."""

    post: str
    checks: list[CheckAnswer]
    missing: list[str]
    as_of: Time | None
    position: Position


class WrittenCheck(Answer):
    """A check as it was decided; `version` is that of all checks of the post."""

    post: str
    check: str
    passed: bool
    by: str
    evidence: Evidence
    version: int
    position: Position


class CheckChange(Answer):
    """One decision on a check."""

    version: int
    check: str
    passed: bool
    by: str
    evidence: Evidence
    occurred_at: Time
    recorded_at: Time
    actor: str | None
    reason: str


class CheckHistory(Answer):
    """A page of decisions on the checks of a post, in order."""

    items: list[CheckChange]
    next_cursor: NextCursor
    position: Position


class OpenGateAnswer(Answer):
    """A post that can't be shipped yet."""

    board: str
    post: str
    title: str
    status: str
    kind: str
    checks: int
    passed: int
    missing: list[str]


class OpenGates(Answer):
    """A page of posts whose gates are open, by board and id."""

    items: list[OpenGateAnswer]
    next_cursor: NextCursor
    as_of: Time | None
    position: Position


class OverrideAnswer(Answer):
    """An open gate that a post was let through; `release` is the one that was published with it, if one was."""

    at: Time
    post: str
    board: str
    missing: list[str]
    release: str | None
    actor: str | None
    reason: str


class Overrides(Answer):
    """A page of overridden gates, the last one first."""

    items: list[OverrideAnswer]
    next_cursor: NextCursor
    position: Position


def gate_change(row: GateDecision) -> GateChange:
    """A decision on a gate."""
    return GateChange(
        version=row.revision,
        checks=named(row),
        occurred_at=format_time(row.occurred_at),
        recorded_at=format_time(row.recorded_at),
        actor=row.actor or None,
        reason=row.reason,
    )


def named(row: GateDecision) -> list[NamedCheck]:
    """The checks of a gate."""
    return [NamedCheck(check=check, name=name) for check, name in zip(row.checks, row.names, strict=True)]


def check_answer(row: CheckRow) -> CheckAnswer:
    """A check of a post."""
    return CheckAnswer.model_validate({**row._asdict(), "since": time_or_none(row.since)})


def check_change(row: CheckDecision) -> CheckChange:
    """A decision on a check."""
    return CheckChange(
        version=row.revision,
        check=row.check,
        passed=row.passed,
        by=row.by,
        evidence=row.evidence,
        occurred_at=format_time(row.occurred_at),
        recorded_at=format_time(row.recorded_at),
        actor=row.actor or None,
        reason=row.reason,
    )


def open_gate(row: OpenGate) -> OpenGateAnswer:
    """A post whose gate is open."""
    return OpenGateAnswer.model_validate({**row._asdict(), "missing": list(row.missing)})


def override(row: Override) -> OverrideAnswer:
    """An overridden gate."""
    return OverrideAnswer(
        at=format_time(row.at),
        post=row.post,
        board=row.board,
        missing=list(row.missing),
        release=row.release or None,
        actor=row.actor or None,
        reason=row.reason,
    )
