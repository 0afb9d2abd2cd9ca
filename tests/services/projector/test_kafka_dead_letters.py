"""Dead letters on real Kafka."""

import pytest

from events.log.reader import end_offsets, read
from events.position import Partition, Position
from events.refusals import decode_refusal
from events.settings import KafkaSettings
from services.projector import kafka_dead_letters
from services.projector.kafka_dead_letters import KafkaDeadLetters
from services.projector.ports import DeadLetter, ServiceAway
from services.stack.ports import free_port
from tests.support.log import TestLog


def letter(offset: int, key: bytes | None = b"acme/ada") -> DeadLetter:
    position = Position("groundswell.ballots", 3, offset)
    return DeadLetter(position, 1_790_000_000_000, key, b"\xffnonsense", "votes", "not a ballot")


async def test_letters_are_kept_before_put_returns(log: TestLog) -> None:
    letters = KafkaDeadLetters(log.settings, log.topics)
    letters.start()
    letters.put([letter(1), letter(2, key=None)])
    letters.put([letter(1)])
    letters.stop()
    partition = Partition(log.topics.dead_letters, 0)
    ends = await end_offsets(log.settings, [partition])
    batches = [batch async for batch in read(log.settings, {partition: 0}, ends)]
    found = [decode_refusal(value or b"") for batch in batches for value in batch.values]
    assert [event.data.offset for event in found] == [1, 2, 1]
    assert found[0] == found[2]
    assert (found[0].data.key_base64, found[1].data.key_base64) == ("YWNtZS9hZGE=", None)
    assert [key for batch in batches for key in batch.keys] == [b"acme/ada", b"", b"acme/ada"]


async def test_without_kafka_they_are_not_known_to_be_kept(log: TestLog, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(kafka_dead_letters, "_ANSWER_SECONDS", 3.0)
    away = KafkaSettings(bootstrap_servers=f"127.0.0.1:{free_port()}", topic_prefix=log.settings.topic_prefix)
    letters = KafkaDeadLetters(away, log.topics)
    letters.start()
    with pytest.raises(ServiceAway):
        letters.put([letter(1)])
    letters.stop()
