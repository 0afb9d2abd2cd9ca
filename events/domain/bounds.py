"""What fields may hold."""

import re
import unicodedata

from events.domain.keys import ROLES
from events.domain.refusals import Invalid
from events.ids import CLIENT_ID_PATTERN, is_client_id, is_event_id
from events.times import format_time, parse_time

TITLE_CHARACTERS = 200
BODY_CHARACTERS = 20_000
NAME_CHARACTERS = 100
REASON_CHARACTERS = 1000

_is_colour = re.compile(r"#[0-9a-f]{6}\Z").match
_LAID_OUT = frozenset("\n\r\t")


def check_id(field: str, value: str) -> None:
    """An id that a client chose."""
    if is_client_id(value) is None:
        raise Invalid(field, f"must match {CLIENT_ID_PATTERN}")


def check_event_id(field: str, value: str) -> None:
    """An identity that a client chose for something that happens once."""
    if is_event_id(value) is None:
        raise Invalid(field, "must be 1 to 128 printable ASCII characters without spaces")


def check_text(field: str, value: str, *, least: int = 0, most: int) -> None:
    """A text of so many characters, of which none steers anything but new lines and tabs."""
    _check_length(field, value, least, most)
    if not value.isprintable() and any(_steers(character) and character not in _LAID_OUT for character in value):
        raise Invalid(field, "must not hold control characters but new lines and tabs, nor lone surrogates")


def check_line(field: str, value: str, *, least: int = 0, most: int) -> None:
    """A text of one line: a title, a name."""
    _check_length(field, value, least, most)
    if not value.isprintable() and any(map(_steers, value)):
        raise Invalid(field, "must be one line without control characters and lone surrogates")


def check_colour(field: str, value: str) -> None:
    """A colour as it is written on the web."""
    if _is_colour(value) is None:
        raise Invalid(field, "must be a colour as #rrggbb, in small letters")


def check_time(field: str, value: str) -> None:
    """A time in the one form that events have."""
    try:
        canonical = format_time(parse_time(value)) == value
    except ValueError:
        canonical = False
    if not canonical:
        raise Invalid(field, "must be RFC 3339 in UTC with milliseconds, as in 2026-01-31T12:00:00.000Z")


def check_role(value: str) -> None:
    """One of the roles of a key."""
    if value not in ROLES:
        raise Invalid("role", f"must be one of {', '.join(ROLES)}")


def _check_length(field: str, value: str, least: int, most: int) -> None:
    if len(value.strip()) < least:
        raise Invalid(field, "must not be empty")
    if len(value) > most:
        raise Invalid(field, f"may have {most} characters at most; it has {len(value)}")


def _steers(character: str) -> bool:
    """Whether it is no character that somebody reads: control characters, other line ends, lone surrogates."""
    return unicodedata.category(character) in ("Cc", "Cs", "Zl", "Zp")
