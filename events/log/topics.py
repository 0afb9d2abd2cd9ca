"""The topics of the log: what they are called, how many partitions they have, and what Kafka is told about each."""

from collections.abc import Iterable, Mapping

import msgspec

from events.position import Partition
from events.settings import KafkaSettings

_A_CENTURY_MS = "3153600000000"
MAX_RECORD_BYTES = 4 * 1024 * 1024
"""The largest record (and record batch) that a topic of ours takes."""


class TopicSpec(msgspec.Struct, frozen=True):
    """One topic: the last part of its name, how many partitions it begins with, and whether it is compacted.

    `partitions` never changes once a release had it: logs whose marker does not name the topic rely on it.
    """

    name: str
    partitions: int
    compacted: bool = False

    def configs(self, settings: KafkaSettings) -> dict[str, str]:
        """Kafka's settings for the topic. Compression is the producer's, so that the broker need not recompress."""
        cleaning = _compaction(settings) if self.compacted else {"cleanup.policy": "delete"}
        return {
            **cleaning,
            "retention.ms": "-1",
            "retention.bytes": "-1",
            "message.timestamp.type": "LogAppendTime",
            "max.message.bytes": str(MAX_RECORD_BYTES),
            "min.insync.replicas": str(settings.min_insync_replicas),
        }


def _compaction(settings: KafkaSettings) -> dict[str, str]:
    """What a tombstone takes away is gone in time; the tombstones, which say only who was forgotten, stay.

    So no reader misses one, however long it was away. The broker needs the half of the time for itself.
    """
    within_ms = str(settings.forget_within_seconds * 500)
    return {
        "cleanup.policy": "compact",
        "max.compaction.lag.ms": within_ms,
        "segment.ms": within_ms,
        "delete.retention.ms": _A_CENTURY_MS,
        "file.delete.delay.ms": "1000",
    }


BALLOTS = TopicSpec("ballots", 12)
LEDGER = TopicSpec("ledger", 1)
PEOPLE = TopicSpec("people", 12, compacted=True)
DEAD_LETTERS = TopicSpec("dead-letters", 1)
REACTIONS = TopicSpec("reactions", 4)
DELIVERIES = TopicSpec("deliveries", 1)
TOPICS = (BALLOTS, LEDGER, PEOPLE, DEAD_LETTERS, REACTIONS, DELIVERIES)


class Topics(msgspec.Struct, frozen=True):
    """The opened log: its epoch, and each topic's full name and number of partitions."""

    epoch: str
    prefix: str
    partitions: Mapping[str, int]

    @property
    def ballots(self) -> str:
        """The full name of the topic of votes."""
        return topic_name(self.prefix, BALLOTS)

    @property
    def ledger(self) -> str:
        """The full name of the topic of decisions."""
        return topic_name(self.prefix, LEDGER)

    @property
    def people(self) -> str:
        """The full name of the topic of persons' traits."""
        return topic_name(self.prefix, PEOPLE)

    @property
    def dead_letters(self) -> str:
        """The full name of the topic of what could not be read or folded."""
        return topic_name(self.prefix, DEAD_LETTERS)

    @property
    def reactions(self) -> str:
        """The full name of the topic of reactions to comments."""
        return topic_name(self.prefix, REACTIONS)

    @property
    def deliveries(self) -> str:
        """The full name of the topic of what was sent to webhooks."""
        return topic_name(self.prefix, DELIVERIES)

    def count(self, topic: str) -> int:
        """How many partitions a topic (by full name) has in this epoch."""
        return self.partitions[topic]

    def partitions_of(self, specs: Iterable[TopicSpec]) -> list[Partition]:
        """Every partition of these topics."""
        names = [topic_name(self.prefix, spec) for spec in specs]
        return [Partition(name, number) for name in names for number in range(self.count(name))]


def topic_name(prefix: str, spec: TopicSpec) -> str:
    """`groundswell.ballots` and the like."""
    return f"{prefix}.{spec.name}"
