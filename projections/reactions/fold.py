"""The fold of the reactions: a register for each person, comment and reaction, and the history of each.

The same registers as the votes', and so the same promise: any order of the same events, with any duplicates and any
lateness, ends in the same state and in the same past.
"""

from collections.abc import Sequence

from events.log.batch import RecordBatch
from events.position import Partition
from events.reactions import ReactionEvent, ReactionGiven, ReactionWithdrawn
from projections.fold import Read, Rejected, Row, Sealed
from projections.reactions.acceptance import Accepted, accept, of
from projections.reactions.tables import REACTION_HISTORY, REACTIONS
from projections.votes import register as registers
from projections.votes.register import Entry, Register, Revision, decode_register, encode_register


class ReactionsFold:
    """One partition of the reactions. State keys begin with r (registers)."""

    def __init__(self, partition: Partition, partitions: int) -> None:
        self._partition = partition.partition
        self._partitions = partitions
        self._clear()

    def _clear(self) -> None:
        self._registers: dict[bytes, Register] = {}
        self._touched: dict[bytes, Accepted[ReactionEvent]] = {}
        self._history: list[Row] = []

    def apply(self, batch: RecordBatch, read: Read) -> Sequence[Rejected]:
        """See `projections.fold.Fold`."""
        judged, rejected = accept(batch, self._partition, self._partitions)
        accepted: list[Accepted[ReactionEvent]] = of(judged, ReactionGiven, ReactionWithdrawn)
        missing = sorted({item.key for item in accepted} - self._registers.keys())
        for key, value in zip(missing, read(missing), strict=True):
            self._registers[key] = Register([]) if value is None else decode_register(value)
        for item in accepted:
            self._fold(item)
        return rejected

    def seal(self) -> Sealed:
        """See `projections.fold.Fold`."""
        changes = {key: encode_register(self._registers[key]) for key in self._touched}
        standing = [self._standing(key, item) for key, item in self._touched.items()]
        rows = {REACTIONS.name: standing, REACTION_HISTORY.name: self._history}
        self._clear()
        return Sealed({name: stated for name, stated in rows.items() if stated}, changes)

    def _fold(self, item: Accepted[ReactionEvent]) -> None:
        register, event = self._registers[item.key], item.event
        if registers.find(register, event.id):
            return
        given = int(isinstance(event, ReactionGiven))
        entry = Entry(item.time, item.offset, item.recorded, given, 0, item.time, event.id, "")
        if registers.is_before_horizon(register, item.time, item.offset):
            if item.retried:
                return  # nobody knows any more whether it was folded
            self._state(item, Revision(entry, entry))
        else:
            for revision in registers.insert(register, entry)[1]:
                self._state(item, revision)
            registers.trim(register)
        self._touched[item.key] = item

    def _state(self, item: Accepted[ReactionEvent], revision: Revision) -> None:
        """State the history row of an entry."""
        before, after = revision
        self._history.append(
            (
                item.event.source, item.event.subject, item.event.data.reaction, item.event.data.person,
                self._partition, after.offset, after.time, after.recorded, after.id,
                0 if before is None else before.value, after.value, item.version,
            )
        )  # fmt: skip

    def _standing(self, key: bytes, item: Accepted[ReactionEvent]) -> Row:
        """The row that says what stands, of a register that this item was the last to touch."""
        event, last = item.event, self._registers[key].entries[-1]
        return (
            event.source, event.subject, event.data.reaction, event.data.person, last.value, last.since,
            last.recorded, item.version,
        )  # fmt: skip
