"""Opaque, URL-safe texts that carry values out and back: positions, and where a page of a list ended."""

import base64
from typing import TypeVar

import msgspec

Values = TypeVar("Values")


def token_of(values: object) -> str:
    """The text of numbers, texts and lists of them."""
    return base64.urlsafe_b64encode(msgspec.msgpack.encode(values)).rstrip(b"=").decode()


def values_of(token: str, type: type[Values]) -> Values:
    """What a text carries.

    Raises:
        ValueError: if it is no such text, or carries something of another type.
    """
    # msgspec's errors and binascii's are ValueErrors.
    return msgspec.msgpack.decode(base64.urlsafe_b64decode(token + "=" * (-len(token) % 4)), type=type)
