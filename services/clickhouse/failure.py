"""What went wrong, as a ClickHouse server says it: a code, a text, an HTTP status."""

import re
from http import HTTPStatus
from typing import Self

SYNTAX_ERROR = 62
BAD_ARGUMENTS = 36
NOT_IMPLEMENTED = 48
UNKNOWN_SETTING = 115
READONLY = 164
ACCESS_DENIED = 497

_STATUS: dict[int, HTTPStatus] = {
    194: HTTPStatus.UNAUTHORIZED,
    **dict.fromkeys((192, 193, 497, 512, 516), HTTPStatus.FORBIDDEN),
    **dict.fromkeys(
        (6, 15, 16, 25, 26, 36, 38, 41, 44, 53, 62, 67, 68, 72, 117, 130, 167, 168, 321, 376, 427, 441, 675, 676),
        HTTPStatus.BAD_REQUEST,
    ),
    **dict.fromkeys((27,), HTTPStatus.BAD_REQUEST),
    **dict.fromkeys((46, 47, 50, 56, 60, 63, 73, 78, 81, 115, 173, 336, 511), HTTPStatus.NOT_FOUND),
    161: HTTPStatus.REQUEST_ENTITY_TOO_LARGE,
    48: HTTPStatus.NOT_IMPLEMENTED,
    **dict.fromkeys((76, 209, 439), HTTPStatus.SERVICE_UNAVAILABLE),
    381: HTTPStatus.LENGTH_REQUIRED,
    159: HTTPStatus.REQUEST_TIMEOUT,
    659: HTTPStatus.UNSUPPORTED_MEDIA_TYPE,
}
_UNKNOWN_EXCEPTION = 1002
_CODE = re.compile(r"Code: (\d+)\. DB::Exception: ")
_NESTED = re.compile(r"^(?:Code: \d+\. DB::Exception: )*(?=Code: \d+\. DB::Exception: )")
_SCOPE = re.compile(r": In scope SELECT .*(?= \([A-Z_]+\)$)", re.DOTALL)
_VERSION = re.compile(r" \(version [\d.]+[^)]*\)")


class ClickHouseError(Exception):
    """A failure with ClickHouse's number, name and words, and the HTTP status that a server gives it."""

    def __init__(self, code: int, name: str, text: str) -> None:
        super().__init__(f"Code: {code}. DB::Exception: {text} ({name})")
        self.code = code

    def without_scope(self) -> Self:
        """The same without the engine's note of the query in which it came up."""
        self.args = (_SCOPE.sub("", str(self)),)
        return self

    @property
    def status(self) -> int:
        """The HTTP status that goes with the code."""
        return int(_STATUS.get(self.code, HTTPStatus.INTERNAL_SERVER_ERROR))

    def body(self, version: str) -> bytes:
        """The line that a server of this version writes as the answer."""
        return f"{self} (version {version})\n".encode()


def from_engine(error: Exception) -> ClickHouseError:
    """Read the engine's words: the innermost of its nested repetitions, its code, and no version twice."""
    words = _VERSION.sub("", str(error)).strip()
    start = _CODE.search(words)
    if start is None:
        return ClickHouseError(_UNKNOWN_EXCEPTION, "UNKNOWN_EXCEPTION", words or "the engine gave no reason")
    words = _NESTED.sub("", words[start.start() :])
    inner = _CODE.match(words)
    code = int(inner.group(1)) if inner else int(start.group(1))
    text = words[inner.end() :] if inner else words
    text, name = _without_names(text)
    return ClickHouseError(code, name or "UNKNOWN_EXCEPTION", text)


def _without_names(text: str) -> tuple[str, str]:
    """Take the names in brackets off the end; each layer of the engine adds its own."""
    name = ""
    while (found := re.search(r"\s*\(([A-Z][A-Z0-9_]+)\)\s*$", text)) is not None:
        text, name = text[: found.start()], found.group(1)
    return text.strip(), name
