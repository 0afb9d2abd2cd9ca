"""Whether the present code takes a record: it is asked, by folding the record alone onto nothing."""

from collections.abc import Mapping, Sequence

from events.log.topics import Topics
from events.position import Partition
from projections.fold import Projection
from services.dead_letters.records import LoggedRecord
from services.projector.memory import MemoryStore
from services.projector.partition_run import State


def readers(topic: str, projections: Sequence[Projection]) -> Sequence[Projection]:
    """The projections that read a topic."""
    return [each for each in projections if any(topic.endswith(f".{spec.name}") for spec in each.topics)]


def refused_by(record: LoggedRecord, log: Topics, projections: Sequence[Projection]) -> Mapping[str, str]:
    """By projection, why it refuses the record; empty where every one that reads the topic takes it."""
    topic, partition, _ = record.position
    reasons: dict[str, str] = {}
    for projection in readers(topic, projections):
        fold = projection.fold(Partition(topic, partition), log.count(topic))
        for refusal in fold.apply(record.batch(), State(MemoryStore(), {})):
            reasons[projection.name] = refusal.reason
    return reasons
