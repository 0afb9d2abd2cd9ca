"""`groundswell projections switch`, `rollback` and `drop`: which generation serves, and which goes."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Annotated

import typer

from services.cli import place
from services.cli.output import log_to_stderr, print_json
from services.cli.projection_names import Name, projection_named

if TYPE_CHECKING:
    from clickhouse_connect.driver.client import Client

    from projections.clickhouse.settings import ClickHouseSettings
    from projections.generations import Generation

Number = Annotated[int | None, typer.Option("--generation", "-g", min=1, help="Which one, where it is not clear.")]


def register(app: typer.Typer) -> None:
    """Add the commands."""
    for command in (switch, rollback, drop):
        app.command()(command)


def switch(name: Name, generation: Number = None, data: place.Data = None, json: place.Json = False) -> None:
    """Let every stable view of a projection read its verified generation, in one step that no reader sees half done.

    The one that was live goes on following until it is dropped: rollback is the same step back.
    """
    from services.generations.projection_log import ProjectionLog
    from services.generations.switching import switch as move

    projection = projection_named(name)
    log_to_stderr()
    log = ProjectionLog.of(place.kafka(data), projection)
    with _client(data) as (client, settings):
        moved = move(client, settings.database, projection.name, log, generation)
    _tell(moved, json=json, then=f"groundswell projections rollback {projection.name} goes back")


def rollback(
    name: Name,
    force: Annotated[bool, typer.Option("--force", help="Even to one that stands behind and nobody follows.")] = False,
    data: place.Data = None,
    json: place.Json = False,
) -> None:
    """Go back to the generation that was live before: the same step as a switch."""
    from services.generations.projection_log import ProjectionLog
    from services.generations.switching import roll_back

    projection = projection_named(name)
    log_to_stderr()
    log = ProjectionLog.of(place.kafka(data), projection)
    with _client(data) as (client, settings):
        moved = roll_back(client, settings.database, projection.name, log, force=force)
    _tell(moved, json=json, then=f"groundswell projections verify {projection.name}, then switch, goes forward again")


def drop(name: Name, generation: Number = None, data: place.Data = None, json: place.Json = False) -> None:
    """Take a generation away that is not live: its tables, and every projector's state of it."""
    from services.generations.dropping import drop as take_away

    projection = projection_named(name)
    log_to_stderr()
    with _client(data) as (client, settings):
        dropped = take_away(client, settings.database, projection.name, generation)
    if json:
        print_json({"projection": dropped.projection, "dropped": dropped.generation})
    else:
        typer.echo(f"{dropped.projection}: generation {dropped.generation} is dropped.")


@contextmanager
def _client(data: "place.Data") -> "Iterator[tuple[Client, ClickHouseSettings]]":
    from services.cli import views

    settings = place.clickhouse(data)
    with views.client(settings) as client:
        yield client, settings


def _tell(moved: "tuple[Generation, Generation]", *, json: bool, then: str) -> None:
    former, live = moved
    if json:
        print_json({"projection": live.projection, "live": live.generation, "retired": former.generation})
    else:
        typer.echo(
            f"{live.projection}: generation {live.generation} (code {live.code}) is live, {former.generation} is "
            f"retired and goes on following, where code {former.code} runs. {then}."
        )
