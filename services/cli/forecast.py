"""`groundswell forecast`: when a post or a roadmap is done, and how past forecasts held."""

import time
from typing import TYPE_CHECKING, Annotated, Any

import typer

from services.cli import place
from services.cli.moments import read_moment, read_past
from services.cli.output import print_json, print_table

if TYPE_CHECKING:
    from projections.forecasts.roadmap import Dates
    from projections.forecasts.survival import Days

app = typer.Typer(help="When things will be done, from how long they took.", no_args_is_help=True)

AsOf = Annotated[str | None, typer.Option("--as-of", help="As of then: 2026-01-31 or 2026-01-31T12:00:00Z.")]
KnownAt = Annotated[str | None, typer.Option("--known-at", help="From what was recorded by then.")]


@app.command("post")
def of_post(
    post: Annotated[str, typer.Argument(help="The post's id.", show_default=False)],
    workspace: place.Workspace,
    as_of: AsOf = None,
    known_at: KnownAt = None,
    data: place.Data = None,
    json: place.Json = False,
) -> None:
    """Show when a post is done: from now on if it is in work, else from when it is begun."""
    from projections.forecasts import planned, queries
    from services.cli import views

    settings = place.clickhouse(data)
    at, known = _moments(as_of, known_at)
    with views.client(settings) as client:
        work = views.rows(
            client, queries.work_query(settings.database, workspace, at=at, known_at=known), queries.WorkRow
        )
        asked = queries.team_query(settings.database, workspace, post, at=at, known_at=known)
        team = views.rows(client, asked, tuple[str])
    forecast = planned.forecast_post(post, team[0][0] if team else "", work, now=at)
    name, age = forecast.team, forecast.age
    from_when = None if age is None else at
    if json:
        print_json({"post": post, "team": name or None, "age_days": age, "why": forecast.why or None,
                    **_told(forecast.dates, from_when)})  # fmt: skip
        return
    who = f" of team {name}" if name else ""
    typer.echo(f"{post}{who}: " + (f"in work for {age:.0f} days" if age is not None else "not in work"))
    if forecast.why:
        typer.echo(forecast.why)
    else:
        print_table(["in", "done"], [[share, _done(days, from_when)] for share, days in _shares(forecast.dates)])


@app.command("roadmap")
def of_roadmap(
    roadmap: Annotated[str, typer.Argument(help="The roadmap's id.", show_default=False)],
    workspace: place.Workspace,
    as_of: AsOf = None,
    known_at: KnownAt = None,
    data: place.Data = None,
    json: place.Json = False,
) -> None:
    """Show when each item of a roadmap is done, and all of it, and how likely its target dates hold."""
    from projections.forecasts import planned, queries
    from projections.moments import Moment
    from services.cli import views
    from services.cli.roadmap_views import RoadmapViews

    settings = place.clickhouse(data)
    at, known = _moments(as_of, known_at)
    moment = Moment() if as_of is known_at is None else Moment(at, known)
    with views.client(settings) as client:
        shown = RoadmapViews(client, settings.database, workspace).shown(roadmap, moment, votes=False)
        work = views.rows(
            client, queries.work_query(settings.database, workspace, at=at, known_at=known), queries.WorkRow
        )
    forecast = planned.forecast_roadmap(shown.items, work, now=at)
    if json:
        items = [
            {"post": item.standing.post, "team": item.team or None, "due": item.standing.due or None,
             "chance": item.forecast.chance, "why": item.forecast.why or None, **_told(item.forecast.dates, at)}
            for item in forecast.items
        ]  # fmt: skip
        print_json({"roadmap": roadmap, "items": items, "why": forecast.why or None, **_told(forecast.whole, at)})
        return
    rows = [
        [item.standing.column, item.standing.post, item.team, item.standing.due, _chance(item.forecast.chance),
         *(_done(days, at) for _, days in _shares(item.forecast.dates)), item.forecast.why]
        for item in forecast.items
    ]  # fmt: skip
    whole = (_done(days, at) for _, days in _shares(forecast.whole))
    rows.append(["", "all of it", "", "", "", *whole, forecast.why])
    print_table(["column", "post", "team", "target", "chance", "50 %", "85 %", "95 %", "why not"], rows)


@app.command()
def record(
    workspace: place.Workspace,
    as_of: AsOf = None,
    begin: Annotated[str | None, typer.Option("--from", help="Only forecasts from then on.")] = None,
    data: place.Data = None,
    json: place.Json = False,
) -> None:
    """Show how past forecasts held, made again as they were then: a p85 should hold in 85 of 100 cases."""
    at, _ = _moments(as_of, None)
    since = read_moment(begin, "--from") or 0
    from projections.forecasts import queries
    from projections.forecasts.record import BASES
    from services.cli import views

    settings = place.clickhouse(data)
    asked = [queries.record_query(settings.database, workspace, basis, at=at, begin=since) for basis in BASES]
    with views.client(settings) as client:
        found = [row for each in asked for row in views.rows(client, each, queries.HeldRow)]
    if json:
        print_json({"teams": [row._asdict() for row in found]})
        return
    shown = [
        [row.basis, row.team, row.forecasts, *(_held(*pair) for pair in (
            (row.judged_p50, row.held_p50), (row.judged_p85, row.held_p85), (row.judged_p95, row.held_p95)
        ))]
        for row in found
    ]  # fmt: skip
    print_table(["as was", "team", "forecasts", "p50 held", "p85 held", "p95 held"], shown, numbers=("forecasts",))


def _moments(as_of: str | None, known_at: str | None) -> tuple[int, int | None]:
    """When the forecast is made, and what was known by when."""
    at, known = read_past(as_of), read_past(known_at, "--known-at")
    moment = known if at is None else at
    return time.time_ns() // 1_000_000 if moment is None else moment, known


def _shares(dates: "Dates") -> "list[tuple[str, Days | None]]":
    return [("50 %", dates.p50), ("85 %", dates.p85), ("95 %", dates.p95)]


def _told(dates: "Dates", at: int | None) -> dict[str, Any]:
    names = ("p50", "p85", "p95")
    return {
        name: None if days is None else {"days": round(days, 2), "day": None if at is None else _day(days, at)}
        for name, days in zip(names, dates, strict=True)
    }


def _done(days: "Days | None", at: int | None) -> str:
    if days is None:
        return "-"
    return f"{days:.0f} days after it is begun" if at is None else _day(days, at)


def _day(days: "Days", at: int) -> str:
    from events.times import DAY, format_time

    return format_time(at + round(days * DAY))[:10]


def _chance(chance: float | None) -> str:
    return "" if chance is None else f"{chance:.0%}"


def _held(judged: int, held: int) -> str:
    from projections.samples import FEWEST

    return f"{held}/{judged} = {held / judged:.0%}" if judged >= FEWEST else f"{held}/{judged}"
