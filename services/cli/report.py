"""`groundswell report`: the product manager's page as one file."""

import os
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from services.cli import place
from services.cli.errors import CliError
from services.cli.moments import read_past

if TYPE_CHECKING:
    from projections.clickhouse.settings import ClickHouseSettings
    from projections.report import Page, ReportRequest

DEFAULT = Path("report.html")


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command()(report)


def report(
    workspace: place.Workspace,
    output: Annotated[
        Path, typer.Option("--output", "-o", help="Where to write it; - is standard output.", dir_okay=False)
    ] = DEFAULT,
    as_of: Annotated[
        str | None, typer.Option("--as-of", help="As it stood then: 2026-01-31 or 2026-01-31T12:00:00Z.")
    ] = None,
    board: Annotated[str | None, typer.Option("--board", help="Only this board.")] = None,
    data: place.Data = None,
) -> None:
    """Write the product manager's page: one HTML file with everything in it, to open, to send and to keep.

    It says what only those may know who see what is internal.
    """
    moment = read_past(as_of)  # before anything slow
    from projections.report import ReportRequest

    settings = place.clickhouse(data)
    at = time.time_ns() // 1_000_000 if moment is None else moment
    made = _made(
        settings,
        ReportRequest(database=settings.database, workspace=workspace, at=at, past=moment is not None, board=board),
    )
    if str(output) == "-":
        sys.stdout.buffer.write(made.html.encode())
        return
    _write(output, made.html.encode())
    typer.echo(f"Wrote {output}: open it in a browser, it needs nothing else.", err=True)


def _made(settings: "ClickHouseSettings", request: "ReportRequest") -> "Page":
    from projections.report import page, questions, report
    from services.cli import views
    from services.cli.known import check_known

    with views.client(settings) as client:
        check_known(client, request.database, request.workspace, board=request.board)
        answers = {
            name: [tuple(row) for row in client.query(query.sql, parameters=dict(query.parameters)).result_rows]
            for name, query in questions(request).items()
        }
    return page(report(request, answers))


def _write(output: Path, html: bytes) -> None:
    """Whole or not at all, and for its owner's eyes only: it holds what is internal."""
    beside = output.with_name(f".{output.name}.{os.getpid()}")
    try:
        with os.fdopen(os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as file:
            file.write(html)
        beside.replace(output)
    except OSError as error:
        beside.unlink(missing_ok=True)
        raise CliError(f"{output} can't be written: {error.strerror or error}") from error
