"""From a formula's tree to SQL. Nothing of its text goes in: numbers are bound, columns come from our own table.

Whatever the columns hold, each step gives a finite number: a division by zero gives 0, so does a logarithm of nothing
and of less, a root of less than nothing, and a power of zero or (but for whole numbers that are written down) of less;
what would be larger than `values.LARGEST` is that. No part is written twice, so the SQL is as long as the formula.
"""

from collections.abc import Callable, Mapping

from events.domain.formulas.tree import (
    Call,
    Choice,
    Column,
    Compared,
    Joined,
    Negative,
    Node,
    Not,
    Number,
    Operation,
)
from events.domain.formulas.units import LITERAL_UNITS
from projections.ranking.values import LARGEST

ColumnKey = tuple[str, str]
"""A column's name and key."""


class Compiler:
    """`columns` are SQL expressions of type Float64 that are finite; `bind` gives SQL that stands for a number.

    `list_of` is what tells lists apart (a column of ours) where there are several.
    """

    def __init__(
        self, columns: Mapping[ColumnKey, str], bind: Callable[[float], str], *, list_of: str | None = None
    ) -> None:
        self._columns = columns
        self._bind = bind
        self._list = "" if list_of is None else f"PARTITION BY {list_of}"

    def sql(self, node: Node) -> str:  # noqa: PLR0911 - one for each kind of node
        """SQL of type Float64, or of a condition."""
        match node:
            case Number():
                return self._bind(node.value * (LITERAL_UNITS[node.unit][1] if node.unit else 1.0))
            case Column():
                return self._columns[node.name, node.key]
            case Negative():
                return f"negate({self.sql(node.of)})"
            case Operation():
                return self._operation(node)
            case Call():
                return self._call(node)
            case Choice():
                return f"if({self.sql(node.condition)}, {self.sql(node.then)}, {self.sql(node.otherwise)})"
            case Compared():
                return f"({self.sql(node.left)} {node.sign} {self.sql(node.right)})"
            case Joined():
                return f"({self.sql(node.left)} {node.word.upper()} {self.sql(node.right)})"
            case Not():
                return f"not({self.sql(node.of)})"

    def _operation(self, node: Operation) -> str:
        left, right = self.sql(node.left), self.sql(node.right)
        match node.sign:
            case "+" | "-":
                return f"({left} {node.sign} {right})"
            case "*":
                return _bounded(f"{left} * {right}")
            case "/":
                return _bounded(f"ifNull({left} / nullIf({right}, 0.), 0.)")
            case "^":
                base = left if _is_whole(node.right) else f"greatest({left}, 0.)"
                return _bounded(f"ifNull(pow(nullIf({base}, 0.), {right}), 0.)")

    def _call(self, node: Call) -> str:
        given = [self.sql(argument) for argument in node.arguments]
        match node.function:
            case "min" | "max":
                return f"{'least' if node.function == 'min' else 'greatest'}({', '.join(given)})"
            case "highest":
                return f"max({given[0]}) OVER ({self._list})"
            case "round" if len(given) == 2:
                return self._round(node, given[0])
        return _FUNCTIONS[node.function].format(given[0])

    def _round(self, node: Call, given: str) -> str:
        decimals = node.arguments[1]
        assert isinstance(decimals, Number), "checked"
        scale = f"1e{int(decimals.value)}"
        return _bounded(f"floor({given} * {scale} + 0.5) / {scale}")


def _bounded(sql: str) -> str:
    return f"greatest(least({sql}, {LARGEST:g}), -{LARGEST:g})"


def _is_whole(node: Node) -> bool:
    if isinstance(node, Negative):
        return _is_whole(node.of)
    return isinstance(node, Number) and node.value.is_integer()


_SOME = "nullIf(greatest({}, 0.), 0.)"
_FUNCTIONS: Mapping[str, str] = {
    "abs": "abs({})",
    "sign": "toFloat64(sign({}))",
    "sqrt": "sqrt(greatest({}, 0.))",
    "ln": f"ifNull(log({_SOME}), 0.)",
    "log2": f"ifNull(log2({_SOME}), 0.)",
    "log10": f"ifNull(log10({_SOME}), 0.)",
    "exp": _bounded("exp({})"),
    "floor": "floor({})",
    "ceil": "ceil({})",
    "round": "floor({} + 0.5)",
}
