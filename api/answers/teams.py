"""Teams and the report of their work, as they are answered. Durations are in days."""

from typing import Annotated

from pydantic import ConfigDict, Field

from api.answers.answer import Answer, NextCursor, Position, Time
from events.domain.teams.team import Team
from events.times import format_time
from projections.planning.measures import BY_NAME
from projections.planning.queries import TeamRow, TeamWork
from projections.planning.report import Kind, TeamReport
from projections.planning.strengths import Against, Statement
from projections.samples import FEWEST

Chance = Annotated[
    float,
    Field(description="How probable so big a difference is by chance alone (rank-sum or Fisher's test)."),
]


class TeamAnswer(Answer):
    """A team."""

    team: str
    name: str
    created_at: Time
    version: int


class WrittenTeam(TeamAnswer):
    """A team as it was decided."""

    removed: bool
    position: Position


class ReadTeam(TeamAnswer):
    """A team as it is called now."""

    position: Position


class Teams(Answer):
    """A page of teams by id."""

    items: list[TeamAnswer]
    next_cursor: NextCursor
    position: Position


class Spread(Answer):
    """Days over so many posts: the median and the 85th percentile, null from fewer than five posts."""

    posts: int
    p50: float | None
    p85: float | None


class StatusSpread(Spread):
    """Days in a status before the post was first shipped."""

    status: str


class EstimatesAgainstActual(Answer):
    """Estimates beside what was needed, of posts that were in progress before they were shipped.

    `ratio_p50` is the median of days needed by the middle of the estimate, `mmre` the mean of how far the middle was
    off, by the days needed, `hit_rate` the share of posts that needed what the estimate spans: of estimates in days.
    `points_per_day` is from the team's own posts with points alone.
    """

    in_days: int
    ratio_p50: float | None
    mmre: float | None
    hit_rate: float | None
    in_points: int
    points_per_day: float | None


class WorkAnswer(Answer):
    """A team's work of a kind; `tag` is null for all of it. What is null was seen in fewer than five posts.

    `slip_rate` is of the posts that were promised by a date (`dated`), `reopened_rate` of all; `reopened` and `slips`
    count every time. `votes_delivered` are standing up-votes on posts that are shipped still.
    """

    tag: str | None
    posts: int
    per_week: float | None
    first_shipped_at: Time
    last_shipped_at: Time
    cycle_days: Spread
    lead_days: Spread
    status_days: list[StatusSpread]
    estimates: EstimatesAgainstActual
    slips: int
    dated: int
    slip_rate: float | None
    reopened: int
    reopened_rate: float | None
    votes_delivered: int


class StatementAnswer(Answer):
    """A strength or a weakness, in words and in numbers: the team's `value` over `posts`, and the other side's."""

    text: str
    tag: str | None
    measure: str
    unit: str
    against: Against
    value: float
    posts: int
    other_value: float
    other_posts: int
    chance: Chance


class TeamReportAnswer(Answer):
    """What is told of a team. `missing` says of what there is too little; `compared` counts the comparisons made."""

    team: str
    name: str
    work: list[WorkAnswer]
    strengths: list[StatementAnswer]
    weaknesses: list[StatementAnswer]
    missing: list[str]
    compared: int


class TeamsReportAnswer(Answer):
    """How the work of teams went. `without_team` counts the delivered posts that were no team's."""

    model_config = ConfigDict(extra="forbid", serialize_by_alias=True)

    items: list[TeamReportAnswer]
    posts: int
    without_team: int
    begin: Annotated[Time | None, Field(serialization_alias="from")]
    end: Annotated[Time | None, Field(serialization_alias="to")]
    as_of: Time | None
    known_at: Time | None
    fewest: Annotated[int, Field(description="From fewer posts nothing is stated.")] = FEWEST
    position: Position


def team_answer(row: TeamRow) -> TeamAnswer:
    """A team of the view."""
    return TeamAnswer(team=row.team, name=row.name, created_at=format_time(row.created_at), version=row.revision)


def written_team(team: Team, position: str) -> WrittenTeam:
    """A team as the ledger has it."""
    return WrittenTeam(
        team=team.team,
        name=team.name,
        created_at=team.at,
        version=team.version,
        removed=team.removed,
        position=position,
    )


def team_report(told: TeamReport) -> TeamReportAnswer:
    """What is told of a team."""
    return TeamReportAnswer(
        team=told.team,
        name=told.name,
        work=[_work(kind) for kind in told.kinds],
        strengths=[_statement(each) for each in told.judgement.strengths],
        weaknesses=[_statement(each) for each in told.judgement.weaknesses],
        missing=list(told.judgement.missing),
        compared=told.judgement.compared,
    )


def _work(kind: Kind) -> WorkAnswer:
    row = kind.work
    return WorkAnswer(
        tag=row.tag or None,
        posts=row.throughput,
        per_week=kind.per_week,
        first_shipped_at=format_time(row.first_shipped_at),
        last_shipped_at=format_time(row.last_shipped_at),
        cycle_days=Spread(posts=row.timed, p50=row.cycle_p50, p85=row.cycle_p85),
        lead_days=Spread(posts=row.throughput, p50=row.lead_p50, p85=row.lead_p85),
        status_days=[_in_status(row, status) for status in sorted(row.status_posts)],
        estimates=EstimatesAgainstActual(
            in_days=row.estimated_days,
            ratio_p50=row.estimate_ratio_p50,
            mmre=row.estimate_mmre,
            hit_rate=row.estimate_hit_rate,
            in_points=row.estimated_points,
            points_per_day=row.points_per_day,
        ),
        slips=row.slips,
        dated=row.dated,
        slip_rate=row.slip_rate,
        reopened=row.reopened,
        reopened_rate=row.reopened_rate,
        votes_delivered=row.votes_delivered,
    )


def _in_status(row: TeamWork, status: str) -> StatusSpread:
    return StatusSpread(
        status=status,
        posts=row.status_posts[status],
        p50=row.status_p50.get(status),
        p85=row.status_p85.get(status),
    )


def _statement(said: Statement) -> StatementAnswer:
    numbers = said.comparison._asdict()
    return StatementAnswer(text=said.text, unit=BY_NAME[said.comparison.measure].unit, **numbers)
