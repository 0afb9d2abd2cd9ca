"""API keys: `gsk_<key id>_<secret>`. Only the hash is ever stored; whoever lost a key makes another."""

import hashlib
import re
import secrets
from typing import Literal, NamedTuple

Role = Literal["ingest", "read", "admin"]
ROLES: tuple[Role, ...] = ("ingest", "read", "admin")
_FORM = re.compile(r"gsk_([A-Za-z0-9]{1,64})_[A-Za-z0-9_-]{16,128}\Z")


class ApiKey(NamedTuple):
    """A fresh key: its id, the text to hand out once, and the hash to keep."""

    key: str
    text: str
    hash: str

    def __repr__(self) -> str:
        return f"ApiKey(key={self.key!r})"  # a secret has no place in logs and tracebacks


def generate_key() -> ApiKey:
    """A key with 256 bits of secret."""
    key = secrets.token_hex(6)
    text = f"gsk_{key}_{secrets.token_urlsafe(32)}"
    return ApiKey(key, text, hash_key(text))


def read_key(text: str) -> ApiKey | None:
    """The parts of a key's text; None if it does not have the form of one."""
    match = _FORM.match(text)
    return None if match is None else ApiKey(match[1], text, hash_key(text))


def hash_key(text: str) -> str:
    """SHA-256 in hex.

    Keys are found by it in a table, so no comparison can tell by its duration how much of a guess was right; and a
    secret of 256 random bits needs no slow hash.
    """
    return hashlib.sha256(text.encode()).hexdigest()
