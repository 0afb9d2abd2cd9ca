"""The fold of what is known of persons and companies: as it is, and as it was from each fact on."""

import re
from collections.abc import Sequence

import msgspec

from events.log.batch import RecordBatch
from events.people import FACT_DECODER, NUDGE_KEY, Fact, Subject, read_key, subject_of
from events.position import Partition
from events.times import EARLIEST, LATEST, Millis, parse_time
from projections.fold import Read, Rejected, Row, Sealed
from projections.people import state as subjects
from projections.people.state import Entry, Fields, SubjectState
from projections.people.tables import FORGOTTEN, SUBJECT_TABLES

_AT = re.compile(r" - at `(\$[^`]*)`")
_LARGEST_SPEND = 2**63


class PeopleFold:
    """One partition of the topic `people`. A subject's state is kept under `s` and the subject's own key.

    A tombstone under the subject's key forgets what came before it, and all that happened before it and is recorded
    later. Tombstones of single records say nothing new: whoever writes them wrote the other one first. So it makes no
    difference what compaction has taken away already.
    """

    def __init__(self, partition: Partition, partitions: int) -> None:
        self._partition = partition.partition
        self._partitions = partitions
        self._states: dict[Subject, SubjectState] = {}
        self._clear()

    def _clear(self) -> None:
        self._states = {}
        self._changed: set[Subject] = set()
        self._erased: set[Subject] = set()
        self._now: dict[Subject, Row] = {}
        self._past: dict[Subject, dict[subjects.Place, Row]] = {}
        self._forgotten: dict[Subject, Row] = {}

    def apply(self, batch: RecordBatch, read: Read) -> Sequence[Rejected]:
        """See `projections.fold.Fold`."""
        rejected: list[Rejected] = []
        taken: list[tuple[int, Subject, Fact | None]] = []
        for index, (offset, key, value) in enumerate(zip(batch.offsets, batch.keys, batch.values, strict=True)):
            if key == NUDGE_KEY:
                continue
            try:
                subject, record = read_key(key)
                if subject.partition(self._partitions) != self._partition:
                    raise ValueError("the record stands in a partition that is not its subject's")
                if value is not None:
                    taken.append((index, subject, _fact(value, subject, record)))
                elif not record:
                    taken.append((index, subject, None))
            except ValueError as error:
                rejected.append(Rejected(offset, str(error)))
        self._load({subject for _, subject, _ in taken}, read)
        for index, subject, fact in taken:
            offset, recorded = batch.offsets[index], batch.timestamps[index]
            if fact is None:
                self._forget(subject, offset, recorded)
            else:
                self._learn(subject, fact, offset, recorded)
        return rejected

    def seal(self) -> Sealed:
        """See `projections.fold.Fold`."""
        rows: dict[str, list[Row]] = {}
        for subject, row in self._now.items():
            rows.setdefault(SUBJECT_TABLES[subject.kind][0].name, []).append(row)
        for subject, past in self._past.items():
            rows.setdefault(SUBJECT_TABLES[subject.kind][1].name, []).extend(past.values())
        if self._forgotten:
            rows[FORGOTTEN.name] = list(self._forgotten.values())
        changes = {_state_key(subject): subjects.encode_state(self._states[subject]) for subject in self._changed}
        erased = [_state_key(subject) for subject in self._erased]
        self._clear()
        return Sealed(rows, changes, erased)

    def _load(self, wanted: set[Subject], read: Read) -> None:
        missing = sorted(wanted - self._states.keys())
        for subject, value in zip(missing, read([_state_key(each) for each in missing]), strict=True):
            self._states[subject] = SubjectState() if value is None else subjects.decode_state(value)

    def _learn(self, subject: Subject, fact: Fact, offset: int, recorded: Millis) -> None:
        state = self._states[subject]
        entry = Entry(parse_time(fact.time), offset, recorded, fact.id, subjects.changes_of(fact))
        first = subjects.take(state, entry)
        if first is None:
            return
        self._changed.add(subject)
        past = self._past.setdefault(subject, {})
        timeline = list(subjects.timeline(state))
        for known, fields in timeline[first:]:
            past[known.place] = _past_row(subject, known, fields, offset)
        last, now = timeline[-1]
        self._now[subject] = (
            subject.workspace, subject.id, *_words(subject, now), *_worth(now), state.first, last.time, recorded, False,
            offset,
        )  # fmt: skip

    def _forget(self, subject: Subject, offset: int, recorded: Millis) -> None:
        """What was known goes: from memory, from the rows on their way, from the state's files."""
        self._states[subject] = SubjectState(forgotten=recorded)
        self._changed.add(subject)
        self._erased.add(subject)
        self._past.pop(subject, None)
        self._now[subject] = (
            subject.workspace, subject.id, *_words(subject, {}), *_worth({}), recorded, recorded, recorded, True,
            offset,
        )  # fmt: skip
        self._forgotten[subject] = (subject.workspace, subject.kind, subject.id, recorded, offset)


def _fact(value: bytes, subject: Subject, record: str) -> Fact:
    """A record's value. Raises ValueError, which quotes nothing of it: it may be about somebody."""
    try:
        fact = FACT_DECODER.decode(value)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as error:
        where = _AT.search(str(error))
        raise ValueError(f"not a fact of this stream{f' (at {where[1]})' if where else ''}") from None
    if not record or subject_of(fact) != subject:
        raise ValueError("the key is not that of a record about its subject")
    spend = fact.data.spend
    if isinstance(spend, msgspec.Struct) and not 0 <= spend.amount < _LARGEST_SPEND:
        raise ValueError("spend.amount is out of range")
    try:
        time = parse_time(fact.time)
    except (ValueError, OverflowError):
        raise ValueError("time is no RFC 3339 time") from None
    if not EARLIEST <= time < LATEST:
        raise ValueError("time is not between 1970 and 2100")
    return fact


def _past_row(subject: Subject, entry: Entry, fields: Fields, version: int) -> Row:
    company = (subjects.text(fields, "company"),) if subject.kind == "person" else ()
    return (
        subject.workspace, subject.id, entry.time, entry.offset, *company, *_worth(fields), entry.recorded, version,
    )  # fmt: skip


def _words(subject: Subject, fields: Fields) -> Row:
    names = ("name", "email", "company") if subject.kind == "person" else ("name", "domain")
    return tuple(subjects.text(fields, name) for name in names)


def _worth(fields: Fields) -> Row:
    amount, currency = subjects.spend(fields)
    return subjects.text(fields, "plan"), amount, currency, subjects.traits(fields), subjects.ruled_by(fields)


def _state_key(subject: Subject) -> bytes:
    return b"s" + subject.key
