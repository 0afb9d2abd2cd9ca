"""`groundswell formula`: the formulas that rankings are by."""

from typing import Annotated

import typer

from services.cli import place
from services.cli.output import print_json, print_table

app = typer.Typer(help="The formulas that rankings are by: built-in ones, and your own.", no_args_is_help=True)

ACTOR = "command line"
MAX_LIMIT = 1000

Formula = Annotated[str, typer.Argument(help="The formula's id.", show_default=False)]
Expression = Annotated[str, typer.Argument(help="As in docs/formulas.md: 'up + 3 * comments'.", show_default=False)]
Reason = Annotated[str, typer.Option("--reason", help="Why.")]


@app.command("list")
def list_(workspace: place.Workspace, data: place.Data = None, json: place.Json = False) -> None:
    """Show the built-in formulas and the workspace's own."""
    from events.domain.formulas.builtin import BUILT_IN
    from events.domain.formulas.checking import check
    from projections.formulas.queries import FormulaRow, formulas_query
    from services.cli import views

    settings = place.clickhouse(data)
    with views.client(settings) as client:
        own = views.rows(client, formulas_query(settings.database, workspace, limit=MAX_LIMIT), FormulaRow)
    found = [
        {"formula": each.formula, "built_in": True, "expression": each.expression, "meaning": each.meaning,
         "unit": str(check(each.expression).unit), "version": 1}
        for each in BUILT_IN.values()
    ]  # fmt: skip
    found += [
        {"formula": row.formula, "built_in": False, "expression": row.expression, "meaning": row.meaning,
         "unit": row.unit, "version": row.revision}
        for row in own
    ]  # fmt: skip
    if json:
        print_json(found)
    else:
        columns = ["formula", "unit", "meaning", "expression"]
        print_table(columns, [[each[name] for name in columns] for each in found], shorten=True)


@app.command()
def put(
    formula: Formula,
    expression: Expression,
    workspace: place.Workspace,
    meaning: Annotated[str, typer.Option("--meaning", help="What it is for, in words.")] = "",
    unit: Annotated[str, typer.Option("--unit", help="Default: the one that the expression gives.")] = "",
    reason: Reason = "",
    data: place.Data = None,
    json: place.Json = False,
) -> None:
    """Define a formula of your own, or change it."""
    from events.domain.formulas.commands import PutFormula
    from services.cli.ledger import decide

    command = PutFormula(
        workspace=workspace, formula=formula, expression=expression, meaning=meaning, unit=unit, reason=reason
    )
    made = decide(command, data, actor=ACTOR)
    if json:
        print_json(
            {"formula": formula, "expression": made.expression, "meaning": made.meaning, "unit": made.unit,
             "version": made.version}
        )  # fmt: skip
    else:
        typer.echo(f"formula {formula} is at version {made.version}, in {made.unit}")


@app.command()
def remove(formula: Formula, workspace: place.Workspace, reason: Reason = "", data: place.Data = None) -> None:
    """Have there be no such formula any more."""
    from events.domain.formulas.commands import RemoveFormula
    from services.cli.ledger import decide

    decide(RemoveFormula(workspace=workspace, formula=formula, reason=reason), data, actor=ACTOR)
    typer.echo(f"formula {formula} is removed")


@app.command()
def check(expression: Expression, json: place.Json = False) -> None:
    """Say what an expression gives, or where it goes wrong. Needs nothing running."""
    from events.domain.formulas import checking
    from events.domain.formulas.mistakes import Mistake

    try:
        checked = checking.check(expression)
    except Mistake as mistake:
        raise typer.BadParameter(str(mistake), param_hint="'EXPRESSION'") from mistake
    columns = [f"{column.name}[{column.key}]" if column.key else column.name for column in checked.columns]
    if json:
        print_json({"unit": str(checked.unit), "columns": columns, "internal": checked.internal})
    else:
        typer.echo(f"a formula in {checked.unit}" + (f", of {', '.join(columns)}" if columns else ""))


@app.command()
def history(
    formula: Formula,
    workspace: place.Workspace,
    data: place.Data = None,
    json: place.Json = False,
) -> None:
    """Show what was decided about a formula."""
    from events.times import format_time
    from projections.formulas.queries import FormulaChange, history_query
    from services.cli import views

    settings = place.clickhouse(data)
    with views.client(settings) as client:
        changes = views.rows(
            client, history_query(settings.database, workspace, formula, limit=MAX_LIMIT), FormulaChange
        )
    if json:
        print_json([{**each._asdict(), "occurred_at": format_time(each.occurred_at),
                     "recorded_at": format_time(each.recorded_at)} for each in changes])  # fmt: skip
    elif changes:
        rows = [
            [each.revision, format_time(each.occurred_at), "removed" if each.removed else each.expression, each.actor,
             each.reason]
            for each in changes
        ]  # fmt: skip
        print_table(["version", "at", "expression", "by", "reason"], rows, numbers=("version",))
    else:
        typer.echo(f"Nothing was decided about formula {formula!r} of workspace {workspace!r}.", err=True)
