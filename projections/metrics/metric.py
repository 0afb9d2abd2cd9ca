"""A metric as data: what it means, how it is reckoned, and the SQL of what it counts."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Literal


class Shape(StrEnum):
    """How what is counted becomes a point of the series."""

    COUNT = "count"
    """What happened in each period, added up."""
    LEVEL = "level"
    """What stands at the end of each period: changes, added up from the beginning."""
    SHARE = "share"
    """Of what happened in each period, a part of the whole or a mean: one sum divided by another."""
    STANDING = "standing"
    """Of what stands at the end of each period, a part of the whole."""
    PERCENTILES = "percentiles"
    """Of what was observed in each period, the median and the 85th percentile."""


PERCENTILES: Sequence[tuple[str, float]] = (("p50", 0.5), ("p85", 0.85))
"""The lines of a metric of that shape, and the level of each. Between two observations it is interpolated."""

Better = Literal["more", "less", "neither"]


@dataclass(frozen=True, slots=True)
class Metric:
    """One metric.

    `name` names it for ever, `title` is for people, `formula` is in words and `source` says where that comes from.
    `sql` selects `workspace, start, line` and then `numerator, denominator`, of which several rows with the same
    `start` and `line` add up, or `observed` for percentiles; `start` is the period's first day. What it may read is in
    `projections.metrics.sources`, by the names there. `lines` are the values of `line`: one empty text, where there is
    but one. `takes_kind` says whether it can be asked of one kind of status, `as_known` whether as known at a moment.
    What is `of_persons` is told apart by who voted or rated; all else by the posts that such persons stand up for.
    """

    name: str
    title: str
    meaning: str
    unit: str
    formula: str
    source: str
    better: Better
    shape: Shape
    sql: str
    lines: tuple[str, ...] = ("",)
    takes_kind: bool = False
    as_known: bool = True
    of_persons: bool = False

    @property
    def shown_lines(self) -> tuple[str, ...]:
        """The lines of the series, in order."""
        if self.shape is not Shape.PERCENTILES:
            return self.lines
        return tuple(f"{line} {name}".strip() for line in self.lines for name, _ in PERCENTILES)
