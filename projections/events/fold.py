"""Events to rows. Ballots need no state; the ledger needs to know what was admitted."""

from collections.abc import Sequence

import msgspec

from events.envelope import ENVELOPE_DECODER
from events.ledger.commit import LedgerEvent
from events.log.batch import RecordBatch
from events.position import Partition
from events.times import parse_time
from projections.decoding import decode
from projections.events.tables import EVENT_LOG
from projections.fold import Read, Rejected, Row, Sealed
from projections.ledger_state import AdmittedCommit, LedgerState


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
            append(
                (
                    event.source, topic, partition, offsets[index], 0, event.type, event.id, time,
                    recorded[index], event.subject, "", data, 0,
                )
            )  # fmt: skip
        return rejected

    def seal(self) -> Sealed:
        """See `projections.fold.Fold`."""
        rows, self._rows = self._rows, []
        return Sealed({EVENT_LOG.name: rows} if rows else {}, {})


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


_decode_about = msgspec.json.Decoder(_About).decode


def _subject(event: LedgerEvent) -> str:
    """The post, board or key that the event is about, as clients name it; its aggregate's id where it names none."""
    try:
        about = _decode_about(event.state_bytes)
    except msgspec.MsgspecError:
        about = _About()
    return about.post or about.board or about.key or str(event.originator_id)
