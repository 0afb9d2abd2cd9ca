"""Showing goals: as tables for people, as JSON for programs."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Protocol

import typer

from services.cli import money, place
from services.cli.errors import CliError
from services.cli.output import print_json, print_table, printable

if TYPE_CHECKING:
    from clickhouse_connect.driver.client import Client

    from projections.goals.coverage_queries import CoverageRow
    from projections.goals.queries import GoalDecision

MOST = 1000

AsOf = Annotated[str | None, typer.Option("--as-of", help="As it was then: 2026-01-31 or 2026-01-31T12:00:00Z.")]
KnownAt = Annotated[str | None, typer.Option("--known-at", help="As it was known then.")]

Moments = tuple[int | None, int | None]
"""By when things happened, and by when they were recorded, in milliseconds; now, where both are None."""


class AsDict(Protocol):
    """A row of named columns."""

    def _asdict(self) -> dict[str, object]: ...


def show_goals(
    data: Path | None, workspace: str, state: str | None, moments: Moments, limit: int, *, json: bool
) -> None:
    """A line for each goal."""
    from projections.goals.queries import GoalRow, goals_query
    from projections.moments import Moment
    from services.cli import views

    with _client(data) as (client, database):
        query = goals_query(database, workspace, limit=limit, state=state, moment=Moment(*moments))
        goals = views.rows(client, query, GoalRow)
    if json:
        print_json({"items": _json(goals)})
        return
    rows = [
        [goal.goal, goal.name, goal.state, goal.target_day, _percent(goal.progress), goal.measured, goal.posts]
        for goal in goals
    ]
    names = ["goal", "name", "state", "by", "progress", "measured", "posts"]
    print_table(names, rows, numbers=("progress", "measured", "posts"))


def show_goal(data: Path | None, workspace: str, goal: str, moments: Moments, *, json: bool) -> None:
    """A goal with all that belongs to it.

    Raises:
        CliError: if there is or was none.
    """
    from projections.goals import queries
    from projections.moments import Moment
    from services.cli import views

    moment = Moment(*moments)
    with _client(data) as (client, database):
        query = queries.goals_query(database, workspace, limit=1, goal=goal, moment=moment)
        found = views.rows(client, query, queries.GoalRow)
        if not found:
            raise CliError(f"there {'was' if moment.is_past else 'is'} no goal {goal!r} in workspace {workspace!r}")
        query = queries.key_results_query(database, workspace, [goal], moment=moment)
        key_results = views.rows(client, query, queries.KeyResultRow)
        query = queries.links_query(database, workspace, goal, limit=MOST, moment=moment)
        links = views.rows(client, query, queries.LinkRow)
        history = views.rows(client, queries.history_query(database, workspace, goal, limit=MOST), queries.GoalDecision)
    if json:
        parts = {"key_results": _json(key_results), "posts": _json(links), "history": _json(history)}
        print_json({**_times(found[0]._asdict()), **parts})
        return
    said = found[0]
    by = f", by {said.target_day}" if said.target_day else ""
    typer.echo(printable(f"{said.name}: {said.state}{by}, {_percent(said.progress) or 'not measured'}"))
    rows: list[list[object]] = [
        [each.key_result, each.name, each.start, each.value, each.target, each.unit, _percent(each.progress)]
        for each in key_results
    ]
    print_table(["key result", "name", "from", "stands at", "to", "unit", "progress"], rows, numbers=("progress",))
    print_table(["post", "title", "kind", "weight"], [list(link[:4]) for link in links], numbers=("weight",))
    _print_decisions(history, moment.as_of)


def show_coverage(data: Path | None, workspace: str, moments: Moments, posts: int, *, json: bool) -> None:
    """How demand and goals meet."""
    from projections.goals import coverage_queries as queries
    from projections.moments import Moment
    from services.cli import views

    moment = Moment(*moments)
    with _client(data) as (client, database):
        totals = views.rows(client, queries.totals_query(database, workspace, moment=moment), queries.TotalRow)
        query = queries.coverage_query(database, workspace, limit=MOST, moment=moment)
        goals = views.rows(client, query, queries.CoverageRow)
        query = queries.uncovered_query(database, workspace, limit=posts, moment=moment)
        without = views.rows(client, query, queries.UncoveredRow)
    demand, covered = (sum(getattr(row, name) for row in totals) for name in ("demand", "covered_demand"))
    if json:
        parts = {"kinds": _json(totals), "items": _json(goals), "without_goal": _json(without)}
        print_json({"demand": demand, "covered": covered, **parts})
        return
    share = f" ({_percent(covered / demand)})" if demand else ""
    typer.echo(f"{covered} of {demand} standing up-votes{share} are on posts that serve a goal.")
    print_table(
        ["goal", "state", "progress", "posts", "votes", "open", "planned", "in progress", "shipped", "spend a month",
         "planned items", "days", "points"],
        [_covered(row) for row in goals],
        numbers=("progress", "posts", "votes", "open", "planned", "in progress", "shipped", "planned items"),
    )  # fmt: skip
    if bare := [goal.goal for goal in goals if goal.state == "open" and not goal.demand]:
        typer.echo(f"Nobody asks for: {', '.join(bare)}.")
    print_table(
        ["demand with no goal", "title", "kind", "votes", "importance"],
        [[row.post, row.title, row.kind, row.demand, row.importance] for row in without],
        numbers=("votes", "importance"),
    )


def _covered(row: "CoverageRow") -> list[object]:
    kinds = [f"{value:.1f}" for value in (row.demand, row.open, row.planned, row.in_progress, row.shipped)]
    effort = [_range(row.days_low, row.days_high), _range(row.points_low, row.points_high)]
    progress = _percent(row.progress)
    return [row.goal, row.state, progress, row.posts, *kinds, money.spend(row.spend_now), row.roadmap_items, *effort]


def _print_decisions(history: "list[GoalDecision]", until: int | None) -> None:
    from events.times import format_time

    rows = [
        [each.revision, format_time(each.occurred_at), each.actor, each.what, each.reason]
        for each in history
        if until is None or each.occurred_at <= until
    ]
    print_table(["version", "when", "who", "what", "why"], rows, numbers=("version",))


@contextmanager
def _client(data: Path | None) -> "Iterator[tuple[Client, str]]":
    from services.cli import views

    settings = place.clickhouse(data)
    with views.client(settings) as client:
        yield client, settings.database


def _json(rows: Sequence[AsDict]) -> list[dict[str, object]]:
    return [_times(row._asdict()) for row in rows]


def _times(row: dict[str, object]) -> dict[str, object]:
    """The row with its times as texts."""
    from events.times import format_time

    return {
        name: format_time(value) if isinstance(value, int) and (name == "since" or name.endswith("_at")) else value
        for name, value in row.items()
    }


def _percent(share: float | None) -> str:
    return "" if share is None else f"{share:.0%}"


def _range(low: float, high: float) -> str:
    return "" if high == 0 else f"{low:.1f} to {high:.1f}"
