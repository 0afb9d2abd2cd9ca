"""Events to rows. Ballots need no state; the ledger needs to know what was admitted.

A retry is a row like every other record, and so is the event that it carries, at its own place: whoever reads on from a
position behind that place finds it at the retry's.
"""

from collections.abc import Sequence

import msgspec

from events.envelope import ENVELOPE_DECODER, Envelope
from events.ledger.commit import LedgerEvent
from events.log.batch import RecordBatch
from events.position import Partition
from events.retries import RETRIED_TYPE
from events.times import parse_time
from projections.decoding import decode
from projections.events.tables import EVENT_LOG
from projections.fold import Read, Rejected, Row, Sealed
from projections.ledger_state import AdmittedCommit, LedgerState
from projections.retries import FOREIGN, Carried, as_batch, carried_in, refused_again


class BallotEventsFold:
    """One partition of the ballots, each record one row."""

    def __init__(self, partition: Partition) -> None:
        self._partition = partition
        self._rows: list[Row] = []

    def apply(self, batch: RecordBatch, read: Read) -> Sequence[Rejected]:
        """See `projections.fold.Fold`."""
        decoded = decode(batch, ENVELOPE_DECODER)
        offsets, recorded, append = batch.offsets, batch.timestamps, self._rows.append
        topic, partition = self._partition
        rejected = list(decoded.rejected)
        for index, event, time in zip(decoded.indices, decoded.events, decoded.times, strict=True):
            try:
                data = bytes(event.data).decode()  # the parser has not looked into it
            except UnicodeDecodeError as error:
                rejected.append(Rejected(offsets[index], f"not an event of this stream: {error}"))
                continue
            kind = event.type
            if kind == RETRIED_TYPE and (refusal := self._state_carried(batch, index)) is not None:
                rejected.append(refusal)
                continue
            append(
                (
                    event.source, topic, partition, offsets[index], 0, kind, event.id, time,
                    recorded[index], event.subject, "", data, 0,
                )
            )  # fmt: skip
        return rejected

    def _state_carried(self, batch: RecordBatch, index: int) -> Rejected | None:
        """State the row of what a retry carries, as if it had been read in its place; why not, if it is refused."""
        carried, rejected = carried_in(batch, [index])
        if rejected:
            return rejected[0]
        origin = carried[0]
        decoded = decode(as_batch(batch, carried), ENVELOPE_DECODER)
        if decoded.rejected:
            return refused_again(origin, decoded.rejected[0].reason)
        event, time = decoded.events[0], decoded.times[0]
        if (reason := _unfit(event, origin)) is not None:
            return refused_again(origin, reason)
        self._rows.append(
            (
                event.source, *self._partition, origin.offset, 0, event.type, event.id, time,
                origin.recorded, event.subject, "", bytes(event.data).decode(), 0,
            )
        )  # fmt: skip
        return None

    def seal(self) -> Sealed:
        """See `projections.fold.Fold`."""
        rows, self._rows = self._rows, []
        return Sealed({EVENT_LOG.name: rows} if rows else {}, {})


def _unfit(event: Envelope, origin: Carried) -> str | None:
    """What is wrong with an event that a retry carries; None if nothing is."""
    if event.source != origin.workspace:
        return FOREIGN
    if event.type == RETRIED_TYPE:
        return "it is a retry itself"
    try:
        bytes(event.data).decode()
    except UnicodeDecodeError as error:
        return f"not an event of this stream: {error}"
    return None


class LedgerEventsFold:
    """One partition of the ledger: each domain event of each admitted commit one row."""

    def __init__(self, partition: Partition) -> None:
        self._partition = partition
        self._ledger = LedgerState()
        self._rows: list[Row] = []

    def apply(self, batch: RecordBatch, read: Read) -> Sequence[Rejected]:
        """See `projections.fold.Fold`."""
        commits, refused = self._ledger.admit(batch, read)
        rejected = list(refused)
        for item in commits:
            try:
                self._rows.extend(self._state(item))
            except ValueError as error:  # no time, or a state that is no text
                rejected.append(Rejected(item.offset, f"commit {item.commit.id[:64]}: {error}"))
        return rejected

    def seal(self) -> Sealed:
        """See `projections.fold.Fold`."""
        rows, self._rows = self._rows, []
        return Sealed({EVENT_LOG.name: rows} if rows else {}, self._ledger.seal())

    def _state(self, item: AdmittedCommit) -> Sequence[Row]:
        commit = item.commit
        time = parse_time(commit.time)
        return [
            (
                commit.workspace, *self._partition, item.offset, index, event.type, f"{commit.id}/{index}", time,
                item.recorded, _subject(event), commit.actor or "", event.state_bytes.decode(), 0,
            )
            for index, event in enumerate(commit.events)
        ]  # fmt: skip


class _About(msgspec.Struct):
    """The fields of a state that name what it is about, whichever of them it has."""

    post: str = ""
    board: str = ""
    key: str = ""
    roadmap: str = ""
    release: str = ""
    tag: str = ""
    field: str = ""
    webhook: str = ""
    segment: str = ""
    person: str = ""
    company: str = ""


_decode_about = msgspec.json.Decoder(_About).decode


def _subject(event: LedgerEvent) -> str:
    """The first of these that the event names, as clients name it; its aggregate's id where it names none.

    So all that is decided about a post, its comments and its place on roadmaps has the post as its subject.
    """
    try:
        about = _decode_about(event.state_bytes)
    except msgspec.MsgspecError:
        about = _About()
    named = (getattr(about, field) for field in about.__struct_fields__)
    return next(filter(None, named), None) or str(event.originator_id)
