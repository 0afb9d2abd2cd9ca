"""`groundswell keys`: API keys."""

from enum import StrEnum
from typing import Annotated

import typer

from services.cli import place
from services.cli.output import log_to_stderr, print_json

app = typer.Typer(help="API keys.", no_args_is_help=True)


class Role(StrEnum):
    """What a key lets somebody do."""

    ingest = "ingest"
    read = "read"
    admin = "admin"


@app.command()
def create(
    workspace: place.Workspace,
    role: Annotated[
        Role, typer.Option("--role", help="read reads; ingest also votes, identifies and comments; admin everything.")
    ],
    label: Annotated[str, typer.Option("--label", help="What it is for: to tell keys apart later.")] = "",
    internal: Annotated[
        bool, typer.Option("--internal", help="Let it see what is not for the public: internal notes and roadmaps.")
    ] = False,
    data: place.Data = None,
    json: place.Json = False,
) -> None:
    """Make an API key and print it, once: only its hash is kept. A workspace that is new is opened."""
    from services.cli.ledger import feedback

    log_to_stderr()
    with feedback(place.kafka(data)) as ledger:
        key, _ = ledger.create_key(workspace, role.value, label=label, internal=internal, actor="command line")
    if json:
        print_json({"workspace": workspace, "role": role.value, "label": label, "key": key.text})
    else:
        typer.echo(key.text)
