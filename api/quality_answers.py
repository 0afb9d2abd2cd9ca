"""Gates, checks, defects, complaints, satisfaction and what came of what was shipped, as they are answered.

Texts are data: an `evidence` may be a URL that somebody wrote, so escape it, and look at its scheme before linking it.
"""

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

from api.answers import NextCursor, Position, Time
from events.times import Millis, format_time
from projections.quality.gate_queries import CheckDecision, CheckRow, GateDecision, OpenGate, Override
from projections.quality.outcome_queries import PostQuality, TeamQuality
from projections.samples import FEWEST

Share = Annotated[
    float | None, Field(description=f"Of the shipped posts, 0 to 1; null from fewer than {FEWEST} of them.")
]
MeanRating = Annotated[float | None, Field(description=f"1 to 5; null from fewer than {FEWEST} ratings.")]
Evidence = Annotated[str, Field(description="A line or a URL, as somebody wrote it: escape it.")]


class _Answer(BaseModel):
    model_config = ConfigDict(extra="forbid")


class NamedCheck(_Answer):
    """A check, and what it is called."""

    check: str
    name: str


class GateAnswer(_Answer):
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


class GateChange(_Answer):
    """What a gate asked after one decision."""

    version: int
    checks: list[NamedCheck]
    occurred_at: Time
    recorded_at: Time
    actor: str | None
    reason: str


class GateHistory(_Answer):
    """A page of decisions on a gate, in order."""

    items: list[GateChange]
    next_cursor: NextCursor
    position: Position


class CheckAnswer(_Answer):
    """A check of a post: `since` when it is passed, or was taken back, `reason` why it was."""

    check: str
    name: str
    passed: bool
    by: str
    evidence: Evidence
    since: Time | None
    reason: str


class PostGate(_Answer):
    """The gate of a post: what its board asks of it, or asked when it was shipped. Of a merged post, its root's."""

    post: str
    checks: list[CheckAnswer]
    missing: list[str]
    as_of: Time | None
    position: Position


class WrittenCheck(_Answer):
    """A check as it was decided; `version` is that of all checks of the post."""

    post: str
    check: str
    passed: bool
    by: str
    evidence: Evidence
    version: int
    position: Position


class CheckChange(_Answer):
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


class CheckHistory(_Answer):
    """A page of decisions on the checks of a post, in order."""

    items: list[CheckChange]
    next_cursor: NextCursor
    position: Position


class OpenGateAnswer(_Answer):
    """A post that can't be shipped yet."""

    board: str
    post: str
    title: str
    status: str
    kind: str
    checks: int
    passed: int
    missing: list[str]


class OpenGates(_Answer):
    """A page of posts whose gates are open, by board and id."""

    items: list[OpenGateAnswer]
    next_cursor: NextCursor
    as_of: Time | None
    position: Position


class OverrideAnswer(_Answer):
    """An open gate that a post was let through; `release` is the one that was published with it, if one was."""

    at: Time
    post: str
    board: str
    missing: list[str]
    release: str | None
    actor: str | None
    reason: str


class Overrides(_Answer):
    """A page of overridden gates, the last one first."""

    items: list[OverrideAnswer]
    next_cursor: NextCursor
    position: Position


class WrittenDefect(_Answer):
    """A defect as it was decided; `version` is that of all defects of the post."""

    post: str
    defect: str
    linked: bool
    found_at: Time
    version: int
    position: Position


class DefectAnswer(_Answer):
    """A post that says what is wrong; it escaped if it was found after the other one was first shipped."""

    defect: str
    found_at: Time
    escaped: bool


class Defects(_Answer):
    """A page of defects of a post, the one found last first."""

    post: str
    items: list[DefectAnswer]
    next_cursor: NextCursor
    as_of: Time | None
    position: Position


class WrittenComplaint(_Answer):
    """A comment as a complaint, as it was decided."""

    comment: str
    post: str
    complaint: bool
    version: int
    position: Position


class RatingAnswer(_Answer):
    """What now stands: `rating` 0 where it is withdrawn. `post` is the one that it counts for."""

    post: str
    person: str
    rating: int
    position: Position


class Satisfaction(_Answer):
    """How content persons are with a post; `asked` is how many have a standing up-vote on it."""

    post: str
    ratings: int
    by_rating: Annotated[dict[str, int], Field(examples=[{"4": 3, "5": 7}])]
    mean_rating: MeanRating
    asked: int
    position: Position


class QuestionAnswer(_Answer):
    """A shipped post that this person voted for and has not rated: what to ask."""

    post: str
    title: str
    board: str
    shipped_at: Time


class Questions(_Answer):
    """A page of what to ask a person, the post shipped last first."""

    items: list[QuestionAnswer]
    next_cursor: NextCursor
    position: Position


class PostOutcome(_Answer):
    """What came of a post after it was first shipped."""

    post: str
    title: str
    board: str
    team: str | None
    shipped_at: Time
    reopened: int
    down_votes_after: int
    complaints: int
    defects: int
    escaped_defects: int
    ratings: int
    mean_rating: MeanRating


class TeamOutcome(_Answer):
    """What came of a team's shipped posts; `team` null: of those of no team."""

    team: str | None
    shipped_posts: int
    posts_with_escaped: int
    escaped_defect_rate: Share
    escaped_defects: int
    defects: int
    posts_reopened: int
    reopened_rate: Share
    down_votes_after: int
    complaints: int
    ratings: int
    mean_rating: MeanRating


class Quality(_Answer):
    """A page of outcomes: `teams` by id, or `posts`, the one shipped last first; the other one is null."""

    teams: list[TeamOutcome] | None
    posts: list[PostOutcome] | None
    next_cursor: NextCursor
    as_of: Time | None
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
    return CheckAnswer.model_validate({**row._asdict(), "since": time(row.since)})


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


def post_outcome(row: PostQuality) -> PostOutcome:
    """What came of a post."""
    return PostOutcome.model_validate(
        {**row._asdict(), "team": row.team or None, "shipped_at": format_time(row.shipped_at)}
    )


def team_outcome(row: TeamQuality) -> TeamOutcome:
    """What came of a team's posts."""
    return TeamOutcome.model_validate({**row._asdict(), "team": row.team or None})


def time(moment: Millis | None) -> str | None:
    """A moment as it is answered."""
    return None if moment is None else format_time(moment)
