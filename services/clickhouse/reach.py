"""What a query reaches: the tables, table functions and functions that stand in it, before anything of it is run."""

import re
from collections.abc import Mapping

from services.clickhouse.analyst import denied
from services.clickhouse.engine import Engine, run
from services.clickhouse.failure import ClickHouseError
from services.clickhouse.statement import Statement

# Without its passes the analyser only reads the text: it runs no scalar subquery, whose error could tell what it read.
_TREE = b"EXPLAIN QUERY TREE run_passes = 0 "

# All occurrences, wherever they stand: an alias may be made up to look like one, and only adds to what is looked at.
_IDENTIFIER = re.compile(r"(?=identifier: (.+))")
_TABLE_FUNCTION = re.compile(r"table_function_name: ([^,\n]+)")
_FUNCTION = re.compile(r"(?<!table_)function_name: ([^,\n]+)")

_SYSTEM = ("one", "numbers", "settings", "functions", "databases", "tables", "columns", "formats")
"""Of the engine's own tables those that tell what there is, and nothing of what others do."""
_SYSTEM_TABLE = re.compile(rf"system\.({'|'.join(_SYSTEM)})(?![A-Za-z0-9_])")
_TABLE_FUNCTIONS = frozenset({"numbers", "numbers_mt", "zeros", "values", "generateseries", "generate_series"})
_READING_FUNCTION = re.compile(r"(joinget|dict|file|catboost)\w*", re.IGNORECASE)
_SHOWN = frozenset({"TABLES", "DATABASES", "COLUMNS", "CREATE"})


def check_reach(engine: Engine, text: bytes, statement: Statement, params: Mapping[str, str], database: str) -> None:
    """Let a statement pass, if it only reads the one database. Blocks.

    Raises:
        ClickHouseError: 497, saying what it must not reach; or why the text is no query.
    """
    if statement.kind != "select":
        _check_other(text, statement)
        return
    with engine.handle() as handle:
        query = text[: statement.format_start] if statement.format_start else text
        tree = run(handle, (_TREE + query).decode("utf-8", "surrogateescape"), params).decode("utf-8", "replace")
        names = run(handle, "SELECT name FROM system.databases").decode().splitlines()
    others = tuple(f"{name}." for name in names if name != database)
    for found in _IDENTIFIER.findall(tree):
        if found.startswith(others) and _SYSTEM_TABLE.match(found) is None:
            raise _refused(f"SELECT ON {found}", database)
    for found in _TABLE_FUNCTION.findall(tree):
        name = found.removeprefix(f"{database}.")
        if name == found and name.lower() in _TABLE_FUNCTIONS:
            continue
        if name not in _views(engine, database):
            raise _refused(f"the table function {found}", database)
    for found in _FUNCTION.findall(tree):
        if _READING_FUNCTION.fullmatch(found):
            raise _refused(f"the function {found}", database)


def _check_other(text: bytes, statement: Statement) -> None:
    """Of what is no SELECT only what tells which tables and columns there are; without brackets it runs nothing."""
    shown = statement.verb == "SHOW" and any(part in _SHOWN for word in statement.words for part in word.split())
    if b"(" in text or not (shown or statement.verb in {"DESCRIBE", "DESC", "EXISTS"}):
        raise denied("analyst: Not enough privileges: this user only reads, by SELECT")


def _views(engine: Engine, database: str) -> frozenset[str]:
    """The views of the database: a parameterised one is called like a table function."""
    with engine.handle() as handle:
        query = "SELECT name FROM system.tables WHERE database = {database:String} AND engine = 'View'"
        return frozenset(run(handle, query, {"database": database}).decode().splitlines())


def _refused(what: str, database: str) -> ClickHouseError:
    return denied(f"analyst: Not enough privileges: this user has only the database {database}, and not {what}")
