"""`groundswell log`: the log itself, decoded."""

from enum import StrEnum
from typing import TYPE_CHECKING, Annotated

import typer

from services.cli import place
from services.cli.output import log_to_stderr, print_json_line, printable

if TYPE_CHECKING:
    from events.envelope import Envelope
    from services.cli.log_reading import Entry

app = typer.Typer(help="The log itself, decoded.", no_args_is_help=True)

MAX_LIMIT = 100_000
_SHORT = 160


class Topic(StrEnum):
    """The last part of a topic's name."""

    ballots = "ballots"
    ledger = "ledger"
    people = "people"
    dead_letters = "dead-letters"
    reactions = "reactions"
    deliveries = "deliveries"


Topics = Annotated[
    list[Topic] | None, typer.Option("--topic", help="Only this topic; may be given again. Default: ballots, ledger.")
]
From = Annotated[
    str | None,
    typer.Option("--from", help="An offset (OFFSET or PARTITION:OFFSET), or a time: what was appended since then."),
]
Post = Annotated[str | None, typer.Option("--post", help="Only what is about this post.")]
Person = Annotated[str | None, typer.Option("--person", help="Only what this person did.")]
InWorkspace = Annotated[str | None, typer.Option("--workspace", "-w", help="Only this workspace.")]
JsonLines = Annotated[bool, typer.Option("--json", help="Print one JSON object a line, with the whole event.")]


@app.command()
def show(
    topic: Topics = None,
    start: From = None,
    post: Post = None,
    person: Person = None,
    workspace: InWorkspace = None,
    limit: Annotated[int, typer.Option("--limit", min=1, max=MAX_LIMIT, help="How many records at most.")] = 100,
    data: place.Data = None,
    json: JsonLines = False,
) -> None:
    """Show records from the beginning, or from a place, up to the present end of the log."""
    import asyncio

    from services.cli.log_reading import Wanted, first_entries

    wanted = Wanted.of([each.value for each in topic or ()], post=post, person=person, workspace=workspace)
    log_to_stderr()
    settings = place.kafka(data)
    shown = asyncio.run(first_entries(settings, wanted, start, limit, lambda entry: _print(entry, json)))
    if shown == limit:
        typer.echo(f"... {limit} records shown; there may be more (--limit, --from)", err=True)


@app.command()
def tail(
    topic: Topics = None,
    start: From = None,
    post: Post = None,
    person: Person = None,
    workspace: InWorkspace = None,
    data: place.Data = None,
    json: JsonLines = False,
) -> None:
    """Show the last few records of each partition (or those from a place), then each new one, until Ctrl-C."""
    import asyncio

    from services.cli.interruption import until_interrupted
    from services.cli.log_reading import Wanted, follow

    wanted = Wanted.of([each.value for each in topic or ()], post=post, person=person, workspace=workspace)
    log_to_stderr()
    settings = place.kafka(data)
    asyncio.run(until_interrupted(follow(settings, wanted, start, lambda entry: _print(entry, json))))


def _print(entry: "Entry", json: bool) -> None:
    if json:
        print_json_line(entry)
        return
    at, event = entry.place, entry.event
    if event is None:
        typer.echo(f"{at}  {entry.recorded_at}  not an event of ours: {entry.bytes_} bytes")
        return
    about = printable(f"{event.source}/{event.subject}" if event.subject else event.source)
    head = f"{at}  {entry.recorded_at}  {printable(event.type)}  {about}  at {printable(event.time)}"
    if entry.carried is None:
        typer.echo(f"{head}  {_short(event)}")
    else:
        carried = entry.carried
        typer.echo(f"{head}  carries {printable(carried.type)}  at {printable(carried.time)}  {_short(carried)}")


def _short(event: "Envelope") -> str:
    details = printable(bytes(event.data).decode(errors="replace"))
    return details if len(details) <= _SHORT else details[: _SHORT - 1] + "…"
