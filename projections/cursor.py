"""Cursors: where a page of a list ended, as an opaque token. Pages by key never repeat or skip a row that stays."""

import base64
from typing import TypeVar

import msgspec

Key = TypeVar("Key")


def cursor_token(kind: str, key: tuple[str | int, ...]) -> str:
    """An opaque, URL-safe text for the key of a page's last row in one kind of list."""
    return base64.urlsafe_b64encode(msgspec.msgpack.encode((kind, *key))).rstrip(b"=").decode()


def read_cursor(kind: str, token: str, type: type[Key]) -> Key:
    """The key (a tuple type) back.

    Raises:
        ValueError: if this is no cursor of that kind of list.
    """
    try:
        values = msgspec.msgpack.decode(base64.urlsafe_b64decode(token + "=" * (-len(token) % 4)), type=list[str | int])
        found, key = values[0], msgspec.convert(tuple(values[1:]), type)
    except (ValueError, IndexError) as error:  # msgspec's errors and binascii's are ValueErrors
        raise ValueError("not a cursor that this service gave out") from error
    if found != kind:
        raise ValueError("this cursor belongs to another list")
    return key
