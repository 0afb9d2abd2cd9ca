"""From what a formula gives to a whole number that sorts the same, and back.

A column alone is counted exactly: votes as they are, `created` in milliseconds, `trend` in millionths of a half-life.
Anything else is a floating-point number, of which 40 bits of precision (some twelve digits) are kept whatever its
size: as a whole number, its bits sort as it does. What differs by less, as sums do that were added in another order,
ties.
"""

import struct

from events.domain.formulas.tree import Column, Node

LARGEST = 1e300
"""What any step of a formula gives lies between the negative of this and this: what would be larger is this."""

_DROPPED_BITS = 12
_HALF = 1 << (_DROPPED_BITS - 1)
_MOST = (struct.unpack("<q", struct.pack("<d", LARGEST))[0] + _HALF) >> _DROPPED_BITS
_SCALES = {"trend": 1_000_000, "created": 1000, "score": 1, "up": 1, "down": 1, "voters": 1, "importance": 1,
           "comments": 1, "recent_votes": 1, "recent_comments": 1, "spend": 1, "spend_then": 1, "companies": 1,
           "paying_companies": 1, "segment": 1, "segment_importance": 1, "age": 1000}  # fmt: skip


def whole(tree: Node, measure: str) -> str:
    """SQL of the whole number (Int64) of what a formula gives: of a column of type Float64, by its name."""
    if (scale := _scale(tree)) is not None:
        return f"toInt64({measure})" if scale == 1 else f"toInt64(round({measure} * {scale}))"
    bits = f"bitShiftRight(reinterpretAsInt64(abs({measure})) + {_HALF}, {_DROPPED_BITS})"
    return f"if({measure} < 0, negate({bits}), {bits})"


def shown(tree: Node, value: int) -> float:
    """What a formula gave, of its whole number."""
    if (scale := _scale(tree)) is not None:
        return value / scale
    magnitude: float = struct.unpack("<d", struct.pack("<q", min(abs(value), _MOST) << _DROPPED_BITS))[0]
    rounded = float(f"{magnitude:.12g}")
    return -rounded if value < 0 else rounded


def _scale(tree: Node) -> int | None:
    return _SCALES.get(tree.name) if isinstance(tree, Column) else None
