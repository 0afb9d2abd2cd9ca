"""From tokens to a tree.

either     = both {"or" both}
both       = negated {"and" negated}
negated    = "not" negated | comparison
comparison = sum [("<" | "<=" | ">" | ">=" | "=" | "!=") sum]
sum        = product {("+" | "-") product}
product    = signed {("*" | "/") signed}
signed     = "-" signed | power
power      = atom ["^" signed]
atom       = number [unit] | column | function "(" either {"," either} ")" | "(" either ")"
"""

from collections.abc import Callable, Sequence
from typing import cast

from events.domain.formulas.functions import FUNCTIONS
from events.domain.formulas.mistakes import Mistake
from events.domain.formulas.tokens import Token, tokens
from events.domain.formulas.tree import (
    Arithmetic,
    Call,
    Choice,
    Column,
    Compared,
    Comparison,
    Joined,
    Negative,
    Node,
    Not,
    Number,
    Operation,
)
from events.domain.formulas.units import LITERAL_UNITS

MOST_NODES = 200
DEEPEST = 24
"""How deep brackets, functions and signs may stand in each other."""

_COMPARISONS = ("<", "<=", ">", ">=", "=", "!=")
_WORDS = ("and", "or", "not")


def parse(text: str) -> Node:
    """The tree of a text; what its names mean, and whether its units go together, is not asked here.

    Raises:
        Mistake: if it is not in the grammar, or too long, too deep, or of too many parts.
    """
    parser = _Parser(tokens(text))
    tree = parser.either()
    parser.finish()
    return tree


class _Parser:
    def __init__(self, given: Sequence[Token]) -> None:
        self._tokens = given
        self._next = 0
        self._nodes = 0
        self._depth = 0

    def finish(self) -> None:
        if self._token.kind != "end":
            raise Mistake(self._token.at, f"expected an operator or the end, not {self._token}")

    def either(self) -> Node:
        left = self._both()
        while self._token.text == "or":
            left = self._node(Joined("or", left, self._after(self._both), left.at))
        return left

    def _both(self) -> Node:
        left = self._negated()
        while self._token.text == "and":
            left = self._node(Joined("and", left, self._after(self._negated), left.at))
        return left

    def _negated(self) -> Node:
        token = self._token
        if token.text != "not":
            return self._comparison()
        return self._node(Not(self._deeper(self._negated), token.at))

    def _comparison(self) -> Node:
        left = self._sum()
        if self._token.text in _COMPARISONS:
            sign = cast("Comparison", self._token.text)
            left = self._node(Compared(sign, left, self._after(self._sum), left.at))
        return left

    def _sum(self) -> Node:
        return self._chain(("+", "-"), self._product)

    def _product(self) -> Node:
        return self._chain(("*", "/"), self._signed)

    def _chain(self, signs: Sequence[str], part: Callable[[], Node]) -> Node:
        left = part()
        while self._token.kind == "sign" and self._token.text in signs:
            sign = cast("Arithmetic", self._token.text)
            left = self._node(Operation(sign, left, self._after(part), left.at))
        return left

    def _signed(self) -> Node:
        token = self._token
        if token.text != "-":
            return self._power()
        return self._node(Negative(self._deeper(self._signed), token.at))

    def _power(self) -> Node:
        base = self._atom()
        if self._token.text != "^":
            return base
        return self._node(Operation("^", base, self._deeper(self._signed), base.at))

    def _atom(self) -> Node:
        token = self._token
        match token.kind:
            case "number":
                return self._number()
            case "name" if token.text not in _WORDS:
                return self._named()
        if token.text != "(":
            raise Mistake(token.at, f"expected a number, a column, a function or a bracket, not {token}")
        inner = self._deeper(self.either)
        self._take(")", "expected ')' or an operator")
        return inner

    def _number(self) -> Node:
        token, unit = self._pop(), ""
        following = self._token
        if following.kind == "currency" or (following.kind == "name" and following.text not in _WORDS):
            unit = following.text
            if unit not in LITERAL_UNITS or following.key:
                raise Mistake(following.at, f"expected an operator or a unit, as in '2 hours', not {following}")
            self._pop()
        return self._node(Number(float(token.text), unit, token.at))

    def _named(self) -> Node:
        token = self._pop()
        if self._token.text != "(":
            return self._node(Column(token.text, token.key, token.at))
        if token.key or (token.text != "if" and token.text not in FUNCTIONS):
            raise Mistake(token.at, f"there is no function {token}: there are if, {', '.join(FUNCTIONS)}")
        arguments = [self._deeper(self.either)]
        while self._token.text == ",":
            arguments.append(self._deeper(self.either))
        self._take(")", "expected ',' or ')'")
        return self._node(_call(token, tuple(arguments)))

    @property
    def _token(self) -> Token:
        return self._tokens[self._next]

    def _pop(self) -> Token:
        token = self._token
        self._next += 1
        return token

    def _take(self, text: str, expected: str) -> None:
        if self._token.text != text:
            raise Mistake(self._token.at, f"{expected}, not {self._token}")
        self._pop()

    def _after(self, part: Callable[[], Node]) -> Node:
        """What follows the present token."""
        self._pop()
        return part()

    def _deeper(self, part: Callable[[], Node]) -> Node:
        """The same, one level down."""
        token = self._pop()
        self._depth += 1
        if self._depth > DEEPEST:
            raise Mistake(token.at, f"too deep: there may be {DEEPEST} brackets, functions and signs in each other")
        inner = part()
        self._depth -= 1
        return inner

    def _node(self, node: Node) -> Node:
        self._nodes += 1
        if self._nodes > MOST_NODES:
            raise Mistake(
                self._token.at, f"too much: a formula has {MOST_NODES} numbers, columns and operators at most"
            )
        return node


def _call(name: Token, arguments: tuple[Node, ...]) -> Node:
    least, most = (3, 3) if name.text == "if" else FUNCTIONS[name.text].arguments
    if not least <= len(arguments) <= most:
        wanted = f"{least}" if least == most else f"{least} to {most}"
        raise Mistake(name.at, f"{name.text} takes {wanted} values, and has {len(arguments)}")
    if name.text == "if":
        condition, then, otherwise = arguments
        return Choice(condition, then, otherwise, name.at)
    return Call(name.text, arguments, name.at)
