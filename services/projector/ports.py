"""What the runner asks of the outside: a view for rows and progress, a store for state, a place for dead letters."""

from collections.abc import Mapping, Sequence
from typing import NamedTuple, Protocol

from events.position import Partition, Position
from events.times import Millis
from projections.clickhouse.barrier_log import Barrier
from projections.fold import Projection, Row
from projections.generations import Generation
from projections.table import Table


class ServiceAway(Exception):  # noqa: N818 - a state of the world, not a fault of ours
    """The other side cannot be reached or asks for patience: the same call may be tried again, as often as it takes."""


class Progress(NamedTuple):
    """How far a projection's generation has come in a partition: every record before `next_offset` is in its tables."""

    epoch: str
    partition: Partition
    next_offset: int
    log_end: int


class View(Protocol):
    """Takes rows and progress for one generation of one projection. Every call may be repeated."""

    def insert(self, table: Table, rows: Sequence[Row], token: str) -> None:
        """Put rows into a table. The same rows again change nothing; `token` names this very block.

        Raises:
            ServiceAway: if it is not known whether they are in.
        """
        ...

    def write_progress(self, progress: Sequence[Progress]) -> None:
        """Record how far the tables have come. Raises ServiceAway as `insert` does."""
        ...

    def read_progress(self, partitions: Sequence[Partition]) -> Mapping[Partition, Progress]:
        """What was last recorded of these, in any epoch; those of which nothing ever was are left out.

        Raises ServiceAway as `insert` does.
        """
        ...


class Views(Protocol):
    """The views of all generations, which of them there are, and what is asked of those who fill them."""

    def view(self, projection: Projection, generation: int) -> View:
        """The view of one generation."""
        ...

    def generations(self) -> Sequence[Generation]:
        """Every generation there is. Raises ServiceAway as `View.insert` does."""
        ...

    def barriers(self) -> Sequence[Barrier]:
        """Those that hold now. Raises ServiceAway as `View.insert` does."""
        ...

    def look(self) -> tuple[Sequence[Generation], Sequence[Barrier]]:
        """Both of these, at the price of one. Raises ServiceAway as `View.insert` does."""
        ...

    def acknowledge(self, barrier: Barrier, generation: int, standing: Mapping[Partition, int]) -> None:
        """Say where a generation holds. Raises ServiceAway as `View.insert` does."""
        ...


class Mark(NamedTuple):
    """Where a state stands: of which epoch and code it is, and which offset it folds next."""

    epoch: str
    code: int
    next_offset: int


class StateStore(Protocol):
    """The state of one partition's fold: keys and values, and the mark that was written together with them."""

    def read(self, keys: Sequence[bytes]) -> Sequence[bytes | None]:
        """The value of each key, None where there is none."""
        ...

    def scan(self, prefix: bytes) -> Sequence[tuple[bytes, bytes]]:
        """Every key that begins so, in order, with its value."""
        ...

    def mark(self) -> Mark | None:
        """Where the state stands; None for an empty one."""
        ...

    def write(self, changes: Mapping[bytes, bytes | None], mark: Mark, erased: Sequence[bytes] = ()) -> None:
        """All changes (None takes a key away) and the mark, or nothing.

        Of the keys that are `erased`, no earlier value is left on the disk: by the end of this call, or of the next
        opening where the process dies first.
        """
        ...

    def clear(self) -> None:
        """Forget everything."""
        ...

    def close(self) -> None:
        """Let go of files and locks."""
        ...


class StateStores(Protocol):
    """Where the states of one projection's generation are kept."""

    def open(self, partition: Partition) -> StateStore:
        """The partition's store, made if need be; nobody else has it open meanwhile."""
        ...


class DeadLetter(NamedTuple):
    """A record that could not be read or folded: where it stood, its bytes as they came, who refused it and why.

    Who: the projection, its generation and its code; 0 where nobody says.
    """

    position: Position
    recorded: Millis
    key: bytes | None
    value: bytes | None
    projection: str
    reason: str
    generation: int = 0
    code: int = 0


class DeadLetters(Protocol):
    """Where records go that could not be read or folded."""

    def put(self, letters: Sequence[DeadLetter]) -> None:
        """Keep the records durably before this returns. The same letter may come again: its position names it.

        Raises:
            ServiceAway: if it is not known whether they are kept.
        """
        ...
