"""`groundswell status`: how an installation is, at a glance."""

import os
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from services.cli import place
from services.cli.errors import Failed
from services.cli.output import log_to_stderr, print_json, print_table, printable

if TYPE_CHECKING:
    from services.cli.condition import Condition, ProjectionCondition

Data = Annotated[
    Path | None,
    typer.Option(
        "--data",
        help="The folder of the local stack. Default: the installation of KAFKA_BOOTSTRAP_SERVERS and CLICKHOUSE_URL "
        "where one of them is set, else the stack in .groundswell.",
        show_default=False,
    ),
]


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command(rich_help_panel="The local stack")(status)


def status(data: Data = None, json: place.Json = False) -> None:
    """Show how all is: in one line first, then each part, each projection, and how far it is behind the log.

    For the local stack, or for an installation by its settings. Exits with 1 where something is wrong.
    """
    from services.cli import asking

    log_to_stderr(errors_only=True)
    if data is None and (os.environ.get("KAFKA_BOOTSTRAP_SERVERS") or os.environ.get("CLICKHOUSE_URL")):
        found: Condition | None = asking.by_settings()
    else:
        data = data or Path(os.environ.get("GROUNDSWELL_DATA") or place.DEFAULT_DATA)
        found = asking.by_stack(data)
    if json:
        print_json(found or {"ok": False, "summary": "NOT OK: there is no stack", "parts": [], "lag": None})
    elif found is None:
        typer.echo(f"There is no stack in {data}: start one with groundswell up --data {data}", err=True)
    else:
        _show(found)
    if found is None or not found.ok:
        raise Failed


def _show(found: "Condition") -> None:
    typer.secho(printable(found.summary), fg="green" if found.ok else "red", bold=True)
    for note in found.notes:
        typer.echo(f"  {printable(note)}")
    local = any(part.pid is not None for part in found.parts)
    print_table(
        ("part", "health", "pid", "state", "detail") if local else ("part", "health", "detail"),
        [
            (part.name, part.health, part.pid or "", part.state, part.detail)
            if local
            else (part.name, part.health, part.detail)
            for part in found.parts
        ],
    )
    if found.projections:
        columns = ("projection", "live", "records behind", "last progress", "others")
        print_table(columns, [_cells(each) for each in found.projections], numbers=("live", "records behind"))


def _cells(each: "ProjectionCondition") -> tuple[object, ...]:
    """An old last progress is nothing bad where nothing is behind, so its age is shown only where something is."""
    ago = "never" if each.progress_seconds is None else f"{each.progress_seconds:,.0f} s ago"
    others = ", ".join(f"{other.generation} {other.state} {other.share:.0%}" for other in each.beside)
    return each.projection, each.live or "none", f"{each.lag:,}", ago if each.lag else "up to date", others
