"""A log of one's own on the broker of the tests, and records on it."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass

from events.ballots import CastData, VoteCast, ballot_key, encode_ballot, partition_of
from events.log.appender import Appender, Record
from events.log.opening import open_log
from events.log.topics import Topics
from events.position import Partition
from events.settings import KafkaSettings
from events.times import format_time


@dataclass
class TestLog:
    """Topics with a prefix that nobody else has."""

    __test__ = False
    settings: KafkaSettings
    topics: Topics

    @property
    def ballots(self) -> list[Partition]:
        return [Partition(self.topics.ballots, number) for number in range(self.topics.count(self.topics.ballots))]

    async def append(self, topic: str, records: Sequence[tuple[int, Sequence[Record]]]) -> None:
        appender = Appender(self.settings, topic, self.topics.count(topic))
        await appender.start()
        try:
            await appender.append(records)
        finally:
            await appender.stop()

    async def append_votes(self, first: int, count: int) -> None:
        """Votes with the ids `vote-FIRST` and on, spread over all partitions, some record batches each."""
        partitions = self.topics.count(self.topics.ballots)
        chunks: dict[int, list[Record]] = {number: [] for number in range(partitions)}
        for number in range(first, first + count):
            record = vote(number)
            chunks[partition_of(record.key, partitions)].append(record)
        parts = [(number, chunk[at : at + 500]) for number, chunk in chunks.items() for at in range(0, len(chunk), 500)]
        await self.append(self.topics.ballots, parts)


def vote(number: int, posts: int = 20, persons: int = 500) -> Record:
    person = f"person-{number % persons}"
    event = VoteCast(
        id=f"vote-{number}",
        source="acme",
        subject=f"post-{number % posts}",
        time=format_time(1_790_000_000_000 + number),
        data=CastData(person),
    )
    return Record(ballot_key("acme", person), encode_ballot(event))


async def new_log(bootstrap: str) -> TestLog:
    settings = KafkaSettings(bootstrap_servers=bootstrap, topic_prefix=f"t{uuid.uuid4().hex[:10]}")
    return TestLog(settings, await open_log(settings, wait_seconds=60))
