"""`groundswell boards`: what is decided about boards."""

from enum import StrEnum
from typing import Annotated

import typer

from services.cli import place
from services.cli.output import print_json

app = typer.Typer(help="Boards.", no_args_is_help=True)

ACTOR = "command line"


class PeriodName(StrEnum):
    """Over what a budget counts."""

    all = "all"
    month = "month"
    quarter = "quarter"
    year = "year"


@app.callback()
def _group() -> None:
    pass


@app.command()
def budget(
    board: Annotated[str, typer.Argument(help="The board's id.", show_default=False)],
    workspace: place.Workspace,
    votes: Annotated[
        int | None, typer.Option("--votes", min=1, help="How many standing votes a person has.", show_default=False)
    ] = None,
    unlimited: Annotated[bool, typer.Option("--unlimited", help="As many as they like.")] = False,
    period: Annotated[
        PeriodName, typer.Option("--period", help="Of all, or of those cast within each calendar period in UTC.")
    ] = PeriodName.all,
    reason: Annotated[str, typer.Option("--reason", help="Why, for those who decide.")] = "",
    data: place.Data = None,
    json: place.Json = False,
) -> None:
    """Give a board a budget of votes, or take it away. Votes over budget wait, and count when there is room."""
    from events.domain.budgets.commands import SetBudget
    from services.cli.ledger import decide

    if unlimited == (votes is not None):
        raise typer.BadParameter("say how many, or --unlimited", param_hint="'--votes'")
    command = SetBudget(workspace=workspace, board=board, votes=votes, period=period.value, reason=reason)
    decide(command, data, actor=ACTOR)
    if json:
        print_json({"board": board, "votes": votes, "period": period.value})
    elif votes is None:
        typer.echo(f"A person has as many votes on {board} as they like")
    else:
        each = "" if period is PeriodName.all else f" each {period.value}"
        typer.echo(f"A person has {votes} {'vote' if votes == 1 else 'votes'} on {board}{each}")
