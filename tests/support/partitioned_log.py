"""A log in memory of any bytes: ballots, what cannot be read, and retries."""

from collections.abc import Iterator, Sequence
from itertools import pairwise

from events.ballots import partition_of
from events.log.batch import RecordBatch
from events.position import Position
from events.retries import RecordRetried, encode_retry
from tests.support.ballots import TOPIC, MemoryLog, Vote

GARBLED = b"\xff cannot be read"
RETRIED_AT = 1_900_000_000_000


class Partitioned:
    """A log as columns, for records that are no votes too."""

    def __init__(self, log: MemoryLog) -> None:
        self.values = [[record.vote.encode() for record in records] for records in log.records]
        self.keys = [[record.vote.key for record in records] for records in log.records]
        self.recorded = [[record.recorded for record in records] for records in log.records]

    def garble(self, positions: Sequence[tuple[int, int]]) -> None:
        for partition, offset in positions:
            self.values[partition][offset] = GARBLED

    def append_retries(self, log: MemoryLog, positions: Sequence[tuple[int, int]]) -> None:
        for partition, offset in positions:
            self.append(partition, retry(log, partition, offset))

    def append(self, partition: int, value: bytes, key: bytes = b"") -> None:
        self.values[partition].append(value)
        self.keys[partition].append(key)
        self.recorded[partition].append(RETRIED_AT + len(self.values[partition]))

    def append_votes(self, votes: Sequence[Vote]) -> None:
        for vote in votes:
            self.append(partition_of(vote.key, len(self.values)), vote.encode(), vote.key)

    def batches(self, cuts: Sequence[int] = ()) -> Iterator[RecordBatch]:
        for partition, values in enumerate(self.values):
            for start, end in pairwise(sorted({0, len(values), *(cut % (len(values) + 1) for cut in cuts)})):
                columns = (each[partition][start:end] for each in (self.recorded, self.keys, self.values))
                yield RecordBatch(TOPIC, partition, start, end, list(range(start, end)), *columns)


def retry(log: MemoryLog, partition: int, offset: int) -> bytes:
    record = log.records[partition][offset]
    marker = RecordRetried.of(
        Position(TOPIC, partition, offset), record.recorded, record.vote.encode(),
        source=record.vote.workspace, subject=record.vote.post, at=RETRIED_AT,
    )  # fmt: skip
    return encode_retry(marker, record.vote.key)
