"""Whether a tree makes sense: its columns are there, its units go together, and it gives a number."""

from dataclasses import dataclass
from functools import lru_cache

from events.currencies import CURRENCIES
from events.domain.formulas.columns import COLUMNS
from events.domain.formulas.functions import FUNCTIONS
from events.domain.formulas.mistakes import Mistake
from events.domain.formulas.parsing import parse
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
from events.domain.formulas.units import LITERAL_UNITS, PLAIN, Unit, money

MOST_COLUMNS = 12
"""How many different columns a formula may name: each may be a join."""
MOST_DECIMALS = 9
LARGEST_POWER = 4
"""To which whole power something with a unit may be raised."""


@dataclass(frozen=True, slots=True)
class Checked:
    """A formula that makes sense: its tree, the unit of what it gives, and the columns that it names, each once."""

    tree: Node
    unit: Unit
    columns: tuple[Column, ...]

    @property
    def internal(self) -> bool:
        """Whether it says something that is not for the public."""
        return any(COLUMNS[column.name].internal for column in self.columns)


@lru_cache(maxsize=1024)
def check(text: str) -> Checked:
    """A formula's text, parsed and checked.

    Raises:
        Mistake: with the place and what is wrong there.
    """
    tree = parse(text)
    checker = _Checker()
    unit = checker.number(tree)
    return Checked(tree, unit, tuple(checker.columns.values()))


class _Checker:
    def __init__(self) -> None:
        self.columns: dict[tuple[str, str], Column] = {}
        self._in_highest = False

    def number(self, node: Node) -> Unit:  # noqa: PLR0911 - one for each kind of node
        """The unit of a number."""
        match node:
            case Number():
                return LITERAL_UNITS[node.unit][0] if node.unit else PLAIN
            case Column():
                return self._column(node)
            case Negative():
                return self.number(node.of)
            case Operation("^"):
                return self._power(node)
            case Operation("*" | "/"):
                return self.number(node.left).times(self.number(node.right), 1 if node.sign == "*" else -1)
            case Operation():
                return self._alike(node.left, node.right)
            case Choice():
                self._condition(node.condition)
                return self._alike(node.then, node.otherwise)
            case Call():
                return self._call(node)
            case Compared() | Joined() | Not():
                raise Mistake(node.at, "expected a number, not a condition: conditions stand in if(...)")

    def _condition(self, node: Node) -> None:
        match node:
            case Compared():
                self._alike(node.left, node.right)
            case Joined():
                self._condition(node.left)
                self._condition(node.right)
            case Not():
                self._condition(node.of)
            case _:
                raise Mistake(node.at, "expected a condition, as in 'age > 7 days', not a number")

    def _column(self, column: Column) -> Unit:
        kind = COLUMNS.get(column.name)
        if kind is None:
            raise Mistake(column.at, f"there is no column {column.name!r}: there are {', '.join(COLUMNS)}")
        if kind.key is None and column.key:
            raise Mistake(column.at, f"{column.name} is one column: nothing stands behind it")
        if kind.key is not None and not column.key:
            raise Mistake(column.at, f"say which {kind.key}, as in {column.name}.{_EXAMPLES[kind.key]}")
        if kind.key == "currency" and column.key not in CURRENCIES:
            raise Mistake(column.at, f"{column.key!r} is no currency of ISO 4217, as EUR")
        self.columns.setdefault((column.name, column.key), column)
        if len(self.columns) > MOST_COLUMNS:
            raise Mistake(column.at, f"a formula names {MOST_COLUMNS} columns at most")
        return money(column.key) if kind.key == "currency" else kind.unit

    def _power(self, node: Operation) -> Unit:
        base, exponent = self.number(node.left), self.number(node.right)
        if not exponent.is_plain:
            raise Mistake(node.right.at, f"an exponent is a plain number, not in {exponent}")
        if base.is_plain:
            return PLAIN
        power = node.right.value if isinstance(node.right, Number) else 0.0
        if not 1 <= power <= LARGEST_POWER or not power.is_integer():
            raise Mistake(
                node.left.at,
                f"{base} may be raised to a whole power of 1 to {LARGEST_POWER}: divide by a unit, as in age / 1 hour",
            )
        return base.raised(int(power))

    def _call(self, call: Call) -> Unit:
        function = FUNCTIONS[call.function]
        if call.function == "round" and len(call.arguments) == 2:
            _check_decimals(call.arguments[1])
            return self._plain(call, call.arguments[0])
        match function.units:
            case "alike":
                return self._alike(*call.arguments)
            case "any":
                self.number(call.arguments[0])
                return PLAIN
            case "plain":
                return self._plain(call, call.arguments[0])
            case "kept":
                return self._highest(call) if call.function == "highest" else self.number(call.arguments[0])

    def _plain(self, call: Call, argument: Node) -> Unit:
        unit = self.number(argument)
        if not unit.is_plain:
            raise Mistake(
                argument.at, f"{call.function} takes plain numbers, not {unit}: divide by a unit, as in age / 1 day"
            )
        return unit if call.function in ("round", "floor", "ceil") else PLAIN

    def _highest(self, call: Call) -> Unit:
        if self._in_highest:
            raise Mistake(call.at, "highest can't stand in another highest")
        self._in_highest = True
        unit = self.number(call.arguments[0])
        self._in_highest = False
        return unit

    def _alike(self, first: Node, *others: Node) -> Unit:
        """The unit of numbers that are added or compared. A bare 0 goes with every unit."""
        unit, zero = self.number(first), _is_zero(first)
        for other in others:
            found = self.number(other)
            if _is_zero(other):
                continue
            if zero:
                unit, zero = found, False
            elif unit.dimensions != found.dimensions:
                raise Mistake(other.at, f"this is in {found}, and what it is put together with in {unit}")
            else:
                unit = unit.beside(found)
        return unit


_EXAMPLES = {"currency": "EUR", "segment": "enterprise", "field": "reach"}


def _is_zero(node: Node) -> bool:
    return isinstance(node, Number) and node.value == 0 and not node.unit


def _check_decimals(node: Node) -> None:
    whole = isinstance(node, Number) and not node.unit and node.value.is_integer()
    if not whole or not isinstance(node, Number) or node.value > MOST_DECIMALS:
        raise Mistake(node.at, f"how many decimals is a whole number from 0 to {MOST_DECIMALS}")
