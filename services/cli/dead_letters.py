"""`groundswell dead-letters`: what could not be read or folded."""

import base64
from typing import TYPE_CHECKING, Annotated

import typer

from services.cli import place
from services.cli.errors import CliError
from services.cli.output import log_to_stderr, print_json, print_table, printable

if TYPE_CHECKING:
    from services.cli.refused import DeadLetter

app = typer.Typer(help="What could not be read or folded.", no_args_is_help=True)

MAX_LIMIT = 10_000


@app.command("list")
def list_letters(
    limit: Annotated[int, typer.Option("--limit", min=1, max=MAX_LIMIT, help="The last so many.")] = 50,
    data: place.Data = None,
    json: place.Json = False,
) -> None:
    """List the last records that a projection refused, with their places and reasons."""
    import asyncio

    from services.cli.refused import last_letters

    log_to_stderr()
    letters = asyncio.run(last_letters(place.kafka(data), limit))
    if json:
        print_json(letters)
    elif letters:
        print_table(
            ("number", "refused", "projection", "reason"),
            [(each.number, each.place, each.projection, each.reason) for each in letters],
            numbers=("number",),
        )
    else:
        typer.echo("There are no dead letters.", err=True)


@app.command("show")
def show_letter(
    number: Annotated[int, typer.Argument(min=0, help="The number that list gives.")],
    data: place.Data = None,
    json: place.Json = False,
) -> None:
    """Show one refused record whole, as far as it was kept."""
    import asyncio

    from services.cli.refused import letter_at

    log_to_stderr()
    letter = asyncio.run(letter_at(place.kafka(data), number))
    if letter is None:
        raise CliError(f"there is no dead letter {number}: look at groundswell dead-letters list")
    if json:
        print_json(letter)
    else:
        _show(letter)


def _show(letter: "DeadLetter") -> None:
    typer.echo(f"number      {letter.number}")
    typer.echo(f"refused     {printable(letter.place)}")
    typer.echo(f"projection  {printable(letter.projection)}")
    typer.echo(f"recorded    {letter.recorded_at}")
    typer.echo(f"reason      {printable(letter.reason)}")
    for name, encoded in (("key", letter.key_base64), ("value", letter.value_base64)):
        text = "none" if encoded is None else printable(base64.b64decode(encoded).decode(errors="replace"))
        typer.echo(f"{name:<12}{text}")
