"""Ranking formulas, as data: a name, a version, and an expression in the grammar of `events.domain.formulas`.

A formula gives a whole number (see `projections.ranking.values`), so that two posts tie or do not, and a cursor can say
exactly where a page ended. Ties are broken by one rule under every formula: the post created first comes first, then
the smaller id.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Self

from events.domain.formulas.builtin import BUILT_IN, BuiltIn, built_in
from events.domain.formulas.checking import Checked, check
from events.domain.formulas.tree import Call, Node, nodes
from projections.ranking import values

_SINCE_NOW = frozenset({"age", "recent_votes", "recent_comments"})


@dataclass(frozen=True, slots=True)
class Formula:
    """`expression` is a text in the grammar, of whose value more is better. Whoever makes one has checked it.

    Built-in ones are version 1; a workspace's own have the version of their aggregate; `adhoc` ones were never saved.
    """

    name: str
    version: int
    expression: str
    meaning: str

    @classmethod
    def of(cls, given: BuiltIn) -> Self:
        """A built-in one."""
        return cls(given.formula, 1, given.expression, given.meaning)

    @classmethod
    def adhoc(cls, expression: str) -> Self:
        """One that is asked for by its text alone.

        Raises:
            Mistake: if it is none.
        """
        check(expression)
        return cls("", 0, expression, "")

    @property
    def checked(self) -> Checked:
        """Its tree, its unit, and the columns that it names."""
        return check(self.expression)

    @property
    def needs_now(self) -> bool:
        """Whether its value depends on when it is asked, and not only on what stands."""
        return any(column.name in _SINCE_NOW for column in self.checked.columns)

    @property
    def is_relative(self) -> bool:
        """Whether a post's value depends on which other posts are in the list."""
        return any(isinstance(node, Call) and node.function == "highest" for node in nodes(self.checked.tree))

    @property
    def internal(self) -> bool:
        """Whether it is only for keys that see what is not for the public."""
        return self.checked.internal

    @property
    def segments(self) -> frozenset[str]:
        """The segments by whose members it weighs."""
        named = {"segment", "segment_importance"}
        return frozenset(column.key for column in self.checked.columns if column.name in named)

    @property
    def tree(self) -> Node:
        """What is computed."""
        return self.checked.tree

    def shown(self, value: int) -> float:
        """What the formula gave, in its unit, of a value as rankings sort by it: to some twelve digits."""
        return values.shown(self.tree, value)


FORMULAS: Mapping[str, Formula] = {name: Formula.of(each) for name, each in BUILT_IN.items()}
"""The built-in formulas by name; `find_formula` knows `savio` in every currency."""

TOP, TRENDING, RECENT = FORMULAS["top"], FORMULAS["trending"], FORMULAS["recent"]


def find_formula(name: str) -> Formula | None:
    """A built-in formula; None if there is none of this name."""
    given = built_in(name)
    return None if given is None else Formula.of(given)
