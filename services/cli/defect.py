"""`groundswell defect`: which posts say what is wrong with others, and whether they were found in time."""

from typing import TYPE_CHECKING, Annotated

import typer

from services.cli import place
from services.cli.check import Actor, At, Post, happened
from services.cli.gate import ACTOR, AsOf, KnownAt, Limit
from services.cli.moments import read_past
from services.cli.output import print_json, print_table

if TYPE_CHECKING:
    from events.domain.defects.commands import DefectCommand

app = typer.Typer(help="Which posts say what is wrong with others.", no_args_is_help=True)

Defect = Annotated[str, typer.Argument(help="The post that says what is wrong.", show_default=False)]
Reason = Annotated[str, typer.Option("--reason", help="Why.")]


@app.command()
def link(
    post: Post,
    defect: Defect,
    workspace: place.Workspace,
    reason: Reason = "",
    at: At = None,
    actor: Actor = ACTOR,
    data: place.Data = None,
    json: place.Json = False,
) -> None:
    """Have one post say what is wrong with another one."""
    from events.domain.defects.commands import LinkDefect

    command = LinkDefect(workspace=workspace, post=post, defect=defect, reason=reason, at=happened(at))
    _decide(command, actor, data, json=json)


@app.command()
def unlink(
    post: Post,
    defect: Defect,
    workspace: place.Workspace,
    reason: Reason = "",
    at: At = None,
    actor: Actor = ACTOR,
    data: place.Data = None,
    json: place.Json = False,
) -> None:
    """Have a post be no defect of another one after all."""
    from events.domain.defects.commands import UnlinkDefect

    command = UnlinkDefect(workspace=workspace, post=post, defect=defect, reason=reason, at=happened(at))
    _decide(command, actor, data, json=json)


@app.command(name="list")
def list_defects(
    workspace: place.Workspace,
    post: Annotated[str | None, typer.Option("--post", help="Only those of this post.")] = None,
    as_of: AsOf = None,
    known_at: KnownAt = None,
    limit: Limit = 100,
    data: place.Data = None,
    json: place.Json = False,
) -> None:
    """Show defects, the one found last first, and whether each escaped: was found after its post was shipped."""
    moments = read_past(as_of), read_past(known_at, "--known-at")
    from events.times import format_time
    from projections.moments import Moment
    from projections.quality.outcome_queries import DefectRow, defects_query
    from services.cli import views

    settings = place.clickhouse(data)
    query = defects_query(settings.database, workspace, Moment(*moments), limit=limit, post=post)
    with views.client(settings) as client:
        found = views.rows(client, query, DefectRow)
    if json:
        print_json(
            {"as_of": as_of, "known_at": known_at,
             "items": [{**row._asdict(), "found_at": format_time(row.found_at)} for row in found]}
        )  # fmt: skip
    elif found:
        rows = [
            [row.post, row.defect, format_time(row.found_at), "escaped" if row.escaped else "in time"] for row in found
        ]
        print_table(["post", "defect", "found", ""], rows)
    else:
        typer.echo(f"No defects in workspace {workspace!r}.", err=True)


def _decide(command: "DefectCommand", actor: str, data: place.Data, *, json: bool) -> None:
    from services.cli.ledger import decide

    defects = decide(command, data, actor=actor)
    linked = defects.is_linked(command.defect)
    if json:
        print_json({"post": defects.post, "defect": command.defect, "linked": linked, "version": defects.version})
    else:
        typer.echo(f"post {command.defect} is {'a' if linked else 'no'} defect of {defects.post}")
