"""The row of figures on top."""

from collections.abc import Sequence

import msgspec

from projections.report.section import Tone


class Tile(msgspec.Struct, frozen=True):
    """A figure: its value now, the change against the period before, and how it went."""

    name: str
    meaning: str
    value: str
    unit: str
    change: str
    tone: Tone
    spark: str
    spark_label: str


def spark(values: Sequence[float | None]) -> str:
    """The points of a line through these values, in a box of 100 by 28; empty where there are too few."""
    known = [(index, value) for index, value in enumerate(values) if value is not None]
    if len(known) < 2:
        return ""
    lowest, highest = (pick(value for _, value in known) for pick in (min, max))
    span = (highest - lowest) or 1.0
    step = 100 / max(1, len(values) - 1)
    return " ".join(f"{index * step:.1f},{26 - 24 * (value - lowest) / span:.1f}" for index, value in known)
