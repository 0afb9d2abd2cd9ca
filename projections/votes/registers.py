"""The registers of one partition that a fold is at work on, and what it states of them until it is sealed.

By far the most are begun by a first vote and not touched again before that. Such a one is kept as its row of history,
which holds all that the register would: a register is made of it only where somebody asks for one.
"""

from collections.abc import Mapping, Sequence, Set

from events.times import Millis
from projections.fold import Read, Row
from projections.votes import rows
from projections.votes.register import Register, decode_register, encode_register
from projections.votes.rows import Whose

RegisterKey = bytes


def register_key(workspace: str, post: str, person: str) -> RegisterKey:
    """The state's key of what a person said about a post: all those of a post stand together."""
    return f"r{workspace}\0{post}\0{person}".encode()


class Registers:
    """Registers by key. `read` is where the state is; `touched` says whose were changed, at which version.

    A key is in `firsts` or in `loaded`, never in both, and in neither where nobody said anything.
    """

    read: Read

    def __init__(self) -> None:
        self._begin()

    def _begin(self) -> None:
        self.firsts: dict[RegisterKey, Row] = {}
        self.loaded: dict[RegisterKey, Register] = {}
        self.touched: dict[RegisterKey, tuple[Whose, int]] = {}
        self._known: set[RegisterKey] = set()

    def missing(self, keys: Set[RegisterKey]) -> list[RegisterKey]:
        """Which of these are not known yet, in order, as the store reads neighbours faster."""
        return sorted(keys - self._known)

    def put(self, keys: Sequence[RegisterKey], values: Sequence[bytes | None]) -> None:
        """Have these be known, with their values from the state."""
        self._known.update(keys)
        for key, value in zip(keys, values, strict=True):
            if value is not None:
                self.loaded[key] = decode_register(value)

    def at(self, key: RegisterKey) -> Register:
        """What a person said about a post; what is changed in it must be told to `touch`."""
        if key not in self.loaded:
            self.loaded[key] = self._brought(key)
        return self.loaded[key]

    def of(self, workspace: str, post: str, person: str) -> Register:
        """See `at`."""
        return self.at(register_key(workspace, post, person))

    def _brought(self, key: RegisterKey) -> Register:
        if (first := self.firsts.pop(key, None)) is not None:
            self.touched[key] = rows.whose_of(first), rows.version_of(first)
            return decode_register(_encode_first(first))
        if key not in self._known:
            self.put([key], self.read([key]))
        return self.loaded.get(key) or Register([])

    def persons_on(self, workspace: str, post: str) -> set[str]:
        """Everybody who said something about a post. For what happens rarely: it reads them all."""
        prefix = register_key(workspace, post, "")
        for key, value in self.read.scan(prefix):
            if key not in self._known:  # what is in memory is newer
                self.put([key], [value])
        found = [key for key, register in self.loaded.items() if register.entries and key.startswith(prefix)]
        found += [key for key in self.firsts if key.startswith(prefix)]
        return {key[len(prefix) :].decode() for key in found}

    def touch(self, whose: Whose, version: int) -> None:
        """The record at this offset changed a register."""
        self.touched[register_key(*whose)] = (whose, version)

    def seal(self, ruled: Mapping[Whose, Row], changes: dict[bytes, bytes | None]) -> list[Row]:
        """How the persons stand whose registers were changed, or as `ruled` says; the new state goes to `changes`."""
        stated = list(map(rows.vote_of_first, self.firsts.values()))
        changes.update(zip(self.firsts, map(_encode_first, self.firsts.values()), strict=True))
        for key, (whose, version) in self.touched.items():
            register = self.loaded[key]
            changes[key] = encode_register(register)
            if not ruled or whose not in ruled:
                last = register.entries[-1]
                stated.append((*whose, last.value, last.importance, last.since, last.recorded, last.by, 0, "", version))
        self._begin()
        return [*stated, *ruled.values()]


class History:
    """Rows of history, and what rows of history said until they were stated otherwise."""

    def __init__(self) -> None:
        self.rows: list[Row] = []
        self.corrections: list[Row] = []

    def correct(self, said: Row, until: Millis) -> None:
        """A row of history said this until then; one that was recorded later (than what is retried) never did."""
        if until > rows.recorded_of(said):
            self.corrections.append(rows.correction_of(said, until))

    def seal(self) -> tuple[list[Row], list[Row]]:
        """Hand out the rows and the corrections."""
        sealed = self.rows, self.corrections
        self.rows, self.corrections = [], []
        return sealed


def _encode_first(first: Row) -> bytes:
    """The state's bytes of the register that a first vote begins: its one entry, and nothing folded away."""
    return encode_register(((rows.entry_of_first(first),), 0))
