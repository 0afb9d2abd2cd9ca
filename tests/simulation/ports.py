"""The ports of a simulated process: every call asks the world what becomes of it."""

from collections.abc import Callable, Mapping, Sequence
from enum import Enum, auto
from typing import Protocol

from events.position import Partition
from projections.fold import Row
from projections.table import Table
from projections.votes.tables import STANDINGS, TALLIES
from services.projector.memory import MemoryDeadLetters, MemoryStore, MemoryView
from services.projector.ports import DeadLetter, Mark, Progress, ServiceAway
from tests.support.fold_of_the_log import added_up


class Crash(Exception):
    """The process died here."""


class Fate(Enum):
    """What becomes of a call."""

    DONE = auto()
    CRASH_BEFORE = auto()
    CRASH_AFTER = auto()
    REFUSED = auto()
    """The service is away: nothing happened."""
    ANSWER_LOST = auto()
    """It happened, and the caller does not learn of it."""
    DELAYED = auto()
    """The caller gives up waiting; it happens later, whatever became of the caller."""


class Circumstances(Protocol):
    """What a port asks of the process that it belongs to."""

    def fate(self, step: str, *, local: bool) -> Fate:
        """What becomes of the call that is made now. May take long: the call hangs meanwhile."""
        ...

    def delay(self, effect: Callable[[], None]) -> None:
        """Let something happen later."""
        ...


def make(call: Callable[[], None], step: str, circumstances: Circumstances, *, local: bool = False) -> None:
    """Make a call, as far as it is granted."""
    fate = circumstances.fate(step, local=local)
    if fate is Fate.CRASH_BEFORE:
        raise Crash(step)
    if fate is Fate.DELAYED:
        circumstances.delay(call)
    elif fate is not Fate.REFUSED:
        call()
    if fate is Fate.CRASH_AFTER:
        raise Crash(step)
    if fate is not Fate.DONE:
        raise ServiceAway(f"{step}: {fate.name}")


class View:
    """A process's way to the tables of one generation. What ClickHouse derives is derived right after the insert."""

    def __init__(self, circumstances: Circumstances, tables: MemoryView) -> None:
        self._circumstances = circumstances
        self._tables = tables

    def insert(self, table: Table, rows: Sequence[Row], token: str) -> None:
        make(lambda: self._tables.insert(table, rows, token), f"insert {table.name}", self._circumstances)
        if table.name == TALLIES.name:
            self._derive({row[:2] for row in rows})

    def write_progress(self, progress: Sequence[Progress]) -> None:
        make(lambda: self._tables.write_progress(progress), "write progress", self._circumstances)

    def read_progress(self, partitions: Sequence[Partition]) -> Mapping[Partition, Progress]:
        make(lambda: None, "read progress", self._circumstances)
        return self._tables.read_progress(partitions)

    def _derive(self, keys: set[Row]) -> None:
        parts: dict[Row, list[Row]] = {key: [] for key in keys}
        for row in self._tables.rows(TALLIES.name):
            if row[:2] in keys:
                parts[row[:2]].append(row)
        # What was read may be old when it is written: another process states its part meanwhile.
        stated = [standing(key, found) for key, found in parts.items() if found]
        make(lambda: self._tables.insert(_STANDINGS, stated, ""), "insert standings", self._circumstances)


class Store:
    """A state on the process's own disk. Whoever has it open has it alone."""

    def __init__(self, circumstances: Circumstances, values: MemoryStore, closed: Callable[[], None]) -> None:
        self.read = values.read
        self.scan = values.scan
        self.mark = values.mark
        self.clear = values.clear
        self.close = closed
        self._values = values
        self._circumstances = circumstances

    def write(self, changes: Mapping[bytes, bytes | None], mark: Mark, erased: Sequence[bytes] = ()) -> None:
        make(lambda: self._values.write(changes, mark), "write state", self._circumstances, local=True)


class DeadLetters:
    """A process's way to the topic of dead letters."""

    def __init__(self, circumstances: Circumstances, letters: MemoryDeadLetters) -> None:
        self._circumstances = circumstances
        self._letters = letters

    def put(self, letters: Sequence[DeadLetter]) -> None:
        make(lambda: self._letters.put(letters), "put dead letters", self._circumstances)


def standing(key: Row, parts: Sequence[Row]) -> Row:
    """A post's standing: its partial tallies added up."""
    up, down, importance, last_vote, version, trend = added_up(parts)
    return (*key, up, down, importance, trend, last_vote, version)


_STANDINGS = Table(STANDINGS.name, STANDINGS.columns, STANDINGS.key)
