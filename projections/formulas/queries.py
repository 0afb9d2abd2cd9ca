"""A workspace's own formulas in a list, one by one, and what was decided about one."""

from typing import NamedTuple

from events.times import Millis
from projections.clickhouse.query import Query
from projections.clickhouse.schema import qualify

_SAYS = "expression, meaning, unit, toUnixTimestamp64Milli(created_at) AS created"
_KEY = "workspace = {workspace:String} AND formula = {formula:String}"


class FormulaRow(NamedTuple):
    """A formula as it is; times are in milliseconds."""

    formula: str
    expression: str
    meaning: str
    unit: str
    created_at: Millis
    updated_at: Millis
    revision: int


class FormulaChange(NamedTuple):
    """One decision about a formula: what it was after it."""

    revision: int
    expression: str
    meaning: str
    unit: str
    removed: bool
    occurred_at: Millis
    recorded_at: Millis
    actor: str
    reason: str


def formulas_query(database: str, workspace: str, *, limit: int, after: str = "") -> Query:
    """Formulas by id, from the one after `after`; rows of `FormulaRow`."""
    sql = f"""SELECT formula, {_SAYS}, toUnixTimestamp64Milli(updated_at), revision FROM <formulas>
WHERE workspace = {{workspace:String}} AND formula > {{formula:String}}
ORDER BY formula LIMIT {{limit:UInt32}}"""
    return Query(qualify(sql, database), {"workspace": workspace, "formula": after, "limit": limit})


def formula_query(database: str, workspace: str, formula: str) -> Query:
    """One row of `FormulaRow`, or none."""
    sql = f"SELECT formula, {_SAYS}, toUnixTimestamp64Milli(updated_at), revision FROM <formulas> WHERE {_KEY}"
    return Query(qualify(sql, database), {"workspace": workspace, "formula": formula})


def history_query(database: str, workspace: str, formula: str, *, limit: int, after: int = 0) -> Query:
    """What was decided about a formula, in order, after a revision; rows of `FormulaChange`."""
    sql = f"""SELECT revision, expression, meaning, unit, removed, toUnixTimestamp64Milli(occurred_at),
  toUnixTimestamp64Milli(recorded_at), actor, reason
FROM <formula_history> WHERE {_KEY} AND revision > {{revision:UInt32}} ORDER BY revision LIMIT {{limit:UInt32}}"""
    return Query(
        qualify(sql, database), {"workspace": workspace, "formula": formula, "revision": after, "limit": limit}
    )
