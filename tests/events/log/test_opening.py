"""Opening a log: one that is older than some of our topics gets them, in the same epoch."""

import asyncio
import uuid

import pytest
from aiokafka.admin import AIOKafkaAdminClient, NewPartitions

from events.log import opening
from events.log.opening import LogError, open_log
from events.log.topics import BALLOTS, DEAD_LETTERS, LEDGER, PEOPLE, Topics
from events.settings import KafkaSettings
from tests.support.kafka import KafkaProcess


@pytest.fixture
async def old_log(kafka: KafkaProcess, monkeypatch: pytest.MonkeyPatch) -> tuple[KafkaSettings, Topics]:
    """A log as the first release opened it."""
    settings = KafkaSettings(bootstrap_servers=kafka.bootstrap, topic_prefix=f"t{uuid.uuid4().hex[:10]}")
    with monkeypatch.context() as patch:
        patch.setattr(opening, "TOPICS", (BALLOTS, LEDGER, PEOPLE, DEAD_LETTERS))
        opened = await open_log(settings, wait_seconds=60)
    assert len(opened.partitions) == 4
    return settings, opened


async def test_a_log_that_is_older_than_a_topic_gets_it_in_the_same_epoch(
    old_log: tuple[KafkaSettings, Topics],
) -> None:
    settings, before = old_log
    after = await open_log(settings, wait_seconds=60)
    assert after.epoch == before.epoch
    assert after.partitions == {**before.partitions, after.reactions: 4, after.deliveries: 1}
    assert await open_log(settings, wait_seconds=60) == after


async def test_a_younger_topic_has_a_fixed_number_of_partitions_too(old_log: tuple[KafkaSettings, Topics]) -> None:
    settings, _ = old_log
    opened = await open_log(settings, wait_seconds=60)
    admin = AIOKafkaAdminClient(bootstrap_servers=settings.bootstrap_servers)
    await admin.start()
    try:
        await admin.create_partitions({opened.reactions: NewPartitions(5)})
        async with asyncio.timeout(60):
            while len((await admin.describe_topics([opened.reactions]))[0]["partitions"]) < 5:
                await asyncio.sleep(0.05)
    finally:
        await admin.close()
    with pytest.raises(LogError, match=r"reactions has 5 partitions, but in a log .* before .* it has 4"):
        await open_log(settings, wait_seconds=60)
