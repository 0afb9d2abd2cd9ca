"""`groundswell export`: any view as a file."""

from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from services.cli import place
from services.cli.errors import CliError
from services.cli.moments import read_moment
from services.cli.output import print_json, watched

if TYPE_CHECKING:
    from typing import BinaryIO

    from projections.clickhouse.settings import ClickHouseSettings
    from services.export.lines import Progress
    from services.export.wanted import Wanted

_SECONDS = 24 * 3600


class Format(StrEnum):
    """What a file may be."""

    parquet = "parquet"
    csv = "csv"
    ndjson = "ndjson"


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command()(export)


def export(
    view: Annotated[
        str, typer.Argument(help="A view of docs/sql.md: votes, ranking, vote_history.", show_default=False)
    ],
    output: Annotated[Path, typer.Option("--output", "-o", help="The file; replaced once all is written.")],
    format: Annotated[Format, typer.Option("--format", help="What the file shall be.")] = Format.parquet,
    workspace: Annotated[str | None, typer.Option("--workspace", "-w", help="Only this workspace.")] = None,
    where: Annotated[
        list[str] | None, typer.Option("--where", help="Only rows with this: column=value; several for all of them.")
    ] = None,
    as_of: Annotated[
        str | None, typer.Option("--as-of", help="As it was then: 2026-01-31 or 2026-01-31T12:00:00Z.")
    ] = None,
    data: place.Data = None,
    json: place.Json = False,
) -> None:
    """Write a view to a file: Parquet, CSV with names, or a JSON object a line.

    Rows are streamed: a file may be larger than the memory. It is there whole or not at all.
    """
    moment = read_moment(as_of)
    equal = [_pair(each) for each in where or []]
    if not output.absolute().parent.is_dir():
        raise typer.BadParameter(f"there is no folder {output.parent}", param_hint="'--output'")
    from services.export.files import put_in_place
    from services.export.wanted import ExportRefused, Wanted

    wanted = Wanted(view, workspace, equal, moment)
    try:
        with put_in_place(output) as file, watched() as bars:
            bars.begin(view, None)
            rows = _write(place.clickhouse(data), wanted, format, file, bars.advance)
    except ExportRefused as error:
        raise CliError(str(error)) from error
    except OSError as error:
        raise CliError(f"{output} can't be written: {error.strerror or error}") from error
    if json:
        print_json({"view": view, "file": str(output), "format": format.value, "rows": rows})
    else:
        typer.echo(f"{rows} rows of {view} are in {output}")


def _write(
    settings: "ClickHouseSettings", wanted: "Wanted", format: Format, file: "BinaryIO", progress: "Progress"
) -> int:
    from services.cli import views
    from services.export.lines import write_lines
    from services.export.parquet import write_parquet
    from services.export.wanted import export_query

    with views.client(settings, seconds=_SECONDS) as client:
        query = export_query(client, settings.database, wanted)
        if format is Format.parquet:
            return write_parquet(client, query, file, progress)
    return write_lines(settings, query, "csv" if format is Format.csv else "ndjson", file, progress)


def _pair(text: str) -> tuple[str, str]:
    column, equals, value = text.partition("=")
    if not equals or not column:
        raise typer.BadParameter(f"{text!r} is not column=value", param_hint="'--where'")
    return column, value
