"""A topic that Kafka does not compact in time is told, with the command that mends it."""

from events.log.opening import open_log
from services.forgetting.compaction import complaint
from tests.support.kafka import KafkaProcess
from tests.support.stack import own_log


async def test_a_topic_made_otherwise_is_told_with_what_mends_it(kafka: KafkaProcess):
    settings = own_log(kafka.bootstrap)
    topics = await open_log(settings, wait_seconds=60)
    assert await complaint(settings, topics) is None
    sooner = settings.model_copy(update={"forget_within_seconds": 10})
    told = await complaint(sooner, topics)
    assert told is not None
    assert f"--entity-name {topics.people} --add-config max.compaction.lag.ms=5000,segment.ms=5000" in told
