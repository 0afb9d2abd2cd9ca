"""Making another generation live, and going back: one step for whoever reads, with both at the same position."""

import logging
import time

from clickhouse_connect.driver.client import Client

from projections.catalog import install
from projections.clickhouse.generation_log import enter_generations, read_generations
from projections.clickhouse.live_views import choose, pin, wait_for_earlier_queries
from projections.generations import (
    Generation,
    GenerationRefused,
    State,
    the_live_one,
    to_roll_back_to,
    to_switch_to,
)
from services.generations.projection_log import ProjectionLog
from services.generations.together import NotTogether, Together, together

logger = logging.getLogger(__name__)

SPARE_SECONDS = 1.0
"""The projectors must still hold for so long when the one insert that switches is made."""


def switch(
    client: Client, database: str, projection: str, log: ProjectionLog, number: int | None = None
) -> tuple[Generation, Generation]:
    """Make the newest verified generation (or that of a number) live. Gives the one that was live, and the one that is.

    Raises:
        GenerationRefused: if none is verified, or it stands behind the live one.
    """
    known = read_generations(client, database, projection)
    live = the_live_one(known, projection)
    return _move(client, database, live, to_switch_to(known, projection, number), log)


def roll_back(
    client: Client, database: str, projection: str, log: ProjectionLog, *, force: bool = False
) -> tuple[Generation, Generation]:
    """Make the generation live again that was live before; with `force`, also one that is behind and not followed.

    Raises:
        GenerationRefused: if there is none, or it stands behind.
    """
    known = read_generations(client, database, projection)
    live = the_live_one(known, projection)
    former = to_roll_back_to(known, projection)
    try:
        return _move(client, database, live, former, log, may_stand_behind=former if force else live)
    except NotTogether as error:
        raise GenerationRefused(f"{error}; or go back all the same with --force: readers then see the past") from error


def settle(client: Client, database: str, projection: str) -> None:
    """Finish what a switch that was killed left behind: let the stable views read the live generation alone."""
    known = read_generations(client, database, projection)
    pin(client, database, the_live_one(known, projection))


def _move(
    client: Client,
    database: str,
    live: Generation,
    coming: Generation,
    log: ProjectionLog,
    *,
    may_stand_behind: Generation | None = None,
) -> tuple[Generation, Generation]:
    """From one generation to the other. Killed anywhere in here, each reader sees one whole generation or the other."""
    _check_tables(client, database, coming)
    choose(client, database, live, coming)
    wait_for_earlier_queries(client, database)

    def move(holding: Together) -> tuple[Generation, Generation]:
        holding.check(SPARE_SECONDS)
        at = time.time_ns() // 1_000_000
        moved = live.enter(State.RETIRED, at=at), coming.enter(State.LIVE, at=at, note=coming.note)
        enter_generations(client, database, moved)
        return moved

    try:
        retired, now_live = together(
            client, database, live, coming, log, move, may_stand_behind=may_stand_behind or live
        )
    except BaseException:
        settle(client, database, live.projection)
        raise
    wait_for_earlier_queries(client, database)
    pin(client, database, now_live, gone=list(live.views))
    install(client, database)
    logger.info(
        "switched projection=%s from_generation=%d to_generation=%d",
        live.projection, live.generation, coming.generation,
    )  # fmt: skip
    return retired, now_live


def _check_tables(client: Client, database: str, generation: Generation) -> None:
    rows = client.query(
        "SELECT name FROM system.tables WHERE database = {database:String}", parameters={"database": database}
    ).result_rows
    if missing := set(generation.tables) - {row[0] for row in rows}:
        raise GenerationRefused(f"{generation.title} lacks its tables {', '.join(sorted(missing))}: rebuild it")
