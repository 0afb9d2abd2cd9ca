"""`groundswell check`: what was seen about before a post is shipped, by whom, and what shows it."""

from typing import TYPE_CHECKING, Annotated

import typer

from services.cli import place
from services.cli.gate import AsOf, KnownAt
from services.cli.moments import read_moment, read_past
from services.cli.output import print_json, print_table

if TYPE_CHECKING:
    from events.domain.gates.commands import CheckCommand

app = typer.Typer(help="What was seen about before posts are shipped.", no_args_is_help=True)

ACTOR = "command line"

Post = Annotated[str, typer.Argument(help="The post's id.", show_default=False)]
Check = Annotated[str, typer.Argument(help="The check's id, as groundswell gate show has it.", show_default=False)]
Actor = Annotated[str, typer.Option("--actor", help="Who decides: an id or a label, never an e-mail address.")]
At = Annotated[str | None, typer.Option("--at", help="When it happened: 2026-01-31T12:00:00Z. Default: now.")]


@app.command(name="pass")
def pass_check(
    post: Post,
    check: Check,
    workspace: place.Workspace,
    evidence: Annotated[str, typer.Option("--evidence", help="What shows it: a line or a URL.")],
    by: Annotated[str, typer.Option("--by", help="Who says so, by id. Default: the actor.")] = "",
    at: At = None,
    actor: Actor = ACTOR,
    data: place.Data = None,
    json: place.Json = False,
) -> None:
    """Have a post pass a check of its board's gate."""
    from events.domain.gates.commands import PassCheck

    command = PassCheck(workspace=workspace, post=post, check=check, evidence=evidence, by=by, at=happened(at))
    _decide(command, actor, data, json=json)


@app.command(name="take-back")
def take_back(
    post: Post,
    check: Check,
    workspace: place.Workspace,
    reason: Annotated[str, typer.Option("--reason", help="Why.")],
    at: At = None,
    actor: Actor = ACTOR,
    data: place.Data = None,
    json: place.Json = False,
) -> None:
    """Have a post not pass a check any more."""
    from events.domain.gates.commands import TakeCheckBack

    command = TakeCheckBack(workspace=workspace, post=post, check=check, reason=reason, at=happened(at))
    _decide(command, actor, data, json=json)


@app.command()
def show(
    post: Post,
    workspace: place.Workspace,
    as_of: AsOf = None,
    known_at: KnownAt = None,
    data: place.Data = None,
    json: place.Json = False,
) -> None:
    """Show the checks of a post: passed or not, by whom, since when and by what evidence."""
    moment, known = read_past(as_of), read_past(known_at, "--known-at")
    from events.times import format_time
    from projections.moments import Moment
    from projections.quality.gate_queries import CheckRow, checks_query
    from services.cli import views

    settings = place.clickhouse(data)
    with views.client(settings) as client:
        found = views.rows(client, checks_query(settings.database, workspace, post, Moment(moment, known)), CheckRow)
    since = [None if row.since is None else format_time(row.since) for row in found]
    if json:
        items = [{**row._asdict(), "since": when} for row, when in zip(found, since, strict=True)]
        print_json({"post": post, "as_of": as_of, "items": items})
    elif found:
        rows = [
            [row.name, "passed" if row.passed else "missing", row.by, when or "", row.evidence or row.reason]
            for row, when in zip(found, since, strict=True)
        ]
        print_table(["check", "", "by", "since", "evidence"], rows)
    else:
        typer.echo(f"Nothing is asked of post {post!r} of workspace {workspace!r}.", err=True)


def happened(at: str | None) -> str | None:
    """When something happened, as events have it; raises BadParameter if it is no moment."""
    from events.times import format_time

    moment = read_moment(at, "--at")
    return None if moment is None else format_time(moment)


def _decide(command: "CheckCommand", actor: str, data: place.Data, *, json: bool) -> None:
    from services.cli.ledger import decide

    checks = decide(command, data, actor=actor)
    passed = checks.passes(command.check)
    if json:
        print_json({"post": checks.post, "check": command.check, "passed": passed, "version": checks.version})
    else:
        typer.echo(f"post {checks.post} {'passes' if passed else 'does not pass'} {command.check}")
