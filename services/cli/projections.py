"""`groundswell projections`: what is built from the log, and its generations."""

import os
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from services.cli import place, proving, switching
from services.cli.errors import CliError
from services.cli.output import log_to_stderr, print_json, print_table
from services.cli.projection_names import projection_named

if TYPE_CHECKING:
    from collections.abc import Sequence

    from projections.fold import Projection
    from services.cli.rebuild_watch import RebuildWatch
    from services.rebuild.rebuild import Rebuilt

app = typer.Typer(help="What is built from the log, its generations, and how far they have come.", no_args_is_help=True)

MEBIBYTE = 1024 * 1024


@app.callback()
def _group() -> None:
    pass


@app.command("list")
def list_projections(
    dropped: Annotated[bool, typer.Option("--dropped", help="Those that were dropped, too.")] = False,
    data: place.Data = None,
    json: place.Json = False,
) -> None:
    """List every projection's generations: state, code, rows, size, and how far behind the log they are."""
    from services.cli import views
    from services.cli.generations import listed

    settings = place.clickhouse(data)
    with views.client(settings) as client:
        rows = listed(client, settings.database, dropped=dropped)
    if json:
        print_json(rows)
        return
    columns = ("projection", "generation", "state", "code", "rows", "size", "lag", "progress", "started", "switched")
    print_table(columns, [row.cells() for row in rows], numbers=("generation", "code", "rows", "size", "lag"))


@app.command()
def rebuild(
    name: Annotated[str | None, typer.Argument(help="The projection.", show_default=False)] = None,
    every: Annotated[bool, typer.Option("--all", help="Every projection, one after another.")] = False,
    processes: Annotated[
        int | None, typer.Option("--processes", min=1, max=256, help="Worker processes. Default: one a core.")
    ] = None,
    skip_dead_letters: Annotated[
        bool,
        typer.Option("--skip-dead-letters", help="Pass over what is a dead letter already, rather than stop there."),
    ] = False,
    data: place.Data = None,
    json: place.Json = False,
) -> None:
    """Build a projection's next generation from the whole log, while the live one serves.

    It may be interrupted at any moment: the same command goes on where it was. Once it has caught up, running
    projectors follow it; then groundswell projections verify, and switch. A live generation that holds nothing (after
    ClickHouse's data was lost, say) is built in place instead, unless a projector of this machine is running.
    """
    from services.cli.rebuild_watch import RebuildWatch

    log_to_stderr()
    wanted = _wanted(name, every)
    with RebuildWatch() as watch:
        rebuilt = [_rebuild(each, data, processes, watch, skip=skip_dead_letters) for each in wanted]
    if json:
        print_json(rebuilt if every else rebuilt[0])
    else:
        for each in rebuilt:
            typer.echo(_told(each))


def _wanted(name: str | None, every: bool) -> "Sequence[Projection]":
    from projections.catalog import PROJECTIONS

    if every == (name is not None):
        raise typer.BadParameter("say which projection, or --all")
    if name is None:
        return PROJECTIONS
    return [projection_named(name)]


def _rebuild(
    projection: "Projection", data: Path | None, processes: int | None, watch: "RebuildWatch", *, skip: bool
) -> "Rebuilt":
    from services.projector.settings import ProjectorSettings
    from services.rebuild.rebuild import Rebuild
    from services.rebuild.refusing import RebuildRefused, RebuildStopped

    settings = ProjectorSettings() if data is None else ProjectorSettings(data=data)
    wanted = Rebuild(
        projection, place.kafka(data), place.clickhouse(data), settings, processes or os.cpu_count() or 1, skip
    )
    try:
        return wanted.run(watch)
    except RebuildRefused as error:
        raise CliError(str(error)) from error
    except RebuildStopped as error:
        raise CliError(f"{error}. What was built stays: the same command goes on from there") from error
    except KeyboardInterrupt as error:
        raise CliError("interrupted. What was built stays: the same command goes on from there") from error


def _told(rebuilt: "Rebuilt") -> str:
    """What a rebuild came to, and what to do next."""
    name = rebuilt.projection
    did = (
        f"{name}: generation {rebuilt.generation} is {rebuilt.state}: {rebuilt.records:,} records in "
        f"{rebuilt.seconds:,.1f} s, {rebuilt.records_per_second:,.0f} a second, by {rebuilt.processes} processes with "
        f"{rebuilt.peak_bytes / MEBIBYTE:,.0f} MiB at their peak"
    )
    if rebuilt.in_place:
        return did
    return f"{did}. Next: groundswell projections verify {name}, then groundswell projections switch {name}"


proving.register(app)
switching.register(app)
