"""A formula as a tree. `at` is the character, counted from 1, at which each part begins."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

Arithmetic = Literal["+", "-", "*", "/", "^"]
Comparison = Literal["<", "<=", ">", ">=", "=", "!="]


@dataclass(frozen=True, slots=True)
class Number:
    """A number as it is written, in the unit that stands behind it, if one does."""

    value: float
    unit: str
    at: int


@dataclass(frozen=True, slots=True)
class Column:
    """A column; `key` says which one of its kind: the field, the segment, the currency."""

    name: str
    key: str
    at: int


@dataclass(frozen=True, slots=True)
class Negative:
    """The opposite of a number."""

    of: "Node"
    at: int


@dataclass(frozen=True, slots=True)
class Operation:
    """Two numbers added, subtracted, multiplied, divided, or one raised to the other."""

    sign: Arithmetic
    left: "Node"
    right: "Node"
    at: int


@dataclass(frozen=True, slots=True)
class Call:
    """A function of numbers."""

    function: str
    arguments: tuple["Node", ...]
    at: int


@dataclass(frozen=True, slots=True)
class Choice:
    """`if(condition, then, otherwise)`."""

    condition: "Node"
    then: "Node"
    otherwise: "Node"
    at: int


@dataclass(frozen=True, slots=True)
class Compared:
    """A condition: two numbers compared."""

    sign: Comparison
    left: "Node"
    right: "Node"
    at: int


@dataclass(frozen=True, slots=True)
class Joined:
    """A condition: both, or either, of two."""

    word: Literal["and", "or"]
    left: "Node"
    right: "Node"
    at: int


@dataclass(frozen=True, slots=True)
class Not:
    """A condition: that another does not hold."""

    of: "Node"
    at: int


Node = Number | Column | Negative | Operation | Call | Choice | Compared | Joined | Not


def nodes(node: Node) -> Iterator[Node]:
    """A tree's parts, itself the first."""
    yield node
    match node:
        case Number() | Column():
            parts: tuple[Node, ...] = ()
        case Negative() | Not():
            parts = (node.of,)
        case Operation() | Compared() | Joined():
            parts = (node.left, node.right)
        case Call():
            parts = node.arguments
        case Choice():
            parts = (node.condition, node.then, node.otherwise)
    for part in parts:
        yield from nodes(part)
