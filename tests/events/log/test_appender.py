"""Appending under load: order within a partition, and nothing acknowledged is lost when the broker goes and comes."""

import asyncio

import pytest

from events.log.appender import Appender, AppenderFull, AppendError, Record
from events.log.reader import end_offsets, read
from tests.support.kafka import KafkaProcess
from tests.support.log import TestLog, new_log


async def values_of(log: TestLog, partition: int) -> list[bytes]:
    which = log.ballots[partition]
    ends = await end_offsets(log.settings, [which])
    return [value or b"" async for batch in read(log.settings, {which: 0}, ends) for value in batch.values]


async def test_concurrent_submits_keep_their_order_in_each_partition(kafka: KafkaProcess) -> None:
    log = await new_log(kafka.bootstrap)
    appender = Appender(log.settings, log.topics.ballots, len(log.ballots))
    await appender.start()
    futures = [
        appender.submit(partition, [Record(b"k", b"%d" % (2 * number)), Record(b"k", b"%d" % (2 * number + 1))])
        for number in range(2000)
        for partition in (0, 1)
    ]
    positions = await asyncio.gather(*futures)
    await appender.stop()
    for partition in (0, 1):
        assert await values_of(log, partition) == [b"%d" % number for number in range(4000)]
        offsets = [position.offset for position in positions if position.partition == partition]
        assert offsets == list(range(1, 4000, 2))


async def test_a_full_appender_refuses_at_once(kafka: KafkaProcess) -> None:
    log = await new_log(kafka.bootstrap)
    appender = Appender(log.settings, log.topics.ballots, len(log.ballots), max_in_flight_bytes=100)
    await appender.start()
    first = appender.submit(0, [Record(b"k", b"v" * 99)])
    with pytest.raises(AppenderFull):
        appender.submit(1, [Record(b"k", b"v")])
    await first
    await appender.submit(1, [Record(b"k", b"v")])
    await appender.stop()


async def test_what_was_acknowledged_is_there_in_order_after_the_broker_was_killed_and_came_back(
    fragile_kafka: KafkaProcess,
) -> None:
    log = await new_log(fragile_kafka.bootstrap)
    appender = Appender(log.settings, log.topics.ballots, len(log.ballots))
    await appender.start()
    acknowledged: dict[int, list[int]] = {0: [], 1: []}
    stop = asyncio.Event()

    async def write(partition: int) -> None:
        number = 0
        while not stop.is_set():
            try:
                await appender.submit(partition, [Record(b"k", b"%d" % number)])
            except AppendError:
                continue  # the same record again, as a client would
            acknowledged[partition].append(number)
            number += 1

    writers = [asyncio.create_task(write(partition)) for partition in acknowledged]
    try:
        await asyncio.sleep(1)
        await asyncio.to_thread(fragile_kafka.kill)
        before = {partition: len(numbers) for partition, numbers in acknowledged.items()}
        fragile_kafka.restart(wait=False)
        while any(len(acknowledged[partition]) < before[partition] + 100 for partition in acknowledged):
            await asyncio.sleep(0.1)
    finally:
        stop.set()
        await asyncio.gather(*writers)
        await appender.stop()
    for partition, numbers in acknowledged.items():
        assert before[partition] > 0
        found = [int(value) for value in await values_of(log, partition)]
        firsts = list(dict.fromkeys(found))
        assert firsts[: len(numbers)] == numbers
