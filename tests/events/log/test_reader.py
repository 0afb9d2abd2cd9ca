"""Reading the log without a group."""

import pytest

from events.log.opening import LogError
from events.log.reader import LogReader, end_offsets, read
from tests.support.kafka import KafkaProcess
from tests.support.log import TestLog, new_log


@pytest.fixture(scope="module")
async def log(kafka: KafkaProcess) -> TestLog:
    log = await new_log(kafka.bootstrap)
    await log.append_votes(0, 3000)
    return log


async def test_reads_every_record_up_to_the_end_and_ends(log: TestLog) -> None:
    ends = await end_offsets(log.settings, log.ballots)
    assert sum(ends.values()) == 3000
    positions = dict.fromkeys(log.ballots, 0)
    offsets: dict[int, list[int]] = {partition.partition: [] for partition in log.ballots}
    async for batch in read(log.settings, positions, ends):
        offsets[batch.partition] += batch.offsets
    assert offsets == {partition.partition: list(range(ends[partition])) for partition in log.ballots}


async def test_until_is_exact_and_positions_follow(log: TestLog) -> None:
    partition = log.ballots[0]
    async with LogReader(log.settings, {partition: 5}, until={partition: 17}, max_records=1) as reader:
        offsets = [offset async for batch in reader.batches() for offset in batch.offsets]
        assert offsets == list(range(5, 17))
        assert reader.position(partition) == 17
        assert reader.log_end(partition) == (await end_offsets(log.settings, [partition]))[partition]


async def test_follows_what_is_appended_later(log: TestLog) -> None:
    ends = await end_offsets(log.settings, log.ballots)
    async with LogReader(log.settings, ends) as reader:
        await log.append_votes(3000, 100)
        seen = 0
        async for batch in reader.batches():
            assert batch.start >= ends[log.ballots[batch.partition]]
            seen += len(batch)
            if seen == 100:
                break


async def test_a_position_past_the_end_is_refused(log: TestLog) -> None:
    partition = log.ballots[0]
    async with LogReader(log.settings, {partition: 1_000_000}) as reader:
        with pytest.raises(LogError, match="does not hold offset 1000000"):
            async for _ in reader.batches():
                pass


async def test_nothing_to_read_is_nothing(log: TestLog) -> None:
    assert [batch async for batch in read(log.settings, {log.ballots[0]: 3}, {log.ballots[0]: 3})] == []
