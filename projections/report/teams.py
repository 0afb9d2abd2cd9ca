"""The teams: what each delivered in a year, how long it took, and what it is better and worse at."""

from collections.abc import Mapping, Sequence

import msgspec

from projections.clickhouse.query import Query
from projections.moments import Moment
from projections.planning.queries import NOW, Span, TeamRow, TeamWork, work_query
from projections.planning.report import MOST_KINDS, TeamReport, TeamsReport, report
from projections.report import cycle, words
from projections.report.request import ReportRequest
from projections.report.section import Answers, Cell, Column, Section, Statement, Table, Tone
from projections.samples import FEWEST

TITLE = "Teams"
EMPTY = (
    'There is no team. Name one with PUT /v1/teams/{team}, and give it work with "team" on an item of a roadmap: '
    "PUT /v1/roadmaps/{roadmap}/items/{post}."
)
MOST_STATED = 3
"""Of a team's strengths, and of its weaknesses: those that are least a matter of chance."""


def questions(request: ReportRequest) -> Mapping[str, Query]:
    """The work of teams in the page's weeks, and the posts that they delivered."""
    moment = Moment(request.at) if request.past else NOW
    span = Span(request.since, request.at)
    return {
        **cycle.questions(request),
        "team_work": work_query(request.database, request.workspace, limit=MOST_KINDS, span=span, moment=moment),
    }


def told(request: ReportRequest, answers: Answers) -> TeamsReport:
    """All that is said of teams."""
    names = [msgspec.convert(row, TeamRow) for row in answers["team_names"]]
    work = [msgspec.convert(row, TeamWork) for row in answers["team_work"]]
    return report(names, work, cycle.delivered(answers), Span(request.since, request.at), request.at)


def section(request: ReportRequest, answers: Answers) -> Section:
    """The section. Teams work on all boards, so it says the same whichever is asked for."""
    found = told(request, answers)
    if not found.teams:
        return Section("teams", TITLE, "", empty=EMPTY)
    note = f"In the last year, on all boards. From fewer than {FEWEST} observations nothing is stated; what is stated "
    return Section(
        "teams",
        TITLE,
        _sentence(found),
        statements=[*_statements(found.teams)],
        tables=(_table(found.teams),),
        note=f"{note}differs by a fifth at least, and by more than chance would have it.",
        wide=True,
    )


def _sentence(found: TeamsReport) -> str:
    delivered = {team.name: team.kinds[0].work.throughput for team in found.teams if team.kinds}
    if not delivered:
        return f"{words.count(len(found.teams), 'team')}, and nothing was delivered by any in this year."
    most = max(delivered, key=lambda name: (delivered[name], name))
    said = f"{words.quoted(most)} delivered most, {words.count(delivered[most], 'post')} in a year"
    stated = sum(len(team.judgement.strengths) + len(team.judgement.weaknesses) for team in found.teams)
    if not stated:
        return f"{said}. No team stands out in any kind of work by more than chance would have it."
    are = "is" if stated == 1 else "are"
    return f"{said}. {words.count(stated, 'difference')} {are} more than chance; the clearest are told."


def _statements(teams: Sequence[TeamReport]) -> Sequence[Statement]:
    sides: Sequence[tuple[Tone, str]] = (("good", "strengths"), ("bad", "weaknesses"))
    return [
        Statement(tone, words.plain(each.text))
        for team in teams
        for tone, side in sides
        for each in getattr(team.judgement, side)[:MOST_STATED]
    ]


def _table(teams: Sequence[TeamReport]) -> Table:
    columns = (
        Column("Team", words=True), Column("Delivered", number=True), Column("Half within", number=True),
        Column("85 % within", number=True), Column("Dates that slipped", number=True, minor=True),
        Column("Estimates that held", number=True, minor=True), Column("Reopened", number=True, minor=True),
        Column("Votes delivered", number=True, minor=True),
    )  # fmt: skip
    return Table("What each team delivered in a year", columns, [_row(team) for team in teams])


def _row(team: TeamReport) -> Sequence[Cell]:
    name = Cell(words.plain(team.name) or team.team)
    if not team.kinds:
        return (name, Cell("0"), *(Cell(words.NOTHING) for _ in range(5)), Cell("0"))
    work = team.kinds[0].work
    return (
        name,
        Cell(words.number(work.throughput)),
        _days(work.cycle_p50, work.timed),
        _days(work.cycle_p85, work.timed),
        _share(work.slip_rate, work.dated),
        _share(work.estimate_hit_rate, work.estimated_days),
        _share(work.reopened_rate, work.throughput),
        Cell(words.number(work.votes_delivered)),
    )


def _days(value: float | None, posts: int) -> Cell:
    return Cell(words.NOTHING if value is None else words.days(value), under=f"of {posts}")


def _share(value: float | None, posts: int) -> Cell:
    return Cell(words.NOTHING if value is None else words.share(value), under=f"of {posts}")
