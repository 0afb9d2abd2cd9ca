"""`groundswell gate`: what boards ask of posts before they are shipped, what is open, and what was overridden."""

from typing import TYPE_CHECKING, Annotated

import typer

from services.cli import place
from services.cli.moments import read_past
from services.cli.output import print_json, print_table

if TYPE_CHECKING:
    from events.domain.gates.events import Check
    from projections.quality.gate_queries import GateDecision

app = typer.Typer(help="What boards ask of posts before they are shipped.", no_args_is_help=True)

MAX_LIMIT = 1000
ACTOR = "command line"

Board = Annotated[str, typer.Argument(help="The board's id.", show_default=False)]
AsOf = Annotated[str | None, typer.Option("--as-of", help="Moment it was then: 2026-01-31 or 2026-01-31T12:00:00Z.")]
KnownAt = Annotated[str | None, typer.Option("--known-at", help="From what was recorded by then.")]
Limit = Annotated[int, typer.Option("--limit", min=1, max=MAX_LIMIT, help="How many.")]


@app.command(name="set")
def set_gate(
    board: Board,
    workspace: place.Workspace,
    check: Annotated[
        list[str] | None, typer.Option("--check", help="A check, as id or id=name; several times for more.")
    ] = None,
    none: Annotated[bool, typer.Option("--none", help="Ask nothing any more.")] = False,
    reason: Annotated[str, typer.Option("--reason", help="Why.")] = "",
    actor: Annotated[str, typer.Option("--actor", help="Who decides: an id or a label.")] = ACTOR,
    version: Annotated[int | None, typer.Option("--version", min=1, help="Only if it is at this version.")] = None,
    data: place.Data = None,
    json: place.Json = False,
) -> None:
    """Have a board ask these checks of its posts before they are shipped."""
    if none == bool(check):
        raise typer.BadParameter("name the checks by --check, or say --none", param_hint="'--check'")
    from events.domain.gates.commands import SetGate
    from services.cli.ledger import decide

    command = SetGate(workspace=workspace, board=board, checks=tuple(map(_check, check or ())), reason=reason)
    gate = decide(command, data, actor=actor, version=version)
    if json:
        print_json({"board": gate.board, "checks": gate.checks, "version": gate.version})
    else:
        asked = ", ".join(each.check for each in gate.checks)
        typer.echo(f"board {board} asks {asked}" if asked else f"board {board} has no gate")


@app.command()
def show(
    board: Board,
    workspace: place.Workspace,
    limit: Limit = 100,
    data: place.Data = None,
    json: place.Json = False,
) -> None:
    """Show every decision on what a board asks, the last one being what it asks now."""
    from events.times import format_time
    from projections.quality.gate_queries import GateDecision, gate_history_query
    from services.cli import views

    settings = place.clickhouse(data)
    with views.client(settings) as client:
        found = views.rows(client, gate_history_query(settings.database, workspace, board, limit=limit), GateDecision)
    if json:
        items = [
            {"at": format_time(row.occurred_at), "checks": dict(zip(row.checks, row.names, strict=True)),
             "actor": row.actor, "reason": row.reason, "version": row.revision}
            for row in found
        ]  # fmt: skip
        print_json({"board": board, "items": items})
    elif found:
        rows = [[format_time(row.occurred_at), row.actor, _asked(row), row.reason] for row in found]
        print_table(["when", "who", "asked", "why"], rows)
    else:
        typer.echo(f"Board {board!r} of workspace {workspace!r} never had a gate.", err=True)


@app.command(name="open")
def show_open(
    workspace: place.Workspace,
    board: Annotated[str | None, typer.Option("--board", help="Only this board.")] = None,
    as_of: AsOf = None,
    known_at: KnownAt = None,
    limit: Limit = 100,
    data: place.Data = None,
    json: place.Json = False,
) -> None:
    """Show posts that can't be shipped yet, and which checks are missing."""
    moment, known = read_past(as_of), read_past(known_at, "--known-at")
    from projections.moments import Moment
    from projections.quality.gate_queries import OpenGate, open_gates_query
    from services.cli import views

    settings = place.clickhouse(data)
    query = open_gates_query(settings.database, workspace, Moment(moment, known), limit=limit, board=board)
    with views.client(settings) as client:
        found = views.rows(client, query, OpenGate)
    if json:
        print_json({"as_of": as_of, "items": [row._asdict() for row in found]})
    elif found:
        rows = [
            [row.board, row.post, row.title, row.status, f"{row.passed}/{row.checks}", ", ".join(row.missing)]
            for row in found
        ]
        print_table(["board", "post", "title", "status", "passed", "missing"], rows, numbers=("passed",))
    else:
        typer.echo(f"No open gates in workspace {workspace!r}.", err=True)


@app.command()
def overrides(
    workspace: place.Workspace, limit: Limit = 100, data: place.Data = None, json: place.Json = False
) -> None:
    """Show open gates that posts were let through, the last one first."""
    from events.times import format_time
    from projections.quality.gate_queries import Override, overrides_query
    from services.cli import views

    settings = place.clickhouse(data)
    with views.client(settings) as client:
        found = views.rows(client, overrides_query(settings.database, workspace, limit=limit), Override)
    if json:
        print_json({"items": [{**row._asdict(), "at": format_time(row.at)} for row in found]})
    elif found:
        rows = [
            [format_time(row.at), row.post, row.release, ", ".join(row.missing), row.actor, row.reason] for row in found
        ]
        print_table(["when", "post", "release", "missing", "who", "why"], rows)
    else:
        typer.echo(f"No gate of workspace {workspace!r} was overridden.", err=True)


def _check(text: str) -> "Check":
    from events.domain.gates.events import Check

    id, _, name = text.partition("=")
    return Check(check=id, name=name or id)


def _asked(row: "GateDecision") -> str:
    return ", ".join(row.checks) or "nothing"
