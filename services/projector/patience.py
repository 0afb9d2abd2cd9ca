"""Waiting for a service that is away: the same call again, with back-off and jitter, for as long as it takes."""

import logging
import threading
from collections.abc import Callable
from typing import TypeVar

from tenacity import (
    RetryCallState,
    RetryError,
    Retrying,
    retry_if_exception_type,
    sleep_using_event,
    stop_when_event_set,
    wait_exponential_jitter,
)

from services.projector.ports import ServiceAway

logger = logging.getLogger(__name__)

LONGEST_WAIT_SECONDS = 10.0

T = TypeVar("T")


class OutOfPatience(Exception):  # noqa: N818 - what happened: it was time to stop
    """It was time to stop, and the service was still away."""


class Patience:
    """Calls of one generation, until the other side answers or `stopping` is set.

    `was_away` says whether any call ever had to wait.
    """

    def __init__(self, stopping: threading.Event, projection: str, generation: int) -> None:
        self._stopping = stopping
        self._projection = projection
        self._generation = generation
        self.was_away = False

    def call(self, call: Callable[[], T]) -> T:
        """What the call gives, in the end.

        Raises:
            OutOfPatience: if it is time to stop first.
        """
        try:
            # Nearly always all that it takes. The retrying below leaves a cycle of references behind that holds what
            # the call holds, a whole block of rows, until the garbage collector comes by.
            return call()
        except ServiceAway as error:
            self._note_away(error)
        retrying = Retrying(
            retry=retry_if_exception_type(ServiceAway),
            wait=wait_exponential_jitter(multiplier=0.1, max=LONGEST_WAIT_SECONDS),
            stop=stop_when_event_set(self._stopping),
            sleep=sleep_using_event(self._stopping),
            before_sleep=self._note,
        )
        try:
            return retrying(call)
        except RetryError as error:
            raise OutOfPatience(f"stopping while {error.last_attempt.exception()}") from error

    def _note(self, attempt: RetryCallState) -> None:
        if attempt.outcome is not None:
            self._note_away(attempt.outcome.exception())

    def _note_away(self, reason: BaseException | None) -> None:
        self.was_away = True
        logger.warning(
            "away, trying again projection=%s generation=%d reason=%s", self._projection, self._generation, reason
        )
