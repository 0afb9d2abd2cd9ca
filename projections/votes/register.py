"""One person's standing on one post: a register with a timeline.

The timeline holds the changes in order of (time, then log order), each with its event's id. A vote is set, never
toggled; an id seen before is the same event; what stands is the last of the timeline, what stood at T the last one up
to T. So any interleaving, with any duplicates and any lateness, ends in the same state and in the same past.
"""

from bisect import bisect
from collections.abc import Iterator
from typing import NamedTuple

import msgspec

from events.times import Millis

LONGEST_TIMELINE = 512
"""A register that grows past this keeps the newer half; see `Register.folded`."""


class Entry(msgspec.Struct, array_like=True, frozen=True, gc=False):
    """One change: when it happened, where and when it was recorded, what then stood, and since when with that value."""

    time: Millis
    offset: int
    recorded: Millis
    value: int
    importance: int
    since: Millis
    id: str
    by: str


class Register(msgspec.Struct, array_like=True):
    """A timeline, oldest first, and how many older entries were folded away.

    Once entries were folded away, the first one kept is the horizon: what comes late from before it can no longer be
    put in its place, so it is recorded and changes nothing.
    """

    entries: list[Entry]
    folded: int = 0


class Revision(NamedTuple):
    """One change as a row states it: the entry, and what stood before it (None: nothing ever did)."""

    before: Entry | None
    after: Entry


encode_register = msgspec.msgpack.Encoder().encode
decode_register = msgspec.msgpack.Decoder(Register).decode


def find(register: Register, event_id: str) -> bool:
    """Whether this event is in the timeline already."""
    return any(entry.id == event_id for entry in register.entries)


def is_before_horizon(register: Register, time: Millis, offset: int) -> bool:
    """Whether it comes from before what this register still remembers."""
    return register.folded > 0 and (time, offset) < _order(register.entries[0])


def insert(register: Register, entry: Entry) -> tuple[list[Revision], list[Revision]]:
    """Put a new entry in its place, and work out its `since`: the revisions that no longer hold, and those that do.

    Only the entry itself, its successor, and later ones whose `since` moves with it are revised. `trim` it afterwards.
    """
    old = register.entries
    index = bisect(old, _order(entry), key=_order)
    new = [*old[:index], entry, *old[index:]]
    last = index
    for i in range(index, len(new)):
        settled = _with_since(new[i], new[i - 1] if i else None)
        moved = settled.since != new[i].since
        new[i] = settled
        last = i
        if i > index and not moved:
            break
    register.entries = new
    withdrawn = list(_revisions(old, index, last))
    return withdrawn, list(_revisions(new, index, last + 1))


def trim(register: Register) -> bool:
    """Keep the timeline bounded; whether entries were folded away."""
    if len(register.entries) <= LONGEST_TIMELINE:
        return False
    surplus = len(register.entries) - LONGEST_TIMELINE // 2
    register.entries = register.entries[surplus:]
    register.folded += surplus
    return True


def _order(entry: Entry) -> tuple[Millis, int]:
    return entry.time, entry.offset


def _with_since(entry: Entry, before: Entry | None) -> Entry:
    continues = before is not None and before.value == entry.value
    since = before.since if before is not None and continues else entry.time
    return entry if since == entry.since else msgspec.structs.replace(entry, since=since)


def _revisions(entries: list[Entry], start: int, stop: int) -> Iterator[Revision]:
    for i in range(start, min(stop, len(entries))):
        yield Revision(entries[i - 1] if i else None, entries[i])
