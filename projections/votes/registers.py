"""The registers of one partition that a fold is at work on, and what it states of them until it is sealed."""

from collections.abc import Iterable, Mapping, Sequence, Set

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
    """Registers by key. `read` is where the state is; `touched` says whose were changed, at which version."""

    read: Read

    def __init__(self) -> None:
        self.loaded: dict[RegisterKey, Register] = {}
        self.touched: dict[RegisterKey, tuple[Whose, int]] = {}

    def missing(self, keys: Set[RegisterKey]) -> list[RegisterKey]:
        """Which of these are not in memory, in order, as the store reads neighbours faster."""
        return sorted(keys - self.loaded.keys())

    def put(self, keys: Sequence[RegisterKey], values: Iterable[bytes | None]) -> None:
        """Have these be in memory, with their values from the state."""
        for key, value in zip(keys, values, strict=False):
            self.loaded[key] = _register(value)

    def of(self, workspace: str, post: str, person: str) -> Register:
        """What a person said about a post; what is changed in it must be told to `touch`."""
        key = register_key(workspace, post, person)
        if key not in self.loaded:
            self.loaded[key] = _register(self.read([key])[0])
        return self.loaded[key]

    def persons_on(self, workspace: str, post: str) -> set[str]:
        """Everybody who said something about a post. For what happens rarely: it reads them all."""
        prefix = register_key(workspace, post, "")
        for key, value in self.read.scan(prefix):
            if key not in self.loaded:  # what is in memory is newer
                self.loaded[key] = decode_register(value)
        found = [key for key, register in self.loaded.items() if register.entries and key.startswith(prefix)]
        return {key[len(prefix) :].decode() for key in found}

    def touch(self, whose: Whose, version: int) -> None:
        """The record at this offset changed a register."""
        self.touched[register_key(*whose)] = (whose, version)

    def seal(self, ruled: Mapping[Whose, Row], changes: dict[bytes, bytes | None]) -> list[Row]:
        """How the persons stand whose registers were changed, or as `ruled` says; the new state goes to `changes`."""
        stated: list[Row] = []
        for key, (whose, version) in self.touched.items():
            register = self.loaded[key]
            changes[key] = encode_register(register)
            if not ruled or whose not in ruled:
                last = register.entries[-1]
                stated.append((*whose, last.value, last.importance, last.since, last.recorded, last.by, 0, "", version))
        self.loaded, self.touched = {}, {}
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


def _register(value: bytes | None) -> Register:
    return Register([]) if value is None else decode_register(value)
