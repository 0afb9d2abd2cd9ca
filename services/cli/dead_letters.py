"""`groundswell dead-letters`: what could not be read or folded, and retrying it."""

from typing import TYPE_CHECKING, Annotated

import typer

from services.cli import place
from services.cli.errors import CliError, Failed
from services.cli.output import log_to_stderr, print_json

if TYPE_CHECKING:
    from services.dead_letters.places import Named
    from services.dead_letters.refusals import Refusal, Refusals

app = typer.Typer(help="What could not be read or folded.", no_args_is_help=True)

MAX_LIMIT = 1_000_000

OfProjection = Annotated[str | None, typer.Option("--projection", help="Only what this projection refused.")]


@app.command("list")
def list_letters(
    projection: OfProjection = None,
    limit: Annotated[int, typer.Option("--limit", min=1, max=MAX_LIMIT, help="The last so many.")] = 50,
    data: place.Data = None,
    json: place.Json = False,
) -> None:
    """List the records that projections refused: where they stand, how often, since when, and why."""
    from services.cli.refused import print_refusals

    found = _read(data)
    chosen = found.of(projection)
    if json:
        print_json(chosen[-limit:])
    elif chosen:
        print_refusals(chosen[-limit:])
    else:
        typer.echo(f"There are no dead letters{_of(projection)}.", err=True)
    if len(chosen) > limit:
        typer.echo(f"... the last {limit} of {len(chosen)} (--limit)", err=True)
    if found.strangers:
        typer.echo(f"... and {found.strangers} records that are no dead letters of ours", err=True)


@app.command("show")
def show_letter(
    record: Annotated[str, typer.Argument(help="TOPIC/PARTITION@OFFSET, or the number that list gives.")],
    data: place.Data = None,
    json: place.Json = False,
) -> None:
    """Show one refused record whole, and all that refused it."""
    import asyncio

    from services.cli.refused import print_record
    from services.dead_letters.whole import read_whole

    name = _named(record)
    found = _read(data)
    position = _refusals(found, name, record, None)[0].position
    refusals = [each for each in found.all if each.position == position]
    whole = asyncio.run(read_whole(place.kafka(data), found.log, refusals[0]))
    print_record(refusals, whole, json)


@app.command("retry")
def retry_letters(
    records: Annotated[
        list[str] | None, typer.Argument(help="TOPIC/PARTITION@OFFSET, or numbers that list gives.", metavar="RECORD")
    ] = None,
    everything: Annotated[bool, typer.Option("--all", help="All that is refused and not retried.")] = False,
    projection: OfProjection = None,
    data: place.Data = None,
    json: place.Json = False,
) -> None:
    """Retry refused records after a fix: what the present code takes is folded in its proper place.

    Doing it twice changes nothing. Where the order of records matters (the ledger) it says which rebuild is needed.
    """
    import asyncio
    import time

    from projections.catalog import PROJECTIONS
    from services.cli.refused import print_outcomes
    from services.dead_letters.retrying import retry

    if bool(records) == everything:
        raise typer.BadParameter("name records, or give --all", param_hint="'RECORD'")
    names = [(_named(text), text) for text in records or ()]
    found = _read(data)
    if everything:
        refusals = [each for each in found.of(projection) if each.state == "refused"]
    else:
        refusals = [each for name, text in names for each in _refusals(found, name, text, projection)]
    if not refusals:
        typer.echo(f"There is nothing to retry{_of(projection)}.", err=True)
        return
    now = time.time_ns() // 1_000_000
    outcomes = asyncio.run(retry(place.kafka(data), found.log, refusals, PROJECTIONS, now))
    if json:
        print_json(outcomes)
    else:
        print_outcomes(outcomes)
    if any(outcome.outcome != "retried" for outcome in outcomes):
        raise Failed


def _read(data: place.Data) -> "Refusals":
    import asyncio

    from services.dead_letters.refusals import read_refusals

    log_to_stderr()
    return asyncio.run(read_refusals(place.kafka(data)))


def _named(text: str) -> "Named":
    from services.dead_letters.places import read_name

    try:
        return read_name(text)
    except ValueError as error:
        raise typer.BadParameter(str(error), param_hint="'RECORD'") from None


def _refusals(found: "Refusals", name: "Named", text: str, projection: str | None) -> "list[Refusal]":
    chosen = [each for each in found.named(name) if projection in (None, each.projection)]
    if not chosen:
        raise CliError(f"there is no dead letter {text}{_of(projection)}: look at groundswell dead-letters list")
    return chosen


def _of(projection: str | None) -> str:
    return "" if projection is None else f" of {projection}"
