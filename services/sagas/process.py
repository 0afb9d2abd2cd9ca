"""The process: open the log, run every part, and end where one of them can't go on."""

import asyncio
import logging
import signal
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import AsyncExitStack, asynccontextmanager, suppress

from tenacity import retry_if_exception_type, wait_exponential_jitter
from tenacity.asyncio import AsyncRetrying
from tenacity.before_sleep import before_sleep_log

from events import logs
from events.domain.application import Feedback
from events.ledger.errors import IndexInUse, LedgerUnavailable
from events.ledger.settings import LedgerSettings
from events.log.opening import LogError, open_log
from events.settings import KafkaSettings
from services import health_pages
from services.sagas import metrics
from services.sagas.catalog import parts
from services.sagas.part import Part, Surroundings
from services.sagas.settings import SagasSettings

logger = logging.getLogger(__name__)

CONNECT_SECONDS = 5.0
LOOK_SECONDS = 0.5

Parts = Callable[[Surroundings], Sequence[Part]]


class SagasStopped(Exception):  # noqa: N818 - what happened
    """The process can't go on; the message says why and what to do."""


def run(settings: SagasSettings, kafka: KafkaSettings) -> int:
    """Run the sagas until told to stop (TERM, INT); the process's exit code."""

    async def main() -> None:
        working = asyncio.create_task(work(settings, kafka, parts))
        for number in (signal.SIGTERM, signal.SIGINT):
            asyncio.get_running_loop().add_signal_handler(number, working.cancel)
        with suppress(asyncio.CancelledError):
            await working

    try:
        asyncio.run(main())
    except health_pages.AddressTaken as error:
        logs.last_words("sagas", f"{error}: set GROUNDSWELL_SAGAS_HOST and GROUNDSWELL_SAGAS_PORT to a free address")
        return 1
    except (SagasStopped, LogError, IndexInUse) as error:
        logs.last_words("sagas", str(error))
        return 1
    return 0


async def work(settings: SagasSettings, kafka: KafkaSettings, parts: Parts) -> None:
    """Run these parts until cancelled.

    Raises:
        SagasStopped: if one of them can't go on, or the ledger is no longer followed.
        AddressTaken: if health and metrics can't be served.
        LogError, IndexInUse: if the log or the index is not as it must be.
    """
    health = Health()
    async with AsyncExitStack() as stack:
        pages = health_pages.web_app(health.complaint, metrics.METRICS.text)
        await stack.enter_async_context(health_pages.served(pages, settings.host, settings.port))
        surroundings = await stack.enter_async_context(_surroundings(settings, kafka))
        running = parts(surroundings)
        health.watch(running)
        logger.info("sagas run parts=%s", ",".join(part.name for part in running))
        await _run_all(running, surroundings.feedback)


class Health:
    """Whether the process works."""

    def __init__(self) -> None:
        self._parts: Sequence[Part] | None = None

    def watch(self, parts: Sequence[Part]) -> None:
        """From now on there is something to watch."""
        self._parts = parts

    def complaint(self) -> str | None:
        """Why the process is not ready; None if it is."""
        if self._parts is None:
            return "waiting for Kafka"
        complaints = [complaint for part in self._parts if (complaint := part.complaint()) is not None]
        return "; ".join(complaints) or None


@asynccontextmanager
async def _surroundings(settings: SagasSettings, kafka: KafkaSettings) -> AsyncIterator[Surroundings]:
    """The opened log and the ledger's application, however long Kafka takes to come."""
    topics = await open_log(kafka)
    feedback = await _open_patiently(settings, kafka)
    metrics.LEDGER_FOLLOWED.set_function(lambda: feedback.ledger.failure is None)
    try:
        yield Surroundings(kafka, topics, feedback)
    finally:
        await asyncio.to_thread(feedback.close)


async def _open_patiently(settings: SagasSettings, kafka: KafkaSettings) -> Feedback:
    async for attempt in AsyncRetrying(
        retry=retry_if_exception_type((LedgerUnavailable, OSError)),
        wait=wait_exponential_jitter(multiplier=0.2, max=5),
        before_sleep=before_sleep_log(logger, logging.WARNING),
        reraise=True,
    ):
        with attempt:
            return await asyncio.to_thread(_open, settings, kafka)
    raise AssertionError("unreachable: retrying ends by returning or raising")


def _open(settings: SagasSettings, kafka: KafkaSettings) -> Feedback:
    """Bounded, so that a stop is never kept waiting by a Kafka that does not come."""
    ledger = LedgerSettings()
    index = ledger.index or settings.ledger_index
    index.parent.mkdir(parents=True, exist_ok=True)
    limits = {"index": index, "connect_seconds": ledger.connect_seconds or CONNECT_SECONDS}
    return Feedback(kafka, ledger.model_copy(update=limits))


async def _run_all(parts: Sequence[Part], feedback: Feedback) -> None:
    """Run all of them until one ends, which none should.

    Raises:
        SagasStopped: when one does.
    """
    tasks = {asyncio.create_task(part.run(), name=part.name) for part in parts}
    watching = asyncio.create_task(_lost(feedback), name="the ledger")
    try:
        done, _ = await asyncio.wait({*tasks, watching}, return_when=asyncio.FIRST_COMPLETED)
        ended = done.pop()
        raise SagasStopped(f"{ended.get_name()} can't go on: {ended.exception()}; start again") from ended.exception()
    finally:
        for task in (*tasks, watching):
            task.cancel()
        await asyncio.wait({*tasks, watching})


async def _lost(feedback: Feedback) -> None:
    """Raises why the ledger is no longer followed, once it is not."""
    while (failure := feedback.ledger.failure) is None:  # noqa: ASYNC110 - it is set in the ledger's own thread
        await asyncio.sleep(LOOK_SECONDS)
    raise failure
