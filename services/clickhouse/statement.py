"""What a query text is, as the engine's own parser says: its kind, its format, where an INSERT's data begins."""

import re
import threading
from collections import OrderedDict
from dataclasses import dataclass
from typing import Literal, NoReturn, cast

from services.clickhouse.engine import Engine, run
from services.clickhouse.failure import (
    ACCESS_DENIED,
    NOT_IMPLEMENTED,
    SYNTAX_ERROR,
    ClickHouseError,
)
from services.clickhouse.handle import Handle
from services.clickhouse.plain_view import is_plain_view

MAX_QUERY_BYTES = 262_144
_REMEMBERED = 4_096
_LONGEST_REMEMBERED = 16_384
_HIGHLIGHT = "SELECT t.1, t.2, t.3 FROM (SELECT arrayJoin(highlightQuery(unhex({q:String}))) AS t)"
_SPACE = re.compile(r"\s+")

_NO_INPUT = (
    "INSERT ... SELECT FROM input() is not there: insert into a table with MATERIALIZED columns or with a "
    "materialised view instead"
)

# Objects of this process, and disks anywhere: the engine has no grant for them.
_OUTWARD = frozenset({"python", "disk"})

Kind = Literal["select", "insert", "other"]


@dataclass(frozen=True, slots=True)
class Token:
    """One piece that the parser recognised: where it stands (bytes), as what, and its text."""

    start: int
    end: int
    role: str
    text: str


@dataclass(frozen=True, slots=True)
class Statement:
    """What the front must know of one statement; positions count bytes of the text."""

    kind: Kind
    verb: str
    format: str | None
    words: frozenset[str]
    # Whether it only reads, by the engine's own classification.
    reads: bool
    # Of an INSERT that brings data: the statement without its FORMAT clause, and where data begins after it.
    head_end: int = 0
    data_start: int = 0
    # Where a FORMAT clause begins; 0 where there is none.
    format_start: int = 0

    @property
    def brings_data(self) -> bool:
        """Whether rows follow the statement, in its text or in the body."""
        return self.kind == "insert" and self.data_start > 0

    @property
    def yields(self) -> bool:
        """Whether a result set comes back, even an empty one."""
        return self.verb in {"SELECT", "WITH", "FROM", "SHOW", "EXPLAIN", "DESCRIBE", "DESC", "EXISTS", "KILL", "CHECK"}

    @property
    def changes_session(self) -> bool:
        """Whether a session has to remember what this did."""
        return self.verb in {"SET", "USE"} or any("TEMPORARY" in word for word in self.words)


class Parser:
    """Asks the engine what a text is, and remembers the answers for texts that come again."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._lock = threading.Lock()
        self._known: OrderedDict[bytes, Statement] = OrderedDict()

    def read(self, text: bytes) -> Statement:
        """What a text is. Rows after an INSERT may be part of it, whatever bytes they are.

        Raises:
            ClickHouseError: several statements (62), or one that is nobody's here (497).
        """
        found = self.recall(text)
        if found is None:
            with self._engine.handle() as handle:
                found = _parse(handle, text)
            self._remember(text, found)
        return found

    def read_insert(self, beginning: bytes) -> Statement | None:
        """What a text is that goes on behind `beginning`, when it is an INSERT and its rows have begun; else None.

        Raises:
            ClickHouseError: it is nobody's here (497).
        """
        found = self.recall(beginning)
        if found is None:
            with self._engine.handle() as handle:
                found = _parse_insert(handle, beginning)
            if found is not None:
                self._remember(beginning, found)
        return found if found is not None and found.brings_data else None

    def recall(self, text: bytes) -> Statement | None:
        """What a text is, if that is known already. Does not block."""
        first_line = text[: text.find(b"\n", 0, _LONGEST_REMEMBERED) + 1]
        with self._lock:
            # Only an INSERT that is over with its first line is the same whatever follows.
            found = self._known.get(first_line)
            key = first_line
            if found is None or found.data_start != len(first_line):
                found, key = self._known.get(text), text
            if found is not None:
                self._known.move_to_end(key)
            return found

    def _remember(self, text: bytes, statement: Statement) -> None:
        first_line = text.find(b"\n") + 1
        key = text[:first_line] if 0 < first_line == statement.data_start else text
        if len(key) > _LONGEST_REMEMBERED or (key is text and statement.brings_data):
            return
        with self._lock:
            self._known[key] = statement
            if len(self._known) > _REMEMBERED:
                self._known.popitem(last=False)


def _parse(handle: Handle, text: bytes) -> Statement:
    if is_plain_view(text):
        return Statement("other", "CREATE", None, frozenset(), _refuse_several(handle, text, "CREATE"))
    tokens = _tokens(handle, text)
    keywords = _keywords(tokens)
    if (insert := _with_rows(text, tokens, keywords)) is not None:
        return insert
    _refuse_files(tokens, keywords)
    verb = keywords[0].split(" ")[0] if keywords else ""
    reads = _refuse_several(handle, text, verb)
    kind: Kind = "select" if verb in {"SELECT", "WITH", "FROM"} and reads else "other"
    clause = _format(tokens)
    name, start = (None, 0) if clause is None else clause
    return Statement(kind, verb, name, frozenset(keywords), reads, format_start=start)


def _parse_insert(handle: Handle, beginning: bytes) -> Statement | None:
    tokens = _tokens(handle, beginning)
    return _with_rows(beginning, tokens, _keywords(tokens))


def _tokens(handle: Handle, text: bytes) -> list[Token]:
    answer = run(handle, _HIGHLIGHT, {"q": text.hex()}, "TSV").decode()
    tokens = []
    for line in answer.splitlines():
        start, end, role = line.split("\t")
        tokens.append(Token(int(start), int(end), role, text[int(start) : int(end)].decode("utf-8", "replace")))
    return tokens


def _keywords(tokens: list[Token]) -> list[str]:
    return [_SPACE.sub(" ", token.text).upper() for token in tokens if token.role == "keyword"]


def _refuse_files(tokens: list[Token], keywords: list[str]) -> None:
    """What the embedded engine would do on the client's side, past its own grants."""
    if any(word.endswith("OUTFILE") for word in keywords):
        raise ClickHouseError(ACCESS_DENIED, "ACCESS_DENIED", "INTO OUTFILE is not allowed over HTTP")
    if any(word.endswith("INFILE") for word in keywords):
        raise ClickHouseError(ACCESS_DENIED, "ACCESS_DENIED", "FROM INFILE is not allowed over HTTP")
    for token in tokens:
        if token.role != "function":
            continue
        if "\\" in token.text:  # an escape may spell any name, and nobody needs one in a function's
            raise ClickHouseError(
                ACCESS_DENIED, "ACCESS_DENIED", f"{token.text}: a function's name may have no escapes"
            )
        if (name := token.text.strip('`"').lower()) in _OUTWARD:
            raise ClickHouseError(ACCESS_DENIED, "ACCESS_DENIED", f"{name}() is not allowed over HTTP")


