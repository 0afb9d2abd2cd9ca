"""The same call again, with back-off and jitter, for as long as it takes."""

import logging
import time
from collections.abc import Awaitable, Callable
from typing import TypeVar

from tenacity import RetryCallState, retry_if_exception, wait_exponential_jitter
from tenacity.asyncio import AsyncRetrying

from events.ledger.errors import LedgerStopped
from services.sagas import metrics

logger = logging.getLogger(__name__)

LONGEST_WAIT_SECONDS = 10.0

T = TypeVar("T")


class Patience:
    """Calls of one part, each made until it succeeds: what follows from a decision must not be left out."""

    def __init__(self, part: str) -> None:
        self._part = part
        self._failing_since: float | None = None
        self._reason = ""

    async def call(self, call: Callable[[], Awaitable[T]]) -> T:
        """What the call gives, in the end. It must be safe to repeat.

        Raises:
            LedgerStopped: at once: no waiting mends that.
        """
        retrying = AsyncRetrying(
            retry=retry_if_exception(_may_pass),
            wait=wait_exponential_jitter(multiplier=0.1, max=LONGEST_WAIT_SECONDS),
            before_sleep=self._note,
            reraise=True,
        )
        async for attempt in retrying:
            with attempt:
                result = await call()
                self._failing_since = None
                metrics.FAILING.labels(self._part).set(0)
                return result
        raise AssertionError("unreachable: retrying ends by returning or raising")

    def complaint(self, after_seconds: float) -> str | None:
        """What has been failing for longer than so."""
        if self._failing_since is None or time.monotonic() - self._failing_since < after_seconds:
            return None
        return f"{self._part} gets nowhere: {self._reason}"

    def _note(self, attempt: RetryCallState) -> None:
        error = attempt.outcome.exception() if attempt.outcome is not None else None
        if self._failing_since is None:
            self._failing_since = time.monotonic()
        self._reason = f"{type(error).__name__}: {error}"
        metrics.FAILURES.labels(self._part).inc()
        metrics.FAILING.labels(self._part).set(time.monotonic() - self._failing_since)
        logger.warning("trying again part=%s reason=%r", self._part, error)


def _may_pass(error: BaseException) -> bool:
    return isinstance(error, Exception) and not isinstance(error, LedgerStopped)
