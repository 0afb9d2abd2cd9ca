"""`groundswell up` and `down`: the local stack."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from services.cli import place
from services.cli.output import log_to_stderr

if TYPE_CHECKING:
    from services.stack import Stack

PANEL = "The local stack"
Data = Annotated[
    Path,
    typer.Option("--data", help="The folder that holds everything it keeps.", envvar="GROUNDSWELL_DATA"),
]


def register(app: typer.Typer) -> None:
    """Add the commands."""
    for command in (up, down):
        app.command(rich_help_panel=PANEL)(command)


def _port(option: str, whose: str) -> typer.models.OptionInfo:
    info: typer.models.OptionInfo = typer.Option(option, min=0, max=65535, help=f"{whose} port; 0 picks a free one.")
    return info


def up(
    detach: Annotated[
        bool, typer.Option("--detach", help="Return when all is ready; groundswell down stops it.")
    ] = False,
    data: Data = place.DEFAULT_DATA,
    port: Annotated[int, _port("--port", "The API's")] = 8000,
    kafka_port: Annotated[int, _port("--kafka-port", "Kafka's")] = 9092,
    clickhouse_port: Annotated[int, _port("--clickhouse-port", "ClickHouse's")] = 8123,
    sample: Annotated[bool, typer.Option("--sample/--no-sample", help="Load the sample into an empty log.")] = True,
    json: place.Json = False,
) -> None:
    """Start Kafka, ClickHouse, the projector, the sagas and the API, and keep them running until Ctrl-C.

    On an empty log the bundled sample is loaded into the workspace demo. Prints the addresses, an API key, the first
    ranking, and what to try next.
    """
    import asyncio

    from services.cli.threads import in_daemon_thread
    from services.cli.welcome import welcome
    from services.stack import Lines, StackOptions, up_detached
    from services.stack import up as run_stack

    log_to_stderr()
    options = StackOptions(data=data, port=port, kafka_port=kafka_port, clickhouse_port=clickhouse_port)

    def greet(stack: "Stack") -> None:
        welcome(stack, data.resolve(), sample=sample, json=json, detached=detach)

    async def on_ready(stack: "Stack") -> None:
        await in_daemon_thread(lambda: greet(stack))

    if detach:
        greet(up_detached(options, progress=Lines()))
        return
    asyncio.run(run_stack(options, on_ready, progress=Lines()))
    typer.echo("All stopped.", err=True)


def down(data: Data = place.DEFAULT_DATA) -> None:
    """Stop the local stack, cleanly; what it keeps stays in its folder."""
    from services.stack import down as stop_stack

    typer.echo(f"Stopped the stack in {data}." if stop_stack(data) else f"No stack was running in {data}.", err=True)
