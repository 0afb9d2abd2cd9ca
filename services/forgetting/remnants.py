"""Rows about whoever was forgotten, off ClickHouse's disks.

A table keeps what was replaced until its parts are merged, and a projector that was frozen, or a backup, may put back
what was gone. So what is left of somebody is looked for and deleted: every row that is older than the tombstone, in
every generation and in the clones that stand beside it.
"""

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from clickhouse_connect.driver.client import Client
from clickhouse_connect.driver.exceptions import DatabaseError

from events.people import Kind, Subject
from projections.clickhouse.generation_log import read_generations
from projections.clickhouse.layout import LOCAL
from projections.generations import Generation, State
from projections.people.tables import FORGOTTEN, SUBJECT_TABLES

MOST_AT_ONCE = 500
"""So many subjects are named in one statement."""

_NO_TABLE = 60


class Erased(NamedTuple):
    """Somebody who was forgotten, and the offset of the tombstone: no older row may be left."""

    subject: Subject
    below: int


class Mark(NamedTuple):
    """What changes whenever somebody is forgotten."""

    subjects: int
    offsets: int


def generations(client: Client, database: str) -> Sequence[Generation]:
    """Those of the projection `people` whose tables are there."""
    return [each for each in read_generations(client, database, "people") if each.state is not State.DROPPED]


def mark_of(client: Client, database: str, generation: Generation) -> Mark:
    """Tells whether somebody was forgotten since."""
    rows = client.query(f"SELECT count(), sum(version) FROM {_forgotten(database, generation)} FINAL").result_rows
    return Mark(*rows[0])


def forgotten(client: Client, database: str, generation: Generation, only: Subject | None = None) -> Sequence[Erased]:
    """Who was forgotten, as a generation has it."""
    where = "1"
    parameters: dict[str, str] = {}
    if only is not None:
        where = "workspace = {workspace:String} AND kind = {kind:String} AND subject = {subject:String}"
        parameters = {"workspace": only.workspace, "kind": only.kind, "subject": only.id}
    rows = client.query(
        f"SELECT workspace, kind, subject, version FROM {_forgotten(database, generation)} FINAL WHERE {where}",
        parameters=parameters,
    ).result_rows
    return [Erased(Subject(workspace, kind, subject), below) for workspace, kind, subject, below in rows]


def erase(client: Client, database: str, generation: Generation, erased: Sequence[Erased]) -> int:
    """Delete what is left of these; how many rows there were. Returns when they are out of every active part.

    The parts that held them are off the disk some seconds later.
    """
    found = 0
    for kind in SUBJECT_TABLES:
        of_kind = [each for each in erased if each.subject.kind == kind]
        for start in range(0, len(of_kind), MOST_AT_ONCE):
            found += _erase(client, database, generation, kind, of_kind[start : start + MOST_AT_ONCE])
    return found


def left_of(client: Client, database: str, generation: Generation, erased: Sequence[Erased]) -> int:
    """How many rows are left of these in a generation's tables and their clones."""
    return sum(
        _count(client, database, table, _where(kind), _parameters(of_kind))
        for kind in SUBJECT_TABLES
        if (of_kind := [each for each in erased if each.subject.kind == kind])
        for table in _physical(client, database, generation, kind)
    )


def _erase(client: Client, database: str, generation: Generation, kind: Kind, erased: Sequence[Erased]) -> int:
    where, parameters = _where(kind), _parameters(erased)
    found = 0
    for table in _physical(client, database, generation, kind):
        left = _count(client, database, table, where, parameters)
        if left:
            _delete(client, database, table, where, parameters)
        found += left
    return found


def _where(kind: Kind) -> str:
    return (
        f"(workspace, {kind}) IN {{subjects:Array(Tuple(String, String))}} AND version < "
        f"mapFromArrays({{names:Array(String)}}, {{below:Array(UInt64)}})[concat(workspace, '/', {kind})]"
    )


def _parameters(erased: Sequence[Erased]) -> dict[str, object]:
    return {
        "subjects": [(each.subject.workspace, each.subject.id) for each in erased],
        "names": [f"{each.subject.workspace}/{each.subject.id}" for each in erased],
        "below": [each.below for each in erased],
    }


def _count(client: Client, database: str, table: str, where: str, parameters: dict[str, object]) -> int:
    try:
        whole = table.removesuffix(LOCAL)  # on a cluster the rows of all shards
        rows = client.query(f"SELECT count() FROM {database}.{whole} WHERE {where}", parameters=parameters).result_rows
    except DatabaseError as error:
        if error.code == _NO_TABLE:
            return 0  # a clone or a generation that was dropped meanwhile
        raise
    return int(rows[0][0])


def _delete(client: Client, database: str, table: str, where: str, parameters: dict[str, object]) -> None:
    try:
        client.command(
            f"ALTER TABLE {database}.{table} DELETE WHERE {where}",
            parameters=parameters,
            settings={"mutations_sync": 2},
        )
    except DatabaseError as error:
        if error.code != _NO_TABLE:
            raise


def _physical(client: Client, database: str, generation: Generation, kind: Kind) -> Iterator[str]:
    """The tables that hold rows of a kind: the generation's own, a cluster's local ones, and clones of them."""
    rows = client.query(
        "SELECT name FROM system.tables WHERE database = {database:String} AND engine LIKE '%MergeTree'",
        parameters={"database": database},
    ).result_rows
    for table in SUBJECT_TABLES[kind]:
        own = table.stored_as(generation.generation)
        yield from (name for (name,) in rows if name == own or name.startswith(f"{own}_"))


def _forgotten(database: str, generation: Generation) -> str:
    return f"{database}.{FORGOTTEN.stored_as(generation.generation)}"
