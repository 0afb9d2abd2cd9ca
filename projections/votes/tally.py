"""What the votes on a post add up to: standing totals, and the net change of each month of occurrence. Exact."""

from typing import NamedTuple, Protocol

import msgspec

from events.times import Millis
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


class Stands(Protocol):
    """What stands: an entry of a register, or what of it counts."""

    @property
    def value(self) -> int: ...  # noqa: D102
    @property
    def importance(self) -> int: ...  # noqa: D102
    @property
    def since(self) -> Millis: ...  # noqa: D102


class Net(NamedTuple):
    """What a change adds to a tally (or, negative, takes from it)."""

    up: int
    down: int
    importance: int
    weight: Weight


def net(before: Stands | None, after: Stands | None) -> Net:
    """The change from what stood before to what stands after; None stands for nothing."""
    up = down = importance = gained = 0
    if before is not None and before.value:
        if before.value > 0:
            up, importance, gained = -1, -before.importance, -weight(before.since)
        else:
            down = -1
    if after is not None and after.value:
        if after.value > 0:
            up += 1
            importance += after.importance
            gained += weight(after.since)
        else:
            down += 1
    return Net(up, down, importance, gained)


def add(tally: Tally, change: Net | Tally, sign: int = 1) -> None:
    """Add a change, or with sign -1 take it back."""
    tally.up += sign * change.up
    tally.down += sign * change.down
    tally.importance += sign * change.importance
    tally.weight += sign * change.weight