def _refuse_several(handle: Handle, text: bytes, verb: str) -> bool:
    """Refuse what is not one statement; whether it only reads."""
    facts = handle.classify_query(text)
    count, kind = cast(int, facts["statement_count"]), str(facts["query_class"]).rpartition(".")[2]
    if count > 1:
        raise ClickHouseError(SYNTAX_ERROR, "SYNTAX_ERROR", "Syntax error (Multi-statements are not allowed)")
    if count == 0:
        _explain_syntax(handle, text)
    # A second opinion: the engine's classifier counts a query that writes a file as control.
    if verb in {"SELECT", "WITH", "FROM"} and kind == "CONTROL":
        raise ClickHouseError(ACCESS_DENIED, "ACCESS_DENIED", "A query that writes a file is not allowed over HTTP")
    return kind == "READ_ONLY"


def _explain_syntax(handle: Handle, text: bytes) -> NoReturn:
    """Never run what the parser cannot read: have it say why, as of the text itself and not of our asking."""
    try:
        run(handle, "SELECT formatQuery(unhex({q:String}))", {"q": text.hex()})
    except ClickHouseError as error:
        raise error.without_scope() from None
    raise ClickHouseError(SYNTAX_ERROR, "SYNTAX_ERROR", "Syntax error: this is not a query")


def _format(tokens: list[Token]) -> tuple[str, int] | None:
    """What a FORMAT clause names, and where it begins."""
    for before, token in zip(reversed(tokens[:-1]), reversed(tokens[1:]), strict=True):
        if _is_format(before):
            return token.text, before.start
    return None


def _with_rows(text: bytes, tokens: list[Token], keywords: list[str]) -> Statement | None:
    """The INSERT whose rows follow its text, if that is what it is."""
    inserts = any(word.startswith("INSERT INTO") for word in keywords[:1]) or (
        "WITH" in keywords[:1] and any(word.startswith("INSERT INTO") for word in keywords)
    )
    if not inserts or len(tokens) < 2:
        return None
    _refuse_files(tokens, keywords)
    last = tokens[-1]
    if any(word.split(" ")[0] in {"SELECT", "WATCH"} for word in keywords):
        if any(token.role == "function" and token.text.lower() == "input" for token in tokens):
            raise ClickHouseError(NOT_IMPLEMENTED, "NOT_IMPLEMENTED", _NO_INPUT)
        return None
    words = frozenset(keywords)
    if last.role == "keyword" and last.text.upper() == "VALUES" and not _is_format(tokens[-2]):
        return Statement("insert", "INSERT", "Values", words, False, last.start, last.end)
    if _is_format(tokens[-2]):
        return Statement("insert", "INSERT", last.text, words, False, tokens[-2].start, _data_start(text, last.end))
    return None


def _is_format(token: Token) -> bool:
    return token.role == "keyword" and token.text.upper() == "FORMAT"


def _data_start(text: bytes, position: int) -> int:
    """Rows begin after one line break, or after blanks where there is none, as the engine's own rule is."""
    while text[position : position + 1] in {b" ", b"\t", b"\f"}:
        position += 1
    if text[position : position + 1] == b"\r":
        position += 1
    if text[position : position + 1] == b"\n":
        position += 1
    return position
