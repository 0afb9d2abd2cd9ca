"""`groundswell segment`: rules that tell persons apart, and who they are."""

from typing import Annotated

import typer

from services.cli import place
from services.cli.errors import CliError
from services.cli.output import print_json, print_table

app = typer.Typer(help="Rules that tell persons apart, and who they are.", no_args_is_help=True)

ACTOR = "command line"
MAX_LIMIT = 10_000

Segment = Annotated[str, typer.Argument(help="The segment's id.", show_default=False)]


@app.command()
def put(
    segment: Segment,
    rules: Annotated[
        str,
        typer.Argument(
            help='Conditions as JSON: \'[{"field": "plan", "op": "eq", "values": ["gold"]}]\'. See docs/people.md.',
            show_default=False,
        ),
    ],
    workspace: place.Workspace,
    name: Annotated[str | None, typer.Option("--name", help="Default: the id.")] = None,
    any_of: Annotated[bool, typer.Option("--any/--all", help="Whether any or all of them must hold.")] = False,
    reason: Annotated[str, typer.Option("--reason", help="Why.")] = "",
    data: place.Data = None,
    json: place.Json = False,
) -> None:
    """Define a segment, or change its rules."""
    import msgspec

    from events.domain.segments.commands import PutSegment
    from events.domain.segments.events import Condition
    from services.cli.ledger import decide

    try:
        conditions = msgspec.json.decode(rules, type=list[Condition])
    except msgspec.MsgspecError as error:
        raise CliError(f"the rules can't be read: {error}") from error
    command = PutSegment(
        workspace=workspace, segment=segment, name=name or segment, match="any" if any_of else "all",
        conditions=conditions, reason=reason,
    )  # fmt: skip
    saved = decide(command, data, actor=ACTOR)
    if json:
        print_json(
            {"segment": segment, "name": saved.name, "match": saved.match,
             "conditions": saved.conditions, "version": saved.version}
        )  # fmt: skip
    else:
        typer.echo(f"segment {segment} is at version {saved.version}")


@app.command()
def remove(
    segment: Segment,
    workspace: place.Workspace,
    reason: Annotated[str, typer.Option("--reason", help="Why.")] = "",
    data: place.Data = None,
) -> None:
    """Have there be no such segment any more."""
    from events.domain.segments.commands import RemoveSegment
    from services.cli.ledger import decide

    decide(RemoveSegment(workspace=workspace, segment=segment, reason=reason), data, actor=ACTOR)
    typer.echo(f"segment {segment} is removed")


@app.command()
def members(
    segment: Segment,
    workspace: place.Workspace,
    as_of: Annotated[str | None, typer.Option("--as-of", help="Who was in it then: 2026-01-31T12:00:00Z.")] = None,
    limit: Annotated[int, typer.Option("--limit", min=1, max=MAX_LIMIT, help="How many at most.")] = 100,
    data: place.Data = None,
    json: place.Json = False,
) -> None:
    """Show who is in a segment, or was at a moment."""
    from events.times import parse_moment
    from projections.people.queries import members_query
    from services.cli import views

    try:
        moment = None if as_of is None else parse_moment(as_of)
    except ValueError as error:
        raise typer.BadParameter(str(error), param_hint="'--as-of'") from error
    settings = place.clickhouse(data)
    query = members_query(settings.database, workspace, segment, limit=limit, as_of=moment)
    with views.client(settings) as client:
        rows = client.query(query.sql, parameters=dict(query.parameters)).result_rows
    found = [str(row[0]) for row in rows]
    if json:
        print_json({"segment": segment, "as_of": as_of, "items": found})
    elif found:
        print_table(["person"], [[each] for each in found])
    else:
        typer.echo(f"Nobody is in segment {segment!r} of workspace {workspace!r}.", err=True)
