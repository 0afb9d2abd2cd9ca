"""What the votes on a post add up to: standing totals, and the net change of each month of occurrence. Exact."""

import msgspec

from events.times import Millis
from projections.votes.register import Entry, Revision
from projections.votes.trend import Weight, weight


class Tally(msgspec.Struct, array_like=True):
    """Totals of a post in one partition (of what stands, or of a month's changes, where they may be negative).

    `importance` and `weight` are sums over up-votes; `last_vote` is when a vote was last cast, 0 if never; `version`
    is the offset of the record that last changed it, -1 while none did.
    """

    up: int = 0
    down: int = 0
    importance: int = 0
    weight: Weight = 0
    last_vote: Millis = 0
    version: int = -1


class _Stored(msgspec.Struct, array_like=True):
    """A tally as bytes: its weight outgrows the 64 bits of MessagePack's integers."""

    up: int
    down: int
    importance: int
    weight_shift: int
    weight: bytes
    last_vote: Millis
    version: int


_encode = msgspec.msgpack.Encoder().encode
_decode = msgspec.msgpack.Decoder(_Stored).decode


def encode_tally(tally: Tally) -> bytes:
    """The state's bytes; trailing zero bits of the weight are left out."""
    total = tally.weight
    shift = max((total & -total).bit_length() - 1, 0)
    odd = total >> shift
    packed = odd.to_bytes(odd.bit_length() // 8 + 1, "little", signed=True)
    return _encode(_Stored(tally.up, tally.down, tally.importance, shift, packed, tally.last_vote, tally.version))


def decode_tally(data: bytes) -> Tally:
    """Read the state's bytes back."""
    stored = _decode(data)
    total = int.from_bytes(stored.weight, "little", signed=True) << stored.weight_shift
    return Tally(stored.up, stored.down, stored.importance, total, stored.last_vote, stored.version)


def add(tally: Tally, entry: Entry, sign: int) -> None:
    """Count an entry as standing (sign 1), or no longer (sign -1)."""
    if entry.value > 0:
        tally.up += sign
        tally.importance += sign * entry.importance
        tally.weight += sign * weight(entry.since)
    elif entry.value < 0:
        tally.down += sign


def change(tally: Tally, revision: Revision, sign: int) -> None:
    """Add (or with sign -1 take back) the change from what stood before a revision to what stands after it."""
    if revision.before is not None:
        add(tally, revision.before, -sign)
    add(tally, revision.after, sign)
