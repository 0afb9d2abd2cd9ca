"""Taking a generation away: projectors let go of it first, then its tables go."""

import time

from clickhouse_connect.driver.client import Client

from projections.clickhouse.generation_log import enter_generations, read_generations
from projections.clickhouse.schema import PROGRESS_TABLE, drop_statements
from projections.generations import Generation, State, to_drop
from services.generations.met_tables import drop_met

LET_GO_SECONDS = 1.0
"""Projectors look several times a second. One that still inserts finds no table, and lets go then."""


def drop(client: Client, database: str, projection: str, number: int | None = None) -> Generation:
    """Drop the only generation beside the live one, or that of a number. Safe to repeat where it was interrupted.

    Raises:
        GenerationRefused: if that is the live one, or it is not clear which.
    """
    known = read_generations(client, database, projection)
    begun = next((each for each in known if each.generation == number and each.state is State.DROPPED), None)
    dropped = begun or to_drop(known, projection, number).enter(State.DROPPED, at=time.time_ns() // 1_000_000)
    if begun is None:
        enter_generations(client, database, [dropped])
        time.sleep(LET_GO_SECONDS)
    for each in known:
        # Of the other ones, too: what they were kept for was this one, or one that went before.
        drop_met(client, database, each)
    for table in dropped.tables:
        for statement in drop_statements(database, table):
            client.command(statement)
    client.command(
        f"DELETE FROM {database}.{PROGRESS_TABLE} "
        "WHERE `projection` = {projection:String} AND generation = {generation:UInt32}",
        parameters={"projection": projection, "generation": dropped.generation},
    )
    return dropped
