"""The Faust transport against real Kafka: positions are ours, nothing is lost at a seek, a hole or a rebalance."""

import asyncio
import threading
from collections.abc import Mapping, Sequence
from pathlib import Path

from aiokafka import AIOKafkaConsumer, TopicPartition
from aiokafka.admin import AIOKafkaAdminClient, NewPartitions

from events.log.appender import Record
from events.log.reader import end_offsets
from events.log.topics import LEDGER
from events.position import Partition
from projections.fold import Row
from projections.table import Table
from services.projector.memory import MemoryView
from services.projector.ports import Progress, ServiceAway
from tests.support.kafka import KafkaProcess
from tests.support.log import TestLog, new_log
from tests.support.projector import progress_of, running_projector, seen_in
from tests.support.seen import SeenProjection


async def offsets_of(log: TestLog) -> dict[tuple[int, int], int]:
    """What must be seen: every offset, each folded after exactly those before it."""
    ends = await end_offsets(log.settings, log.ballots)
    return {(p.partition, offset): offset for p, end in ends.items() for offset in range(end)}


async def commit_log_ends(log: TestLog) -> None:
    """As a consumer of the projector's group that has read everything."""
    consumer = AIOKafkaConsumer(
        **log.settings.client_options(),
        group_id=f"{log.settings.topic_prefix}.projector.seen1",
        enable_auto_commit=False,
    )
    await consumer.start()
    partitions = [TopicPartition(*partition) for partition in log.ballots]
    consumer.assign(partitions)
    ends = await consumer.end_offsets(partitions)
    await consumer.commit(ends)
    await consumer.stop()


async def test_an_empty_state_folds_from_the_start_whatever_the_group_committed(log: TestLog, tmp_path: Path) -> None:
    await log.append_votes(0, 2000)
    await commit_log_ends(log)
    view = MemoryView()
    async with running_projector(log, tmp_path, view) as running:
        await running.until(lambda: progress_of(view) == 2000)
    assert seen_in(view) == await offsets_of(log)


async def test_a_restart_goes_on_where_the_state_stands_and_tells_the_group(log: TestLog, tmp_path: Path) -> None:
    await log.append_votes(0, 2000)
    view = MemoryView()
    ends = await end_offsets(log.settings, log.ballots)
    async with running_projector(log, tmp_path, view) as running:
        # The group is told what is durable, which comes after the view's progress.
        await running.until(lambda: {p: running.feeder.durable(p) for p in log.ballots} == ends)
    assert progress_of(view) == 2000
    consumer = AIOKafkaConsumer(
        **log.settings.client_options(), group_id=f"{log.settings.topic_prefix}.projector.seen1"
    )
    await consumer.start()
    committed = {p: await consumer.committed(TopicPartition(*p)) for p in log.ballots}
    await consumer.stop()
    assert committed == ends
    await log.append_votes(2000, 500)
    again = MemoryView()
    again.progress = dict(view.progress)
    async with running_projector(log, tmp_path, again) as running:
        await running.until(lambda: progress_of(again) == 2500)
    assert {**seen_in(view), **seen_in(again)} == await offsets_of(log)
    assert not seen_in(view).keys() & seen_in(again).keys(), "what was durable was folded again"


async def test_a_seek_forward_makes_a_hole_that_is_read_again(log: TestLog, tmp_path: Path) -> None:
    await log.append_votes(0, 2000)
    view = MemoryView()
    async with running_projector(log, tmp_path, view) as running:
        await running.until(lambda: progress_of(view) == 2000)
        partition = log.ballots[0]
        end = (await end_offsets(log.settings, [partition]))[partition]
        records = [Record(b"k", b"%d" % number) for number in range(20)]
        await running.app.reader.seek_back(partition, end + 10)
        await log.append(partition.topic, [(0, records)])
        await running.until(lambda: progress_of(view) == 2020)
    assert seen_in(view) == await offsets_of(log)


async def test_a_seek_back_folds_nothing_twice(log: TestLog, tmp_path: Path) -> None:
    await log.append_votes(0, 5000)
    view = MemoryView()
    async with running_projector(log, tmp_path, view) as running:
        for _ in range(5):
            await running.until(lambda: running.app.reader.taken_up)
            for partition in log.ballots:
                await running.app.reader.seek_back(partition, 0)
            await asyncio.sleep(0.02)
        await running.until(lambda: progress_of(view) == 5000)
        await log.append_votes(5000, 100)
        await running.until(lambda: progress_of(view) == 5100)
    assert seen_in(view) == await offsets_of(log)


async def test_a_position_that_the_log_does_not_hold_ends_the_projector(log: TestLog, tmp_path: Path) -> None:
    await log.append_votes(0, 100)
    view = MemoryView()
    async with running_projector(log, tmp_path, view) as running:
        await running.until(lambda: progress_of(view) == 100)
        await running.app.reader.seek_back(log.ballots[0], 1_000_000)
        await asyncio.wait_for(running.feeder.failed.wait(), 20)
        assert "lost records" in str(running.feeder.failure)
        assert running.health.complaint() == str(running.feeder.failure)


async def test_projections_at_different_positions_each_get_all_of_it(log: TestLog, tmp_path: Path) -> None:
    await log.append_votes(0, 2000)
    first, second = MemoryView(), MemoryView()
    async with running_projector(log, tmp_path, first, projections=[SeenProjection("first")]) as running:
        await running.until(lambda: progress_of(first) == 2000)
    await log.append_votes(2000, 500)
    both = _Views(first, second)
    projections = [SeenProjection("first"), SeenProjection("second")]
    async with running_projector(log, tmp_path, both, projections=projections) as running:
        await running.until(lambda: {runner.projection.name for runner in running.runners} == {"first", "second"})
        await running.until(
            lambda: all(
                sum(runner.durable(partition) or 0 for partition in log.ballots) == 2500 for runner in running.runners
            )
        )
    assert seen_in(first) == await offsets_of(log)


