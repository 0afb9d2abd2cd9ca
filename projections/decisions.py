"""What every fold of the ledger shares: admission, decoding, and things by key that it remembers.

A fold of decisions says which events it folds (by their subjects: `post`, `roadmap`), and what each comes to. The rest
is here, so that all of them see the same history: commits that are not admitted are void, an event that cannot be
folded is rejected with its reason, and an event of another subject is another projection's business.
"""

from abc import ABC, abstractmethod
from collections.abc import Callable, Collection, Mapping, Sequence
from typing import Any, ClassVar, Generic, NamedTuple, TypeVar

import msgspec

from events.domain.event import DomainEvent
from events.domain.vocabulary import decode_domain_event
from events.log.batch import RecordBatch
from events.times import Millis
from projections.fold import Read, Rejected, Row, Sealed
from projections.ledger_state import AdmittedCommit, LedgerState

Key = tuple[str, ...]
S = TypeVar("S")


class Decision(NamedTuple):
    """An admitted event in its place.

    `revision` is its aggregate's version after it, `number` its place in its commit, `offset` that of the commit on
    the ledger (the version of its rows), `recorded` the commit's append time, `actor` who decided, if anybody is named.
    """

    workspace: str
    event: DomainEvent
    revision: int
    number: int
    offset: int
    recorded: Millis
    actor: str


class OutOfPlace(ValueError):  # noqa: N818 - it names the event, not the fault
    """An admitted event that cannot follow what came before it: the code that wrote it and this one disagree."""


class Kept(Generic[S]):
    """Structs by key in the fold's state: what was sealed comes through `Read`, what is newer stands here.

    `prefix` tells its keys from those of others; none may begin with `a`, which admission has.
    """

    def __init__(self, prefix: str, kind: type[S]) -> None:
        self._prefix = prefix
        self._encode = msgspec.msgpack.Encoder().encode
        self._decode: Callable[[bytes], S] = msgspec.msgpack.Decoder(kind).decode
        self._values: dict[Key, S | None] = {}
        self._changed: set[Key] = set()
        self._read: Read | None = None

    def get(self, *key: str) -> S | None:
        """What stands under a key."""
        if key not in self._values:
            assert self._read is not None, "read while a batch is folded"
            value = self._read([self._stored_key(key)])[0]
            self._values[key] = None if value is None else self._decode(value)
        return self._values[key]

    def put(self, value: S, *key: str) -> None:
        """Have this stand under a key."""
        self._values[key] = value
        self._changed.add(key)

    def reading(self, read: Read) -> None:
        """Where to look for what does not stand here."""
        self._read = read

    def seal(self) -> dict[bytes, bytes]:
        """The state's changes since the last call."""
        changes = {self._stored_key(key): self._encode(self._values[key]) for key in self._changed}
        self._values, self._changed = {}, set()
        return changes

    def _stored_key(self, key: Key) -> bytes:
        return self._prefix.encode() + "\0".join(key).encode()


class Rows:
    """Rows by table: of those with one key, the last one stands."""

    def __init__(self) -> None:
        self._rows: dict[str, dict[tuple[object, ...], Row]] = {}

    def state(self, table: str, key: tuple[object, ...], row: Row) -> None:
        """State a row of a table; `key` is what its table tells rows apart by."""
        self._rows.setdefault(table, {})[key] = row

    def seal(self) -> Mapping[str, Sequence[Row]]:
        """Hand out what was stated since the last call."""
        stated, self._rows = self._rows, {}
        return {table: list(rows.values()) for table, rows in stated.items()}


class DecisionsFold(ABC):
    """One partition of the ledger, folded. A subclass gives `SUBJECTS` and `fold`, and states through `rows`."""

    SUBJECTS: ClassVar[Collection[str]]
    """The subjects whose events it folds: the part before the version in `groundswell.post.submitted.v1` is `post`."""

    def __init__(self, *kept: Kept[Any]) -> None:
        self.rows = Rows()
        self._ledger = LedgerState()
        self._kept = kept

    @abstractmethod
    def fold(self, decision: Decision) -> None:
        """Fold one event onto what came before.

        Raises:
            OutOfPlace: if it can't follow; it must have changed nothing then.
        """

    def apply(self, batch: RecordBatch, read: Read) -> Sequence[Rejected]:
        """See `projections.fold.Fold`. The rest of a commit whose event is rejected is passed over."""
        for kept in self._kept:
            kept.reading(read)
        commits, refused = self._ledger.admit(batch, read)
        return [*refused, *(rejected for item in commits if (rejected := self._fold_commit(item)) is not None)]

    def seal(self) -> Sealed:
        """See `projections.fold.Fold`."""
        changes = self._ledger.seal()
        for kept in self._kept:
            changes.update(kept.seal())
        return Sealed(self.rows.seal(), changes)

    def _fold_commit(self, item: AdmittedCommit) -> Rejected | None:
        commit = item.commit
        for number, recorded in enumerate(commit.events):
            if subject_of(recorded.type) not in self.SUBJECTS:
                continue
            try:
                event = decode_domain_event(recorded.type, recorded.state_bytes)
                self.fold(
                    Decision(
                        commit.workspace, event, recorded.originator_version, number, item.offset, item.recorded,
                        commit.actor or "",
                    )
                )  # fmt: skip
            except (msgspec.MsgspecError, ValueError) as error:
                return Rejected(item.offset, f"{recorded.type}: {error}")
        return None


def subject_of(type: str) -> str:
    """`groundswell.post.submitted.v1` is about a `post`; empty where it is no event type of ours."""
    parts = type.split(".")
    return parts[1] if len(parts) == 4 and parts[0] == "groundswell" else ""
