"""A formula's text as tokens: numbers, names and signs. No text, quote or comment can be one."""

import re
from collections.abc import Iterator
from typing import Literal, NamedTuple

from events.domain.formulas.mistakes import Mistake
from events.ids import CLIENT_ID_PATTERN

MOST_CHARACTERS = 2000
LARGEST_NUMBER = 1e30
"""No number that is written down is larger."""

_TOKEN = re.compile(
    rf"""(?P<space>[ \t\r\n]+)
    |(?P<number>[0-9]{{1,32}}(?:\.[0-9]{{1,32}})?(?:[eE][+-]?[0-9]{{1,2}})?)
    |(?P<name>[a-z][a-z0-9_]*)(?:\[(?P<any>{CLIENT_ID_PATTERN})\]|\.(?P<plain>[A-Za-z0-9][A-Za-z0-9_]{{0,63}}))?
    |(?P<currency>[A-Z]{{3}})(?![A-Za-z0-9_])
    |(?P<sign><=|>=|!=|[-+*/^(),<>=])""",
    re.VERBOSE,
)
_COMMENT = re.compile(r"--|/\*|//|\#")
_GLUED = re.compile(r"[A-Za-z0-9_.\[]")

TokenKind = Literal["number", "name", "currency", "sign", "end"]


class Token(NamedTuple):
    """A piece of a formula. `key` is what stands behind a name's dot or in its brackets: `reach` in `field.reach`."""

    kind: TokenKind
    text: str
    at: int
    key: str = ""

    def __str__(self) -> str:
        return "the end" if self.kind == "end" else f"{self.text!r}"


def tokens(text: str) -> list[Token]:
    """All of a text, and its end.

    Raises:
        Mistake: if it is too long, or has something in it that no formula has.
    """
    if len(text) > MOST_CHARACTERS:
        raise Mistake(MOST_CHARACTERS + 1, f"a formula has {MOST_CHARACTERS} characters at most")
    return [*_pieces(text), Token("end", "", len(text) + 1)]


def _pieces(text: str) -> Iterator[Token]:
    start = 0
    while start < len(text):
        if _COMMENT.match(text, start):
            raise Mistake(start + 1, "a formula has no comments, and no two signs in a row")
        match = _TOKEN.match(text, start)
        if match is None:
            raise Mistake(start + 1, f"{text[start]!r} is in no formula")
        kind = next(name for name in ("space", "number", "name", "currency", "sign") if match[name] is not None)
        end = match.end()
        if kind in ("number", "name") and _GLUED.match(text, end):
            raise Mistake(start + 1, f"{text[start : end + 1]!r} is neither a number nor a name")
        if kind == "number" and float(match[0]) > LARGEST_NUMBER:
            raise Mistake(start + 1, f"a number may be {LARGEST_NUMBER:g} at most")
        if kind != "space":
            name: TokenKind = kind  # type: ignore[assignment]  # one of the names above
            yield Token(name, match["name"] or match[0], start + 1, match["any"] or match["plain"] or "")
        start = end
