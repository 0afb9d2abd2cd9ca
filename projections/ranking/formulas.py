"""Ranking formulas, as data: a name, a version, and an expression over the columns of a tally.

A formula gives a whole number, so that two posts tie or do not, and a cursor can say exactly where a page ended. Ties
are broken by one rule under every formula: the post created first comes first, then the smaller id.
"""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Formula:
    """`expression` is SQL over score, up, down, importance, trend and created_at: an Int64, of which more is better."""

    name: str
    version: int
    expression: str
    meaning: str


TOP = Formula("top", 1, "score", "up-votes less down-votes")
TRENDING = Formula(
    "trending",
    1,
    # Millionths of a half-life: far finer than a vote's worth, and coarse enough that the order in which ClickHouse
    # adds the partitions' floating-point trends cannot show.
    "toInt64(round(trend * 1000000))",
    "up-votes that stand, each worth half as much for every seven days since it was cast",
)
RECENT = Formula("recent", 1, "toUnixTimestamp64Milli(created_at)", "the newest post first")

FORMULAS = {formula.name: formula for formula in (TOP, TRENDING, RECENT)}
