"""The tables of formulas, and their stable views."""

from projections.clickhouse.schema import StableView
from projections.table import Table

_TIME = "DateTime64(3, 'UTC')"

_COLUMNS = {
    "workspace": "String",
    "formula": "String",
    "expression": "String",
    "meaning": "String",
    "unit": "String",
    "removed": "Bool",
    "created_at": _TIME,
    "occurred_at": _TIME,
    "recorded_at": _TIME,
    "revision": "UInt32",
    "actor": "String",
    "reason": "String",
    "version": "UInt64",
}

FORMULAS = Table(name="formulas", columns=_COLUMNS, key=("workspace", "formula"))
"""What a formula is now; removed ones, too."""

FORMULA_HISTORY = Table(name="formula_history", columns=_COLUMNS, key=("workspace", "formula", "revision"))
"""What a formula was after each decision."""

VIEWS = (
    StableView(
        "formulas",
        """SELECT workspace, formula, expression, meaning, unit, created_at, occurred_at AS updated_at, recorded_at,
  actor, reason, revision
FROM <formulas_table> FINAL WHERE NOT removed""",
    ),
    StableView(
        "formula_history",
        """SELECT workspace, formula, revision, expression, meaning, unit, removed, created_at, occurred_at,
  recorded_at, actor, reason
FROM <formula_history_table> FINAL""",
    ),
)
