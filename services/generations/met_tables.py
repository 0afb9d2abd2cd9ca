"""A generation's tables as they were when it came by the place where the live one stands still.

Where nobody has the code any more that built the live generation, that one cannot come up to a newer one. So the newer
one is kept as it was at the live one's position: clones that share their parts with its tables, until a generation
is dropped.
"""

from collections.abc import Mapping

import msgspec
from clickhouse_connect.driver.client import Client

from events.position import Partition
from projections.generations import Generation

_MARK = "_met"

_encode = msgspec.json.Encoder().encode
_decode = msgspec.json.Decoder(list[tuple[str, int, int]]).decode


def keep_met(client: Client, database: str, generation: Generation, positions: Mapping[Partition, int]) -> None:
    """Clone its tables, which stand at these positions."""
    drop_met(client, database, generation)
    # As hexadecimal digits: a comment is a literal, and cannot be a bound parameter.
    said = _encode([(*partition, at) for partition, at in sorted(positions.items())]).hex()
    for table in generation.tables:
        client.command(f"CREATE TABLE {database}.{table}{_MARK} CLONE AS {database}.{table}")
        client.command(f"ALTER TABLE {database}.{table}{_MARK} MODIFY COMMENT '{said}'")


def met(
    client: Client, database: str, generation: Generation, positions: Mapping[Partition, int]
) -> Mapping[str, str] | None:
    """Its clones at exactly these positions, by the tables' names without generation; None where there are none."""
    rows = client.query(
        "SELECT name, comment FROM system.tables WHERE database = {database:String} AND name IN {names:Array(String)}",
        parameters={"database": database, "names": [f"{table}{_MARK}" for table in generation.tables]},
    ).result_rows
    there = {name for name, said in rows if said and _positions(said) == {**positions}}
    if len(there) < len(generation.tables):
        return None
    return {name: f"{table}{_MARK}" for name, table in generation.stored.items()}


def drop_met(client: Client, database: str, generation: Generation) -> None:
    """Take the clones away, if there are any."""
    for table in generation.tables:
        client.command(f"DROP TABLE IF EXISTS {database}.{table}{_MARK} SYNC")


def _positions(said: str) -> Mapping[Partition, int]:
    return {Partition(topic, number): at for topic, number, at in _decode(bytes.fromhex(said))}
