"""One worker of a rebuild: folds its share of the partitions from where their state stands until it has caught up."""

import asyncio
from pathlib import Path

from events.log.opening import open_log
from events.log.topics import Topics
from events.position import Partition
from events.settings import KafkaSettings
from projections.catalog import BY_NAME
from projections.clickhouse.settings import ClickHouseSettings
from services.projector.clickhouse_view import ClickHouseView
from services.projector.garbage import collected_by_the_clock
from services.projector.rocks import RocksStores
from services.projector.runner import Runner
from services.projector.serial_thread import SerialThread
from services.rebuild.folding import Folding, Report
from services.rebuild.messages import Order
from services.rebuild.refusing import ImpatientView, NoDeadLetters, RebuildStopped

STOP_SECONDS = 5.0


async def work(
    order: Order, kafka: KafkaSettings, clickhouse: ClickHouseSettings, stop: asyncio.Event, report: Report
) -> bool:
    """Fold until caught up (true), or until `stop` is set (false); then let go of everything.

    Raises:
        RebuildStopped: if it cannot go on.
        ProjectorStopped: if the runner cannot.
        LogError: if the log is not as it must be.
    """
    topics = await open_log(kafka)
    if topics.epoch != order.epoch:
        raise RebuildStopped(f"the log is another one (epoch {topics.epoch}) than this began with ({order.epoch})")
    runner = _runner(order, topics, clickhouse)
    with collected_by_the_clock() as garbage:
        folding = Folding(runner, order.partitions, order.block_records, report, until=_until(order))
        working = asyncio.create_task(folding.until_caught_up(kafka, garbage))
        stopping = asyncio.create_task(stop.wait())
        try:
            await asyncio.wait([working, stopping], return_when=asyncio.FIRST_COMPLETED)
            if working.done():
                working.result()
            return working.done()
        finally:
            working.cancel()
            stopping.cancel()
            folding.stop()
            await _let_go(runner)


def _runner(order: Order, topics: Topics, clickhouse: ClickHouseSettings) -> Runner:
    projection = BY_NAME[order.projection]
    return Runner(
        projection,
        ImpatientView(ClickHouseView(clickhouse, projection, order.generation, derive=order.derive)),
        RocksStores(Path(order.state)),
        NoDeadLetters(),
        topics.epoch,
        generation=order.generation,
        partition_count=topics.count,
        strict=True,
        known_refusals=frozenset(order.known_refusals),
    )


def _until(order: Order) -> dict[Partition, int] | None:
    if order.until is None:
        return None
    return {Partition(topic, number): offset for topic, number, offset in order.until}


async def _let_go(runner: Runner) -> None:
    """Close what is open, within bounds: what hangs in a call to a service that is away is folded again next time."""
    thread = SerialThread("stop")
    await asyncio.wait([asyncio.create_task(thread.call(runner.stop))], timeout=STOP_SECONDS)
    thread.stop()
