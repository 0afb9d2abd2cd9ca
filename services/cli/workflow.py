"""`groundswell workflow`: which statuses the posts of a workspace go through."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from services.cli import place
from services.cli.errors import CliError
from services.cli.output import log_to_stderr, print_json, print_table
from services.cli.post_decisions import ACTOR, Actor, Reason

if TYPE_CHECKING:
    from events.domain.workflow.file import WorkflowFile
    from events.domain.workflow.rules import Rules

app = typer.Typer(help="Which statuses the posts of a workspace go through.", no_args_is_help=True)


@app.command()
def show(workspace: place.Workspace, data: place.Data = None, json: place.Json = False) -> None:
    """Show the statuses, and what may follow what. With --json as groundswell workflow set reads them."""
    from events.domain.directory import Directory
    from services.cli.ledger import feedback

    log_to_stderr()
    with feedback(place.kafka(data)) as ledger:
        rules = Directory(ledger.ledger).workflow(workspace).rules
    if json:
        print_json({"statuses": rules.statuses, "initial": rules.initial, "closing": rules.closing})
    else:
        _print(rules)


@app.command(name="set")
def set_workflow(
    file: Annotated[Path, typer.Argument(help="JSON: statuses, initial, closing, moved.", exists=True, dir_okay=False)],
    workspace: place.Workspace,
    reason: Reason = "",
    actor: Actor = ACTOR,
    data: place.Data = None,
    json: place.Json = False,
) -> None:
    """Have the posts of a workspace go through other statuses. May be interrupted and repeated."""
    asked = _read(file)
    from events.domain.directory import Directory
    from events.domain.workflow.commands import SetWorkflow
    from events.domain.workflow.replacing import replace_workflow
    from services.cli.ledger import feedback

    log_to_stderr()
    command = SetWorkflow(
        workspace=workspace, statuses=asked.statuses, initial=asked.initial, closing=asked.closing, reason=reason
    )
    with feedback(place.kafka(data)) as ledger:
        done = replace_workflow(ledger, Directory(ledger.ledger), command, asked.moved, actor=actor)
    workflow = done.saved.aggregate
    if json:
        print_json({"version": workflow.version, "posts": done.posts})
    else:
        typer.echo(f"{len(workflow.rules.statuses)} statuses, version {workflow.version}; {done.posts} posts moved")


def _read(file: Path) -> "WorkflowFile":
    import msgspec

    from events.domain.workflow.file import WorkflowFile

    try:
        return msgspec.json.decode(file.read_bytes(), type=WorkflowFile)
    except msgspec.MsgspecError as error:
        raise CliError(f"{file}: {error}") from error


def _print(rules: "Rules") -> None:
    columns = ["status", "name", "kind", "votes", "next"]
    marks = {rules.initial: " (initial)", rules.closing: " (closing)"}
    rows = [
        [
            status.id + marks.get(status.id, ""), status.name, status.kind, "yes" if status.votes else "no",
            ", ".join(status.next) or "any",
        ]
        for status in rules.statuses
    ]  # fmt: skip
    print_table(columns, rows)
