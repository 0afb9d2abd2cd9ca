"""The unit in which the log is read: some records of one partition, in order, as columns."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from events.times import Millis


@dataclass(frozen=True, slots=True)
class RecordBatch:
    """Everything that partition holds from offset `start` up to, not including, `end`, as columns of equal length.

    `end` may lie past the last record: what lies between was compacted away or is a control record. `timestamps` are
    the broker's append times in milliseconds, which only grow within a partition. A tombstone's value is None.
    `traceparents` has the traces that records belong to, by offset, where this process traces.
    """

    topic: str
    partition: int
    start: int
    end: int
    offsets: Sequence[int]
    timestamps: Sequence[Millis]
    keys: Sequence[bytes | None]
    values: Sequence[bytes | None]
    traceparents: Mapping[int, bytes] = field(default_factory=dict)

    def __len__(self) -> int:
        return len(self.offsets)

    def before(self, offset: int) -> "RecordBatch":
        """The same without the records from `offset` on."""
        if offset >= self.end:
            return self
        count = next((i for i, known in enumerate(self.offsets) if known >= offset), len(self.offsets))
        return replace(
            self,
            end=max(offset, self.start),
            offsets=self.offsets[:count],
            timestamps=self.timestamps[:count],
            keys=self.keys[:count],
            values=self.values[:count],
        )

    def from_offset(self, offset: int) -> "RecordBatch":
        """The same without the records before `offset`: what is left of a batch after some of it was folded."""
        if offset <= self.start:
            return self
        first = next((i for i, known in enumerate(self.offsets) if known >= offset), len(self.offsets))
        return replace(
            self,
            start=min(offset, self.end),
            offsets=self.offsets[first:],
            timestamps=self.timestamps[first:],
            keys=self.keys[first:],
            values=self.values[first:],
        )
