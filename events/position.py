"""Places in the log, and the opaque token in which the outside carries them."""

from collections.abc import Iterable, Mapping
from typing import NamedTuple, Self

import msgspec

from events.tokens import token_of, values_of


class Partition(NamedTuple):
    """One partition of one topic."""

    topic: str
    partition: int


class Position(NamedTuple):
    """Where a record stands: its topic, partition and offset (in the log's present epoch)."""

    topic: str
    partition: int
    offset: int


class Positions(msgspec.Struct, frozen=True):
    """How far something has come: for each partition the *next* offset, everything before it included.

    As a token it says "the view must have folded at least this": what a write answers and a read waits for.
    """

    next_offsets: Mapping[Partition, int]

    @classmethod
    def after(cls, positions: Iterable[Position]) -> Self:
        """The least that includes all these records."""
        offsets: dict[Partition, int] = {}
        for topic, partition, offset in positions:
            key = Partition(topic, partition)
            offsets[key] = max(offsets.get(key, 0), offset + 1)
        return cls(offsets)

    def covers(self, other: "Positions") -> bool:
        """Whether all that `other` includes is included here."""
        return all(self.next_offsets.get(key, 0) >= offset for key, offset in other.next_offsets.items())

    def token(self) -> str:
        """An opaque, URL-safe text."""
        return token_of([[topic, number, offset] for (topic, number), offset in sorted(self.next_offsets.items())])

    @classmethod
    def from_token(cls, token: str) -> Self:
        """Read a token back.

        Raises:
            ValueError: if this is no token of ours.
        """
        try:
            rows = values_of(token, list[tuple[str, int, int]])
        except ValueError as error:
            raise ValueError("not a position that this service gave out") from error
        return cls({Partition(topic, partition): offset for topic, partition, offset in rows})
