"""`groundswell team`: who does the work, and how it went."""

from typing import TYPE_CHECKING, Annotated

import typer

from services.cli import place
from services.cli.moments import read_moment, read_past, read_period
from services.cli.output import print_json, print_table

if TYPE_CHECKING:
    from events.domain.teams.commands import TeamCommand

app = typer.Typer(help="Who does the work, and how it went.", no_args_is_help=True)

ACTOR = "command line"
MAX_LIMIT = 1000

Team = Annotated[str, typer.Argument(help="The team's id.", show_default=False)]
Reason = Annotated[str, typer.Option("--reason", help="Why.")]
At = Annotated[str | None, typer.Option("--at", help="When it happened: 2026-01-31T12:00:00Z. Default: now.")]
Actor = Annotated[str, typer.Option("--actor", help="Who decides: an id or a label, never an e-mail address.")]


@app.command(name="list")
def list_teams(
    workspace: place.Workspace,
    limit: Annotated[int, typer.Option("--limit", min=1, max=MAX_LIMIT, help="How many.")] = 100,
    data: place.Data = None,
    json: place.Json = False,
) -> None:
    """Show which teams there are."""
    from projections.planning.queries import TeamRow, teams_query
    from services.cli import views

    settings = place.clickhouse(data)
    with views.client(settings) as client:
        rows = views.rows(client, teams_query(settings.database, workspace, limit=limit), TeamRow)
    if json:
        print_json({"items": [{"team": row.team, "name": row.name, "version": row.revision} for row in rows]})
    else:
        print_table(["team", "name"], [[row.team, row.name] for row in rows])


@app.command()
def put(
    team: Team,
    workspace: place.Workspace,
    name: Annotated[str | None, typer.Option("--name", help="Default: the id.")] = None,
    reason: Reason = "",
    at: At = None,
    actor: Actor = ACTOR,
    data: place.Data = None,
    json: place.Json = False,
) -> None:
    """Have there be a team, or rename it."""
    from events.domain.teams.commands import PutTeam

    command = PutTeam(workspace=workspace, team=team, name=name or team, reason=reason, at=_happened(at))
    _decide(command, actor, data, json=json)


@app.command()
def remove(
    team: Team,
    workspace: place.Workspace,
    reason: Reason = "",
    at: At = None,
    actor: Actor = ACTOR,
    data: place.Data = None,
    json: place.Json = False,
) -> None:
    """Have there be no such team any more. What it did is told of it still."""
    from events.domain.teams.commands import RemoveTeam

    _decide(RemoveTeam(workspace=workspace, team=team, reason=reason, at=_happened(at)), actor, data, json=json)


@app.command()
def report(
    workspace: place.Workspace,
    team: Annotated[str | None, typer.Option("--team", help="Only this team, beside all others.")] = None,
    begin: Annotated[str | None, typer.Option("--from", help="Posts first shipped then or later: 2026-01-31.")] = None,
    end: Annotated[str | None, typer.Option("--to", help="Posts first shipped before that.")] = None,
    as_of: Annotated[str | None, typer.Option("--as-of", help="As it was then: 2026-01-31.")] = None,
    known_at: Annotated[str | None, typer.Option("--known-at", help="As it was known then.")] = None,
    data: place.Data = None,
    json: place.Json = False,
) -> None:
    """Show how the work of teams went, and what each is better and worse at, with the numbers that say so."""
    since, until = read_period(begin, end)
    happened, known = read_past(as_of), read_past(known_at, "--known-at")
    from projections.moments import Moment
    from projections.planning.queries import Span
    from services.cli import team_output, views
    from services.cli.team_report import told

    settings = place.clickhouse(data)
    with views.client(settings) as client:
        found = told(client, settings.database, workspace, team, Span(since, until), Moment(happened, known))
    if json:
        print_json(team_output.as_json(found))
    else:
        team_output.print_report(found)


def _happened(at: str | None) -> str | None:
    """Raises BadParameter if it is no moment."""
    from events.times import format_time

    moment = read_moment(at, "--at")
    return None if moment is None else format_time(moment)


def _decide(command: "TeamCommand", actor: str, data: place.Data, *, json: bool) -> None:
    from services.cli.ledger import decide

    saved = decide(command, data, actor=actor)
    if json:
        print_json({"team": saved.team, "name": saved.name, "removed": saved.removed, "version": saved.version})
    else:
        typer.echo(f"team {saved.team} is {'removed' if saved.removed else f'called {saved.name}'}")
