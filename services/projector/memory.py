"""The ports in memory: what tests, `verify` and trials run the same runner on."""

from collections.abc import Iterable, Mapping, Sequence

from events.position import Partition
from projections.fold import Row
from projections.table import Table
from services.projector.ports import DeadLetter, Mark, Progress


class MemoryView:
    """Tables as dicts by key, where the row with the highest version stands; the later of two with the same."""

    def __init__(self) -> None:
        self.tables: dict[str, dict[Row, Row]] = {}
        self.progress: dict[Partition, Progress] = {}

    def insert(self, table: Table, rows: Sequence[Row], token: str) -> None:
        """Put rows into a table."""
        names = list(table.columns)
        key_of = [names.index(name) for name in table.key]
        version_of = names.index(table.version)
        stored = self.tables.setdefault(table.name, {})
        for row in rows:
            key = tuple(row[index] for index in key_of)
            known = stored.get(key)
            if known is None or _version(row, version_of) >= _version(known, version_of):
                stored[key] = row

    def write_progress(self, progress: Sequence[Progress]) -> None:
        """Record how far the tables have come."""
        for item in progress:
            known = self.progress.get(item.partition)
            if known is None or item.next_offset >= known.next_offset:
                self.progress[item.partition] = item

    def read_progress(self, partitions: Sequence[Partition]) -> Mapping[Partition, Progress]:
        """What was last recorded."""
        return {each: self.progress[each] for each in partitions if each in self.progress}

    def rows(self, table: str) -> Iterable[Row]:
        """What a table shows."""
        return self.tables.get(table, {}).values()


class MemoryStore:
    """A state in a dict, which outlives its closing as a disk does."""

    def __init__(self) -> None:
        self._values: dict[bytes, bytes] = {}
        self._mark: Mark | None = None

    def read(self, keys: Sequence[bytes]) -> Sequence[bytes | None]:
        """The value of each key."""
        return [self._values.get(key) for key in keys]

    def scan(self, prefix: bytes) -> Sequence[tuple[bytes, bytes]]:
        """Every key that begins so."""
        return sorted(item for item in self._values.items() if item[0].startswith(prefix))

    def mark(self) -> Mark | None:
        """Where the state stands."""
        return self._mark

    def write(self, changes: Mapping[bytes, bytes | None], mark: Mark, erased: Sequence[bytes] = ()) -> None:
        """All changes and the mark."""
        for key, value in changes.items():
            if value is None:
                self._values.pop(key, None)
            else:
                self._values[key] = value
        self._mark = mark

    def clear(self) -> None:
        """Forget everything."""
        self._values.clear()
        self._mark = None

    def close(self) -> None:
        """Nothing to let go of."""


class MemoryStores:
    """A store a partition."""

    def __init__(self) -> None:
        self._stores: dict[Partition, MemoryStore] = {}

    def open(self, partition: Partition) -> MemoryStore:
        """The partition's store."""
        return self._stores.setdefault(partition, MemoryStore())


class MemoryDeadLetters:
    """Letters by position."""

    def __init__(self) -> None:
        self.letters: dict[tuple[str, int, int], DeadLetter] = {}

    def put(self, letters: Sequence[DeadLetter]) -> None:
        """Keep the letters."""
        self.letters.update({letter.position: letter for letter in letters})


def _version(row: Row, index: int) -> int:
    version = row[index]
    assert isinstance(version, int), "versions are integers"
    return version
