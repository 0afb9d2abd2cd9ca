"""A log of the topic `people` in memory, which can be compacted as Kafka would."""

from collections.abc import Callable, Sequence
from itertools import pairwise

from events.identifying import record_of, tombstone_of
from events.log.appender import Record
from events.log.batch import RecordBatch
from events.people import (
    NUDGE_KEY,
    CompanyData,
    CompanyDescribed,
    Fact,
    PersonData,
    PersonIdentified,
    Subject,
    read_key,
)
from events.times import Millis, format_time

PEOPLE_TOPIC = "groundswell.people"


def person(id: str, time: Millis, data: PersonData, *, event: str = "", workspace: str = "acme") -> PersonIdentified:
    event = event or f"{id}-{time}"
    return PersonIdentified(id=event, source=workspace, subject=id, time=format_time(time), data=data)


def company(id: str, time: Millis, data: CompanyData, *, event: str = "", workspace: str = "acme") -> CompanyDescribed:
    event = event or f"{id}-{time}"
    return CompanyDescribed(id=event, source=workspace, subject=id, time=format_time(time), data=data)


class PeopleLog:
    """One partition after the other, each with append times that grow."""

    def __init__(self, partitions: int = 1, began: Millis = 1_790_000_000_000) -> None:
        self.partitions = partitions
        self.records: list[list[tuple[int, Millis, Record]]] = [[] for _ in range(partitions)]
        self._ends = [0] * partitions
        self.now = began

    def learn(self, fact: Fact) -> None:
        self._append(*record_of(fact, self.partitions))

    def forget(self, subject: Subject) -> None:
        """The tombstone that forgets, without those that let Kafka compact."""
        self._append(*tombstone_of(subject, self.partitions))

    def bury(self, subject: Subject) -> None:
        """A tombstone for each record of the subject before the one that forgets it."""
        number = subject.partition(self.partitions)
        forgotten = max(offset for offset, _, record in self.records[number] if record.key == subject.key)
        due = [
            record.key
            for offset, _, record in self.records[number]
            if offset < forgotten and record.value is not None and read_key(record.key).subject == subject
        ]
        for key in due:
            self._append(number, Record(key, None))

    def nudge(self, partition: int) -> None:
        """The record that says nothing."""
        self._append(partition, Record(NUDGE_KEY, None))

    def compact(self, partition: int, dirty_from: int) -> None:
        """Of each key before an offset, only the last record is left."""
        known = self.records[partition]
        last = {record.key: offset for offset, _, record in known if offset < dirty_from}
        self.records[partition] = [item for item in known if item[0] >= dirty_from or last[item[2].key] == item[0]]

    def batches(self, cut: Callable[[int], Sequence[int]] = lambda _: ()) -> list[RecordBatch]:
        """Each partition's records, cut before these offsets."""
        found: list[RecordBatch] = []
        for number, records in enumerate(self.records):
            edges = [0, *sorted(set(cut(number)) - {0}), self._ends[number]]
            for start, end in pairwise(edges):
                part = [item for item in records if start <= item[0] < end]
                if start < end:
                    found.append(
                        RecordBatch(
                            PEOPLE_TOPIC, number, start, end, [item[0] for item in part], [item[1] for item in part],
                            [item[2].key for item in part], [item[2].value for item in part],
                        )
                    )  # fmt: skip
        return found

    def end(self, partition: int) -> int:
        return self._ends[partition]

    def _append(self, partition: int, record: Record) -> None:
        self.now += 1
        self.records[partition].append((self._ends[partition], self.now, record))
        self._ends[partition] += 1
