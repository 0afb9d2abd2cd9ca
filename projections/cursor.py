"""Cursors: where a page of a list ended, as an opaque token. Pages by key never repeat or skip a row that stays."""

from typing import TypeVar

import msgspec

from events.tokens import token_of, values_of

Key = TypeVar("Key")


def cursor_token(kind: str, key: tuple[str | int, ...]) -> str:
    """An opaque, URL-safe text for the key of a page's last row in one kind of list."""
    return token_of((kind, *key))


def read_cursor(kind: str, token: str, type: type[Key]) -> Key:
    """The key (a tuple type) back.

    Raises:
        ValueError: if this is no cursor of that kind of list.
    """
    try:
        values = values_of(token, list[str | int])
        found, key = values[0], msgspec.convert(tuple(values[1:]), type)
    except (ValueError, IndexError) as error:
        raise ValueError("not a cursor that this service gave out") from error
    if found != kind:
        raise ValueError("this cursor belongs to another list")
    return key
