"""Formulas for a command: by name from the built-in ones or the workspace's own, or from a text."""

import time
from collections.abc import Callable
from typing import TypeVar

import msgspec
import typer
from clickhouse_connect.driver.client import Client

from events.domain.formulas.mistakes import Mistake
from events.ids import CLIENT_ID_PATTERN, is_client_id
from events.times import Millis
from projections.formulas.queries import FormulaRow, formula_query
from projections.ranking.formulas import Formula, find_formula
from projections.ranking.seen import CannotRank, present_of
from services.cli.errors import CliError

T = TypeVar("T")


def check_name(name: str, option: str = "--by") -> None:
    """Raises BadParameter for what can be no formula's id."""
    if is_client_id(name) is None:
        raise typer.BadParameter(f"a formula's id must match {CLIENT_ID_PATTERN}", param_hint=f"'{option}'")


def formula(client: Client, database: str, workspace: str, name: str) -> Formula:
    """The formula of a name.

    Raises:
        CliError: if there is none.
    """
    if (found := find_formula(name)) is not None:
        return found
    query = formula_query(database, workspace, name)
    rows = client.query(query.sql, parameters=dict(query.parameters)).result_rows
    if not rows:
        raise CliError(f"there is no formula {name!r}: groundswell formula list -w {workspace} shows them")
    row = msgspec.convert(rows[0], FormulaRow)
    return Formula(row.formula, row.revision, row.expression, row.meaning)


def adhoc(expression: str) -> Formula:
    """The formula of a text.

    Raises:
        BadParameter: with the place of what is wrong.
    """
    try:
        return Formula.adhoc(expression)
    except Mistake as mistake:
        raise typer.BadParameter(str(mistake), param_hint="'--expression'") from mistake


def asked(query: Callable[[], T]) -> T:
    """What this gives.

    Raises:
        CliError: if the formula can't be asked so.
    """
    try:
        return query()
    except CannotRank as error:
        raise CliError(str(error)) from error


def now() -> Millis:
    """What ages are counted from."""
    return present_of(time.time_ns() // 1_000_000)
