"""One partition's run: its fold, its state, and what was folded but is not durable yet."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from events.log.batch import RecordBatch
from events.position import Partition, Position
from projections.fold import Fold, Row
from services.projector.ports import DeadLetter, Mark, StateStore


class Hole(Exception):  # noqa: N818 - what the log shows, not a fault of ours
    """Records are missing between what was folded and what came: seek back to `expected`."""

    def __init__(self, partition: Partition, expected: int, came: int) -> None:
        super().__init__(f"{partition.topic}/{partition.partition}: expected offset {expected}, came {came}")
        self.partition = partition
        self.expected = expected


@dataclass(frozen=True, slots=True)
class Portion:
    """What one flush carries of a partition: rows, changes of state, and the mark that makes them one.

    Its records are those from offset `start` up to, not including, the mark's `next_offset`.
    """

    start: int
    rows: Mapping[str, Sequence[Row]]
    changes: Mapping[bytes, bytes | None]
    erased: Sequence[bytes]
    rejected: Sequence[DeadLetter]
    mark: Mark
    log_end: int


class State:
    """What a fold reads: the store, and before it what is on its way into the store."""

    def __init__(self, store: StateStore, flushing: Mapping[bytes, bytes | None]) -> None:
        self._store = store
        self._flushing = flushing

    def __call__(self, keys: Sequence[bytes], /) -> Sequence[bytes | None]:
        """The value of each key, None where there is none."""
        flushing = self._flushing
        if not flushing:
            return self._store.read(keys)
        stored = iter(self._store.read([key for key in keys if key not in flushing]))
        return [flushing[key] if key in flushing else next(stored) for key in keys]

    def scan(self, prefix: bytes, /) -> Sequence[tuple[bytes, bytes]]:
        """Every key that begins so, in order, with its value."""
        stored = self._store.scan(prefix)
        newer = {key: value for key, value in self._flushing.items() if key.startswith(prefix)}
        if not newer:
            return stored
        return sorted((key, value) for key, value in (dict(stored) | newer).items() if value is not None)


@dataclass(slots=True)
class PartitionRun:
    """Folds batches in order. `folded` is the next offset to fold, `durable` the next one after the last flush."""

    partition: Partition
    epoch: str
    projection: str
    code: int
    fold: Fold
    store: StateStore
    folded: int
    durable: int
    generation: int = 1
    log_end: int = 0
    _pending: int = 0
    _rejected: list[DeadLetter] = field(default_factory=list)
    _flushing: Mapping[bytes, bytes | None] = field(default_factory=dict)

    @property
    def pending(self) -> int:
        """Records folded and not sealed."""
        return self._pending

    def feed(self, batch: RecordBatch) -> Sequence[DeadLetter]:
        """Fold what of the batch was not folded before, and say what of it could not be.

        Raises:
            Hole: if records are missing before it.
        """
        if batch.end <= self.folded:
            return ()
        if batch.start > self.folded:
            raise Hole(self.partition, self.folded, batch.start)
        rest = batch.from_offset(self.folded)
        rejected = [
            self._letter(rest, *refusal) for refusal in self.fold.apply(rest, State(self.store, self._flushing))
        ]
        self._rejected += rejected
        self.folded = rest.end
        # A range that held no records (compacted away) still has to become progress.
        self._pending += max(len(rest), 1)
        return rejected

    def seal(self) -> Portion | None:
        """What was folded since the last one, to be made durable; None if nothing was."""
        if not self._pending:
            return None
        sealed = self.fold.seal()
        self._flushing = sealed.changes
        mark = Mark(self.epoch, self.code, self.folded)
        portion = Portion(self.durable, sealed.rows, sealed.changes, sealed.erased, self._rejected, mark, self.log_end)
        self._pending, self._rejected = 0, []
        return portion

    def write(self, portion: Portion) -> None:
        """Make a portion's state durable; its rows and progress are in the view already."""
        self.store.write(portion.changes, portion.mark, portion.erased)
        self.durable = portion.mark.next_offset
        self._flushing = {}

    def close(self) -> None:
        """Let go of the store."""
        self.store.close()

    def _letter(self, batch: RecordBatch, offset: int, reason: str) -> DeadLetter:
        index = batch.offsets.index(offset)
        position = Position(*self.partition, offset)
        recorded, key, value = batch.timestamps[index], batch.keys[index], batch.values[index]
        return DeadLetter(position, recorded, key, value, self.projection, reason, self.generation, self.code)
