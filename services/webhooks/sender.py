"""One request to a receiver: bounded in time, never redirected, its answer's body not read."""

import asyncio
import time
from collections.abc import Mapping
from importlib.metadata import version
from types import TracebackType
from typing import NamedTuple, Self

import aiohttp

from events.deliveries import Outcome
from events.domain.refusals import Invalid
from events.domain.webhooks.targets import check_scheme
from services.webhooks.addresses import AddressRefused, Gate
from services.webhooks.settings import DeliverySettings

_CONNECT_SHARE = 2 / 3
_MOST_RETRY_AFTER = 86_400.0
_REASON_CHARACTERS = 300


class Answer(NamedTuple):
    """What came of a request. `status` is 0 where there was no answer; `retry_after` is in seconds, 0 if not asked."""

    outcome: Outcome
    status: int
    reason: str
    milliseconds: int
    retry_after: float = 0.0


class Sender:
    """Sends requests, to public addresses only unless private ones are allowed."""

    def __init__(self, settings: DeliverySettings, *, allow_private: bool) -> None:
        self._settings = settings
        self._allow_private = allow_private
        self._gate = Gate(allow_private=allow_private)
        self._session: aiohttp.ClientSession | None = None

    async def __aenter__(self) -> Self:
        seconds = self._settings.timeout_seconds
        self._session = aiohttp.ClientSession(
            connector=aiohttp.TCPConnector(limit=self._settings.connections, socket_factory=self._gate.socket),
            timeout=aiohttp.ClientTimeout(total=seconds, sock_connect=seconds * _CONNECT_SHARE),
            headers={"user-agent": f"Groundswell/{version('groundswell')}", "content-type": "application/json"},
            cookie_jar=aiohttp.DummyCookieJar(),
            auto_decompress=False,
            trust_env=False,
        )
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._session is not None:
            await self._session.close()

    async def send(self, url: str, headers: Mapping[str, str], body: bytes) -> Answer:
        """Post this, and say what came of it."""
        assert self._session is not None, "open it first"
        began = time.monotonic()
        try:
            check_scheme(url, allow_private=self._allow_private)
            async with self._session.post(url, data=body, headers=headers, allow_redirects=False) as response:
                status, retry_after = response.status, _retry_after(response.headers.get("retry-after", ""))
        except TimeoutError:
            return Answer("failed", 0, f"no answer within {self._settings.timeout_seconds:g} s", _since(began))
        except Invalid as error:
            return Answer("failed", 0, str(error), _since(began))
        except (aiohttp.ClientError, OSError, ValueError, asyncio.IncompleteReadError) as error:
            return Answer("failed", 0, _plain(error), _since(began))
        return _judged(status, _since(began), retry_after)


def _judged(status: int, milliseconds: int, retry_after: float) -> Answer:
    if 200 <= status < 300:
        return Answer("delivered", status, "", milliseconds)
    if status == 410:
        return Answer("gone", status, "the receiver answered 410 Gone", milliseconds)
    if 300 <= status < 400:
        return Answer("failed", status, f"the receiver answered {status}: redirects are not followed", milliseconds)
    return Answer("failed", status, f"the receiver answered {status}", milliseconds, retry_after)


def _retry_after(text: str) -> float:
    """Seconds; dates are as good as nothing."""
    return min(float(text), _MOST_RETRY_AFTER) if text.isdecimal() and len(text) < 8 else 0.0


def _plain(error: Exception) -> str:
    """What went wrong, in one line of ours and the library's words."""
    cause = error.os_error if isinstance(error, aiohttp.ClientConnectorError) else error
    if isinstance(cause, AddressRefused):
        return str(cause)
    text = " ".join(str(error).split()) or type(error).__name__
    return text[:_REASON_CHARACTERS]


def _since(began: float) -> int:
    return round((time.monotonic() - began) * 1000)
