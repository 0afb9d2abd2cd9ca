"""Who asks: the key of a request, the workspace that it names, and what its role allows."""

import asyncio
import base64
import time
from functools import lru_cache

from starlette.types import Scope

from api import problems
from api.bodies import header
from api.problems import Problem
from events.domain.directory import Directory, KeyEntry
from events.domain.keys import Role, hash_key, read_key

_RANKS: dict[Role, int] = {"read": 0, "ingest": 1, "admin": 2}
_RECHECK_SECONDS = 0.5
_BEARER = 'Bearer realm="groundswell"'
_BASIC = 'Basic realm="groundswell", charset="UTF-8"'


def check_sees_internal(key: KeyEntry, what: str) -> None:
    """For what is internal; `what` says what that is, with its verb.

    Raises:
        Problem: 403 for keys that may not see it.
    """
    if not key.sees_internal:
        detail = f"{what} for keys of role admin, and for those made with --internal"
        raise Problem(problems.FORBIDDEN, detail)


@lru_cache(maxsize=10_000)
def _hash_of(authorization: bytes, *, basic: bool = False) -> str | None:
    """The hash of the key in an `Authorization` header; None if it holds none."""
    scheme, _, text = authorization.decode("latin-1").partition(" ")
    text = text.strip()
    if basic and scheme.lower() == "basic":
        text = _password(text)
    elif scheme.lower() != "bearer":
        return None
    key = read_key(text)
    return None if key is None else hash_key(key.text)


def _password(credentials: str) -> str:
    """The password of a user, whoever that is; empty where these are no credentials."""
    try:
        return base64.b64decode(credentials, validate=True).decode().partition(":")[2]
    except ValueError:
        return ""


class Keys:
    """Looks keys up by their hash, in memory. A revoked key is refused as soon as this process has heard of it."""

    def __init__(self, directory: Directory) -> None:
        self._directory = directory
        self._checked = 0.0
        self._lock = asyncio.Lock()

    async def authenticate(self, scope: Scope, role: Role, *, basic: bool = False) -> KeyEntry:
        """The request's key, which must have at least this role; with `basic` it may be a password.

        Raises:
            Problem: 401 without a key that opens anything, 403 for too small a role.
        """
        authorization = header(scope, b"authorization")
        hashed = None if authorization is None else _hash_of(authorization, basic=basic)
        # Alone where it is taken: a browser looks at the first challenge of a line only.
        challenge = _BASIC if basic else _BEARER
        if hashed is None:
            headers = {"www-authenticate": challenge}
            raise Problem(problems.UNAUTHENTICATED, "send Authorization: Bearer <key>", headers=headers)
        entry = self._directory.key_for(hashed) or await self._look_again(hashed)
        if entry is None:
            headers = {"www-authenticate": challenge.replace(_BEARER, f'{_BEARER}, error="invalid_token"')}
            raise Problem(problems.UNAUTHENTICATED, "this key opens nothing (any more)", headers=headers)
        if _RANKS[entry.role] < _RANKS[role]:
            raise Problem(problems.FORBIDDEN, f"this needs a key of role {role}; this one has role {entry.role}")
        return entry

    async def _look_again(self, hashed: str) -> KeyEntry | None:
        """The key may be newer than what this process has followed; asking the log is bounded however many ask."""
        asked = time.monotonic()
        async with self._lock:
            if self._checked < asked - _RECHECK_SECONDS:
                await self._directory.catch_up()
                self._checked = time.monotonic()
        return self._directory.key_for(hashed)
