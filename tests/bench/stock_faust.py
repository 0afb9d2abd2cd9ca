"""What one writes with Faust as its manual shows it: an agent, one event at a time, the same fold, rows to ClickHouse.

`python -m tests.bench.stock_faust dict|tables COUNT`, by the usual settings. Nothing of Faust is changed. State is a
plain dict (lost at every restart: as fast as it can be), or Faust's own tables with RocksDB and changelog topics.
"""

import asyncio
import logging
import os
import sys
import time
from pathlib import Path

import faust
import msgspec
from aiokafka.admin import AIOKafkaAdminClient, NewTopic
from faust.types import StreamT

from events.log.topics import BALLOTS, topic_name
from events.settings import KafkaSettings
from projections.clickhouse.settings import ClickHouseSettings
from projections.fold import Row
from projections.table import Table
from projections.votes import VotesProjection
from services.projector.clickhouse_view import ClickHouseView
from tests.bench.stock_fold import DictStates, EncodedStates, StockFold

TABLES = ("registers", "tallies", "periods")
ROWS_EVERY = 10_000
"""Events to a block of rows: inserted beside the fold, one block at a time."""


class StockFindings(msgspec.Struct, frozen=True):
    """From the first event to the last one's rows in ClickHouse."""

    votes: int
    seconds: float
    cpu: float


class Rows:
    """Puts what the fold stated into ClickHouse while the fold goes on."""

    def __init__(self, view: ClickHouseView) -> None:
        self._view = view
        self._inserting: asyncio.Task[None] | None = None
        self._blocks = 0

    async def put(self, fold: StockFold) -> None:
        await self.finished()
        self._blocks += 1
        self._inserting = asyncio.create_task(asyncio.to_thread(self._insert, fold.take(), str(self._blocks)))

    async def finished(self) -> None:
        if self._inserting is not None:
            await self._inserting

    def _insert(self, rows: list[tuple[Table, list[Row]]], token: str) -> None:
        for table, stated in rows:
            if stated:
                self._view.insert(table, stated, token)


def make_app(kafka: KafkaSettings, clickhouse: ClickHouseSettings, state: str, count: int) -> faust.App:
    app = faust.App(
        _app_id(clickhouse, state),
        broker=f"kafka://{kafka.bootstrap_servers}",
        store="rocksdb://",
        datadir=str(Path(os.environ["GROUNDSWELL_DATA"]) / "faust"),
        topic_partitions=BALLOTS.partitions,
        web_enabled=False,
    )
    ballots = app.topic(topic_name(kafka.topic_prefix, BALLOTS), key_serializer="raw", value_serializer="raw")
    if state == "dict":
        fold = StockFold(DictStates())
    else:
        tables = [app.Table(name, partitions=BALLOTS.partitions, key_type=bytes, value_type=bytes) for name in TABLES]
        fold = StockFold(EncodedStates(*tables))
    rows = Rows(ClickHouseView(clickhouse, VotesProjection(), 1))

    @app.agent(ballots)
    async def votes(stream: StreamT[bytes]) -> None:
        began = cpu = 0.0
        done = 0
        async for event in stream.events():
            if not done:
                began, cpu = time.perf_counter(), time.process_time()
            message = event.message
            fold.fold(event.value, message.partition, message.offset, int(message.timestamp * 1000))
            done += 1
            if done % ROWS_EVERY == 0 or done == count:
                await rows.put(fold)
            if done == count:
                await rows.finished()
                seconds = time.perf_counter() - began
                _report(StockFindings(done, seconds, (time.process_time() - cpu) / seconds))
                await asyncio.Event().wait()  # until it is stopped

    return app


def _report(found: StockFindings) -> None:
    sys.stdout.write(f"FOUND {msgspec.json.encode(found).decode()}\n")
    sys.stdout.flush()


def _app_id(clickhouse: ClickHouseSettings, state: str) -> str:
    return f"{clickhouse.database}-{state}"


async def make_changelogs(kafka: KafkaSettings, clickhouse: ClickHouseSettings, state: str) -> None:
    """Make the topics of the tables and wait until they are known.

    Faust would make them itself, and then joins its group without waiting for them: what of them is not known yet it
    ignores, and each event that touches that table fails (`PartitionsMismatch`).
    """
    names = [f"{_app_id(clickhouse, state)}-{table}-changelog" for table in TABLES]
    config = {"cleanup.policy": "compact"}
    admin = AIOKafkaAdminClient(**kafka.client_options())
    await admin.start()
    try:
        await admin.create_topics([NewTopic(name, BALLOTS.partitions, 1, topic_configs=config) for name in names])
        while any(
            topic["error_code"] or len(topic["partitions"]) != BALLOTS.partitions
            for topic in await admin.describe_topics(names)
        ):
            await asyncio.sleep(0.1)
    finally:
        await admin.close()


def main() -> None:
    logging.basicConfig(level="ERROR")
    state, count = sys.argv[1], int(sys.argv[2])
    kafka, clickhouse = KafkaSettings(), ClickHouseSettings()
    if state == "tables":
        asyncio.run(make_changelogs(kafka, clickhouse, state))
    app = make_app(kafka, clickhouse, state, count)
    faust.Worker(app, loglevel="ERROR", override_logging=False).execute_from_commandline()


if __name__ == "__main__":
    main()
