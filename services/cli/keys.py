"""`groundswell keys`: API keys."""

from enum import StrEnum
from typing import Annotated

import typer

from services.cli import place
from services.cli.errors import CliError
from services.cli.output import log_to_stderr, print_json, print_table

app = typer.Typer(help="API keys.", no_args_is_help=True)

ACTOR = "command line"


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
        key, _ = ledger.create_key(workspace, role.value, label=label, internal=internal, actor=ACTOR)
    if json:
        print_json({"workspace": workspace, "role": role.value, "label": label, "key": key.text})
    else:
        typer.echo(key.text)


@app.command("list")
def list_(workspace: place.Workspace, data: place.Data = None, json: place.Json = False) -> None:
    """Which keys open a workspace: their ids and what they are for. The keys themselves are kept nowhere."""
    from events.domain.originators import originator_of
    from events.domain.workspace import Workspace
    from services.cli.ledger import feedback

    log_to_stderr()
    with feedback(place.kafka(data)) as ledger:
        opened = ledger.load(originator_of(workspace, Workspace.KIND, ""))
    if not isinstance(opened, Workspace):
        raise CliError(f"there is no workspace {workspace!r}: groundswell keys create opens one")
    if json:
        print_json([{"key": id, **key._asdict()} for id, key in opened.keys.items()])
    else:
        rows = [(id, key.role, "yes" if key.internal else "", key.label, key.at) for id, key in opened.keys.items()]
        print_table(("key", "role", "internal", "label", "since"), rows)


@app.command()
def revoke(
    key: Annotated[str, typer.Argument(help="The key's id, as list shows it, or the key itself.", show_default=False)],
    workspace: place.Workspace,
    reason: Annotated[str, typer.Option("--reason", help="Why.")] = "",
    data: place.Data = None,
    json: place.Json = False,
) -> None:
    """Let a key open nothing any more. Services refuse it as soon as they have read so on the log: within a moment."""
    from events.domain.commands import RevokeKey
    from events.domain.keys import read_key
    from services.cli.ledger import decide

    whole = read_key(key)
    id = key if whole is None else whole.key
    decide(RevokeKey(workspace=workspace, key=id, reason=reason), data, actor=ACTOR)
    if json:
        print_json({"workspace": workspace, "key": id, "revoked": True})
    else:
        typer.echo(f"key {id} opens nothing any more")
