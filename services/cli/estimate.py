"""`groundswell estimate`: how long posts are thought to take."""

from enum import StrEnum
from typing import TYPE_CHECKING, Annotated

import typer

from services.cli import place
from services.cli.moments import read_moment
from services.cli.output import print_json, print_table

if TYPE_CHECKING:
    from events.domain.estimates.commands import EstimateCommand
    from projections.planning.queries import EstimateRow

app = typer.Typer(help="How long posts are thought to take.", no_args_is_help=True)

ACTOR = "command line"
MAX_LIMIT = 1000

Post = Annotated[str, typer.Argument(help="The post's id.", show_default=False)]
Reason = Annotated[str, typer.Option("--reason", help="Why.")]
At = Annotated[str | None, typer.Option("--at", help="When it happened: 2026-01-31T12:00:00Z. Default: now.")]
Actor = Annotated[str, typer.Option("--actor", help="Who decides: an id or a label, never an e-mail address.")]


class UnitOption(StrEnum):
    """What an estimate is counted in."""

    days = "days"
    points = "points"


@app.command()
def give(
    post: Post,
    workspace: place.Workspace,
    low: Annotated[float, typer.Option("--low", help="At least so much.")],
    high: Annotated[float, typer.Option("--high", help="At most so much.")],
    unit: Annotated[
        UnitOption, typer.Option("--unit", help="Days in progress, weekends and all; or points of its team.")
    ] = UnitOption.days,
    reason: Reason = "",
    at: At = None,
    actor: Actor = ACTOR,
    data: place.Data = None,
    json: place.Json = False,
) -> None:
    """Say how long a post will take."""
    from events.domain.estimates.commands import GiveEstimate

    command = GiveEstimate(
        workspace=workspace, post=post, unit=unit.value, low=low, high=high, reason=reason, at=_happened(at)
    )
    _decide(command, actor, data, json=json)


@app.command()
def withdraw(
    post: Post,
    workspace: place.Workspace,
    reason: Reason = "",
    at: At = None,
    actor: Actor = ACTOR,
    data: place.Data = None,
    json: place.Json = False,
) -> None:
    """Say no more how long a post will take."""
    from events.domain.estimates.commands import WithdrawEstimate

    _decide(WithdrawEstimate(workspace=workspace, post=post, reason=reason, at=_happened(at)), actor, data, json=json)


@app.command()
def show(
    post: Post,
    workspace: place.Workspace,
    limit: Annotated[int, typer.Option("--limit", min=1, max=MAX_LIMIT, help="How many.")] = 100,
    data: place.Data = None,
    json: place.Json = False,
) -> None:
    """Show every time that somebody said how long a post will take, the last one being what stands."""
    from events.times import format_time
    from projections.planning.queries import EstimateRow, estimates_query
    from services.cli import views

    settings = place.clickhouse(data)
    with views.client(settings) as client:
        rows = views.rows(client, estimates_query(settings.database, workspace, post, limit=limit), EstimateRow)
    said = [(format_time(row.occurred_at), row) for row in rows]
    if json:
        items = [
            {"at": at, "unit": row.unit or None, "low": row.low, "high": row.high, "actor": row.actor,
             "reason": row.reason, "version": row.revision}
            for at, row in said
        ]  # fmt: skip
        print_json({"post": post, "items": items})
    elif said:
        print_table(["when", "who", "estimate", "why"], [[at, row.actor, _span(row), row.reason] for at, row in said])
    else:
        typer.echo(f"Nobody has estimated post {post!r} of workspace {workspace!r}.", err=True)


def _span(row: "EstimateRow") -> str:
    return f"{row.low:g} to {row.high:g} {row.unit}" if row.unit else "withdrawn"


def _happened(at: str | None) -> str | None:
    """Raises BadParameter if it is no moment."""
    from events.times import format_time

    moment = read_moment(at, "--at")
    return None if moment is None else format_time(moment)


def _decide(command: "EstimateCommand", actor: str, data: place.Data, *, json: bool) -> None:
    from services.cli.ledger import decide

    saved = decide(command, data, actor=actor)
    there = not saved.withdrawn
    if json:
        print_json(
            {"post": saved.post, "unit": saved.unit if there else None, "low": saved.low if there else None,
             "high": saved.high if there else None, "version": saved.version}
        )  # fmt: skip
    else:
        said = f"is estimated at {saved.low:g} to {saved.high:g} {saved.unit}" if there else "has no estimate"
        typer.echo(f"post {saved.post} {said}")
