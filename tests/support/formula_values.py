"""What a formula's tree gives, step by step in plain Python: the yardstick of the SQL that it is compiled to."""

import math
from collections.abc import Mapping

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

LARGEST = 1e300
Row = Mapping[str, float]


def values(tree: Node, rows: Mapping[str, Row]) -> dict[str, float]:
    """Of each post of a list."""
    return {post: _value(tree, row, list(rows.values())) for post, row in rows.items()}


def _value(node: Node, row: Row, among: list[Row]) -> float:  # noqa: PLR0911 - one for each kind of node
    match node:
        case Number():
            return node.value * (LITERAL_UNITS[node.unit][1] if node.unit else 1)
        case Column():
            return float(row[node.key if node.name == "field" else node.name])
        case Negative():
            return -_value(node.of, row, among)
        case Choice():
            chosen = node.then if _holds(node.condition, row, among) else node.otherwise
            return _value(chosen, row, among)
        case Operation():
            return _operation(node, _value(node.left, row, among), _value(node.right, row, among))
        case Call("highest", (given,)):
            return max(_value(given, each, among) for each in among)
        case Call():
            return _call(node.function, [_value(each, row, among) for each in node.arguments])
    raise AssertionError(node)


def _holds(node: Node, row: Row, among: list[Row]) -> bool:
    match node:
        case Not():
            return not _holds(node.of, row, among)
        case Joined():
            sides = _holds(node.left, row, among), _holds(node.right, row, among)
            return all(sides) if node.word == "and" else any(sides)
        case Compared():
            left, right = _value(node.left, row, among), _value(node.right, row, among)
            return {
                "<": left < right, "<=": left <= right, ">": left > right, ">=": left >= right,
                "=": left == right, "!=": left != right,
            }[node.sign]  # fmt: skip
    raise AssertionError(node)


def _operation(node: Operation, left: float, right: float) -> float:  # noqa: PLR0911 - one for each sign
    match node.sign:
        case "+":
            return left + right
        case "-":
            return left - right
        case "*":
            return _bounded(left * right)
        case "/":
            return _bounded(left / right) if right else 0.0
    whole = node.right.of if isinstance(node.right, Negative) else node.right
    if left == 0 or (left < 0 and not (isinstance(whole, Number) and whole.value.is_integer())):
        return 0.0
    try:
        return _bounded(math.pow(left, right))
    except OverflowError:
        return -LARGEST if left < 0 and right % 2 else LARGEST


def _call(function: str, given: list[float]) -> float:  # noqa: PLR0911 - one for each function
    first = given[0]
    logarithm = {"ln": math.log, "log2": math.log2, "log10": math.log10}.get(function)
    if logarithm is not None:
        return logarithm(first) if first > 0 else 0.0
    match function:
        case "min":
            return min(given)
        case "max":
            return max(given)
        case "abs":
            return abs(first)
        case "sign":
            return float((first > 0) - (first < 0))
        case "sqrt":
            return math.sqrt(max(first, 0.0))
        case "exp":
            return LARGEST if first > 690 else math.exp(first)
        case "floor" | "ceil":
            return float(getattr(math, function)(first))
        case "round":
            scale = 10.0 ** (given[1] if len(given) > 1 else 0)
            return _bounded(_floor(first * scale + 0.5) / scale)
    raise AssertionError(function)


def _floor(given: float) -> float:
    return given if math.isinf(given) else float(math.floor(given))


def _bounded(given: float) -> float:
    return max(min(given, LARGEST), -LARGEST)