class _Views(MemoryView):
    """One view of both projections: their rows are equal, and equal rows are one."""

    def __init__(self, first: MemoryView, second: MemoryView) -> None:
        super().__init__()
        self.tables = first.tables
        self.progress = first.progress


class BlockedView(MemoryView):
    """Lets no insert through until `gate` is set."""

    def __init__(self) -> None:
        super().__init__()
        self.gate = threading.Event()

    def insert(self, table: Table, rows: Sequence[Row], token: str) -> None:
        self.gate.wait()
        super().insert(table, rows, token)


async def test_while_the_view_is_stuck_reading_pauses_and_the_member_stays(log: TestLog, tmp_path: Path) -> None:
    bound = 1000
    await log.append_votes(0, 12_000)
    view = BlockedView()
    async with running_projector(log, tmp_path, view, max_gathered=bound) as running:
        (runner,) = running.runners
        try:
            await running.until(lambda: runner.gathered() >= bound)
            consumer = running.app.reader._thread._ensure_consumer()
            generation = consumer._coordinator.generation
            consumer._subscription._last_fetch_ended -= 10_000
            await asyncio.sleep(1.5)
            assert consumer._subscription.fetcher_idle_time < 10
            assert consumer._coordinator.generation == generation
            # One flush is under way, so much may gather, and one fetch may come on top.
            read = sum(runner.folded(partition) or 0 for partition in log.ballots)
            assert read < 12_000
            assert running.health.complaint() is None
        finally:
            view.gate.set()
        await running.until(lambda: progress_of(view) == 12_000)
    assert seen_in(view) == await offsets_of(log)


async def test_kafka_that_goes_and_comes_is_waited_for(fragile_kafka: KafkaProcess, tmp_path: Path) -> None:
    """Also by a commit of the group's offsets, where stock Faust stops the app."""
    log = await new_log(fragile_kafka.bootstrap)
    await log.append_votes(0, 1000)
    view = MemoryView()
    async with running_projector(log, tmp_path, view) as running:
        await running.until(lambda: progress_of(view) == 1000)
        fragile_kafka.kill()
        committing = asyncio.create_task(running.app.consumer.commit())
        await asyncio.sleep(0.5)
        fragile_kafka.restart(wait=False)
        await asyncio.to_thread(fragile_kafka.wait_ready)
        await log.append_votes(1000, 1000)
        await running.until(lambda: progress_of(view) == 2000)
        await asyncio.wait_for(committing, 30)
        assert running.app.crash_reason is None
    assert seen_in(view) == await offsets_of(log)


async def test_stopping_while_the_view_is_away_takes_no_more_than_moments(log: TestLog, tmp_path: Path) -> None:
    view = AwayView()
    async with asyncio.timeout(30), running_projector(log, tmp_path, view) as running:
        while not view.asked:
            await asyncio.sleep(0.05)
        assert not running.app.reader.taken_up
        assert "waiting for partitions" in str(running.health.complaint())


class AwayView(MemoryView):
    """Is away from the beginning."""

    asked = 0

    def read_progress(self, partitions: Sequence[Partition]) -> Mapping[Partition, Progress]:
        self.asked += 1
        raise ServiceAway("for ever")


async def test_more_projectors_than_partitions(log: TestLog, tmp_path: Path) -> None:
    """An empty assignment is none, not all, and is no fault."""
    views = [MemoryView(), MemoryView()]
    ledger = Partition(log.topics.ledger, 0)
    projections = [SeenProjection(topic=LEDGER)]
    async with running_projector(log, tmp_path, views[0], projections=projections, instance="a") as first:
        await first.until(lambda: progress_of(views[0]) == 1)
        async with running_projector(log, tmp_path, views[1], projections=projections, instance="b") as second:
            await second.until(lambda: second.app.reader.taken_up)
            await first.until(lambda: len(first.feeder.partitions | second.feeder.partitions) == 1)
            await log.append(ledger.topic, [(0, [Record(b"k", b"v")] * 10)])
            busy, view = (first, views[0]) if first.feeder.partitions else (second, views[1])
            await busy.until(lambda: progress_of(view) == 11)
            idle = second if busy is first else first
            await asyncio.sleep(1)
            assert idle.feeder.partitions == frozenset()
            assert idle.health.complaint() is None
            assert busy.health.complaint() is None


async def test_a_partition_too_many_ends_the_projector(log: TestLog, tmp_path: Path) -> None:
    """Partitions that were added after the start are refused when they are assigned; before it, by `open_log`."""
    admin = AIOKafkaAdminClient(**log.settings.client_options())
    await admin.start()
    await admin.create_partitions({log.topics.ballots: NewPartitions(13)})
    # The broker answers before its metadata shows the new one; a consumer that starts in between sees it much later.
    while len((await admin.describe_topics([log.topics.ballots]))[0]["partitions"]) < 13:
        await asyncio.sleep(0.05)
    await admin.close()
    async with running_projector(log, tmp_path, MemoryView()) as running:
        await asyncio.wait_for(running.feeder.failed.wait(), 30)
        assert "more than the 12 partitions" in str(running.feeder.failure)
