"""Ballots by hand: a log of them in memory, cut into batches as one likes."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import pairwise

from events.ballots import CastData, VoteCast, VoteWithdrawn, WithdrawnData, ballot_key, encode_ballot, partition_of
from events.log.batch import RecordBatch
from events.times import format_time

TOPIC = "groundswell.ballots"


@dataclass(frozen=True)
class Vote:
    """A submitted vote; value 0 withdraws."""

    post: str
    person: str
    value: int
    time: int
    id: str
    importance: int = 1
    workspace: str = "acme"
    by: str | None = None

    @property
    def key(self) -> bytes:
        return ballot_key(self.workspace, self.person)

    def encode(self) -> bytes:
        common = {"id": self.id, "source": self.workspace, "subject": self.post, "time": format_time(self.time)}
        if self.value:
            return encode_ballot(VoteCast(**common, data=CastData(self.person, self.value, self.importance, self.by)))
        return encode_ballot(VoteWithdrawn(**common, data=WithdrawnData(self.person, self.by)))


@dataclass(frozen=True)
class Appended:
    """A vote in its place in the log."""

    vote: Vote
    offset: int
    recorded: int


@dataclass
class MemoryLog:
    """A topic of ballots in memory; append times grow by a second a record."""

    partitions: int = 3
    began: int = 1_800_000_000_000
    records: list[list[Appended]] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.records = [[] for _ in range(self.partitions)]

    def append(self, votes: Sequence[Vote]) -> "MemoryLog":
        for vote in votes:
            records = self.records[partition_of(vote.key, self.partitions)]
            count = sum(map(len, self.records))
            records.append(Appended(vote, len(records), self.began + 1000 * count))
        return self

    def batch(self, partition: int, start: int, end: int) -> RecordBatch:
        records = self.records[partition][start:end]
        return RecordBatch(
            TOPIC,
            partition,
            start,
            start + len(records),
            [record.offset for record in records],
            [record.recorded for record in records],
            [record.vote.key for record in records],
            [record.vote.encode() for record in records],
        )

    def batches(self, cuts: Sequence[int] = ()) -> Iterator[RecordBatch]:
        """All of it; each cut (any whole numbers) ends a batch of every partition there."""
        for partition, records in enumerate(self.records):
            edges = sorted({0, len(records), *(cut % (len(records) + 1) for cut in cuts)})
            for start, end in pairwise(edges):
                yield self.batch(partition, start, end)
