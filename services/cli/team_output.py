"""Printing what is told of teams: a table and sentences for people, JSON for programs."""

from collections.abc import Iterator

import typer

from projections.planning.queries import TeamWork
from projections.planning.report import Kind, TeamReport, TeamsReport
from projections.planning.strengths import Statement
from services.cli.output import print_table, printable

_COLUMNS = (
    "team", "kind of work", "posts", "a week", "cycle p50", "cycle p85", "estimated", "hit", "slipped", "reopened",
    "votes",
)  # fmt: skip


def print_report(told: TeamsReport) -> None:
    """The work of each team by kind, and below it what it is better and worse at, and what is missing."""
    rows = [[each.name, *_cells(kind)] for each in told.teams for kind in each.kinds]
    print_table(_COLUMNS, rows, numbers=_COLUMNS[2:], shorten=True)
    typer.echo("Times are days in progress. A dash is: fewer than five posts tell it.")
    for each in told.teams:
        typer.echo(f"\n{printable(each.name)}")
        for line in _lines(each):
            typer.echo(f"  {printable(line)}")
    if told.without_team:
        typer.echo(f"\n{told.without_team} of {told.posts} delivered posts were no team's.")


def as_json(told: TeamsReport) -> dict[str, object]:
    """The same for programs."""
    return {"items": [_team(each) for each in told.teams], "posts": told.posts, "without_team": told.without_team}


def _team(told: TeamReport) -> dict[str, object]:
    judged = told.judgement
    return {
        "team": told.team,
        "name": told.name,
        "work": [{**kind.work._asdict(), "per_week": kind.per_week} for kind in told.kinds],
        "strengths": [_statement(each) for each in judged.strengths],
        "weaknesses": [_statement(each) for each in judged.weaknesses],
        "missing": judged.missing,
        "compared": judged.compared,
    }


def _statement(said: Statement) -> dict[str, object]:
    return {"text": said.text, **said.comparison._asdict()}


def _lines(told: TeamReport) -> Iterator[str]:
    judged = told.judgement
    spent = told.kinds[0].work.status_p50 if told.kinds else {}
    if spent:
        days = ", ".join(f"{status} {each:.1f}" for status, each in sorted(spent.items(), key=lambda pair: -pair[1]))
        yield f"Days at the median before it was shipped: {days}"
    for each in judged.strengths:
        yield f"+ {each.text}"
    for each in judged.weaknesses:
        yield f"- {each.text}"
    if not judged.strengths and not judged.weaknesses and judged.compared:
        yield f"Nothing stands out: of {judged.compared} comparisons none differs by a fifth and by more than chance."
    yield from (f"? {each}" for each in judged.missing)


def _cells(kind: Kind) -> list[object]:
    work = kind.work
    return [
        work.tag or "all", work.throughput, _number(kind.per_week), _number(work.cycle_p50), _number(work.cycle_p85),
        work.estimated_days + work.estimated_points, _share(work.estimate_hit_rate), _slipped(work),
        _share(work.reopened_rate), work.votes_delivered,
    ]  # fmt: skip


def _slipped(work: TeamWork) -> str:
    return "-" if work.slip_rate is None else f"{_share(work.slip_rate)} of {work.dated}"


def _number(value: float | None) -> str:
    return "-" if value is None else f"{value:.1f}"


def _share(value: float | None) -> str:
    return "-" if value is None else f"{100 * value:.0f} %"
