"""Which rows of which view are wanted, as a query with bound parameters."""

import re
from collections.abc import Sequence
from typing import NamedTuple

from clickhouse_connect.driver.client import Client

from events.times import Millis
from projections.clickhouse.query import Parameter, Query

_WRAPPED = re.compile(r"(?:LowCardinality|Nullable)\((.*)\)")
_ARRAY = re.compile(r"Array\((.*)\)")
_AS_OF = "_as_of"


class ExportRefused(Exception):  # noqa: N818 - what somebody asked for
    """There is no such view or column; the message says what there is."""


class Wanted(NamedTuple):
    """A view, whose rows (of one workspace, of these values) and as of when; None for all, and for now."""

    view: str
    workspace: str | None = None
    where: Sequence[tuple[str, str]] = ()
    as_of: Millis | None = None


def export_query(client: Client, database: str, wanted: Wanted) -> Query:
    """The query of the wanted rows, whole.

    Raises:
        ExportRefused: if there is no such view or column, or it has no past.
    """
    source, parameters = _source(client, database, wanted)
    columns = {
        row[0]: row[1] for row in client.query(f"DESCRIBE (SELECT * FROM {source})", parameters=parameters).result_rows
    }
    equal = [*([] if wanted.workspace is None else [("workspace", wanted.workspace)]), *wanted.where]
    conditions = []
    for number, (column, value) in enumerate(equal):
        if column not in columns:
            raise ExportRefused(f"{wanted.view} has no column {column!r}; it has {', '.join(columns)}")
        conditions.append(_equals(column, columns[column], f"value_{number}"))
        parameters[f"value_{number}"] = value
    where = f" WHERE {' AND '.join(conditions)}" if conditions else ""
    return Query(f"SELECT * FROM {source}{where}", parameters)


def _source(client: Client, database: str, wanted: Wanted) -> tuple[str, dict[str, Parameter]]:
    rows = client.query(
        "SELECT name FROM system.tables WHERE database = {database:String} AND engine = 'View' ORDER BY name",
        parameters={"database": database},
    ).result_rows
    views = [str(row[0]) for row in rows]
    name = wanted.view.removesuffix(_AS_OF)
    if wanted.as_of is None:
        if wanted.view not in views:
            raise ExportRefused(f"there is no view {wanted.view!r}; there are {', '.join(views) or 'none yet'}")
        if wanted.view.endswith(_AS_OF):
            raise ExportRefused(f"{wanted.view} wants a moment: give one by --as-of")
        return f"{database}.`{wanted.view}`", {}
    if f"{name}{_AS_OF}" not in views:
        past = [view.removesuffix(_AS_OF) for view in views if view.endswith(_AS_OF)]
        raise ExportRefused(f"{name!r} can't be asked for as of a moment; these can: {', '.join(past)}")
    return f"{database}.`{name}{_AS_OF}`(at = fromUnixTimestamp64Milli({{at:Int64}}, 'UTC'))", {"at": wanted.as_of}


def _equals(column: str, kind: str, parameter: str) -> str:
    """That a column has a value; an array, that it holds it."""
    bare = _bare(kind)
    if (array := _ARRAY.fullmatch(bare)) is not None:
        return f"has(`{column}`, {{{parameter}:{_bare(array[1])}}})"
    if bare.startswith(("Map(", "Tuple(")):
        kind = bare.partition("(")[0].lower()
        raise ExportRefused(f"{column} is a {kind}: only plain columns and arrays can be compared")
    return f"`{column}` = {{{parameter}:{bare}}}"


def _bare(kind: str) -> str:
    while (found := _WRAPPED.fullmatch(kind)) is not None:
        kind = found[1]
    return kind
