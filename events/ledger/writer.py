"""Writing to the ledger: append a commit, wait for one's own record in the log, and tell how the log judged it.

What counts is the record in the log, not the acknowledgement. While the outcome is in doubt the same bytes are sent
again, which is always safe: the rule admits a commit once. So the producer needs no idempotence, and is better
without (a batch that the broker refuses would poison an idempotent one).
"""

import asyncio
import logging
import random
from dataclasses import dataclass, field

from aiokafka import AIOKafkaProducer
from aiokafka.errors import KafkaError, MessageSizeTooLargeError

from events import tracing
from events.ledger.commit import Commit
from events.ledger.errors import CommitTooLarge, LedgerUnavailable, OutcomeUnknown
from events.ledger.index import Receipt
from events.settings import KafkaSettings

logger = logging.getLogger(__name__)

MAX_COMMIT_BYTES = 1024 * 1024
"""The largest commit: well under what the topic takes, so that no batch of commits is ever refused."""
_MAX_BATCH_BYTES = 2 * 1024 * 1024
_REQUEST_TIMEOUT_MS = 5000


@dataclass(eq=False, slots=True)
class _Waiting:
    commit: Commit
    value: bytes
    done: "asyncio.Future[Receipt]"
    sent: bool = False
    repetitions: int = 1
    task: "asyncio.Task[None] | None" = field(default=None)


class Writer:
    """Appends commits for writers of this process. Lives in one event loop."""

    def __init__(self, settings: KafkaSettings, topic: str, *, save_seconds: float, max_in_flight_bytes: int) -> None:
        self._settings = settings
        self._topic = topic
        self._save_seconds = save_seconds
        self._max_in_flight_bytes = max_in_flight_bytes
        self._in_flight_bytes = 0
        self._waiting: dict[bytes, _Waiting] = {}
        self._producer: AIOKafkaProducer | None = None

    async def start(self) -> None:
        """Connect; Kafka must be there."""
        producer = AIOKafkaProducer(
            **self._settings.client_options(),
            acks="all",
            enable_idempotence=False,
            compression_type="zstd",
            max_batch_size=_MAX_BATCH_BYTES,
            max_request_size=_MAX_BATCH_BYTES,
            request_timeout_ms=_REQUEST_TIMEOUT_MS,
        )
        self._producer = producer
        await producer.start()

    async def stop(self) -> None:
        """Stop sending. Whoever still waits is told what is known of its commit."""
        self.give_up("this process stops writing to the ledger")
        if self._producer is not None:
            try:
                await asyncio.wait_for(self._producer.stop(), timeout=2)
            except (KafkaError, OSError, TimeoutError) as error:
                logger.warning("ledger producer stopped badly reason=%r", error)

    def submit(self, commit: Commit, value: bytes) -> "asyncio.Future[Receipt]":
        """Append the commit; the future tells how the log judged it.

        Raises:
            CommitTooLarge, LedgerUnavailable: at once; nothing was appended.
        """
        if len(value) > MAX_COMMIT_BYTES:
            raise CommitTooLarge(f"a commit may have {MAX_COMMIT_BYTES} bytes; this one has {len(value)}")
        waiting = self._waiting.get(value)
        if waiting is not None:  # the very same commit is on its way: both learn the one verdict
            return waiting.done
        if self._in_flight_bytes + len(value) > self._max_in_flight_bytes:
            raise LedgerUnavailable(f"{self._in_flight_bytes} bytes wait for the ledger already: try again soon")
        loop = asyncio.get_running_loop()
        waiting = _Waiting(commit, value, loop.create_future())
        self._waiting[value] = waiting
        self._in_flight_bytes += len(value)
        waiting.task = loop.create_task(self._append(waiting))
        timer = loop.call_later(self._save_seconds, self._give_up_on, waiting, "the log did not say in time")
        waiting.done.add_done_callback(lambda _: timer.cancel())
        return waiting.done

    def judged(self, value: bytes, outcome: Receipt | Exception) -> None:
        """The follower met this record in the log: tell its writer, if it is ours."""
        waiting = self._forget(value)
        if waiting is None or waiting.done.done():
            return
        if isinstance(outcome, Receipt):
            waiting.done.set_result(outcome)
        else:
            waiting.done.set_exception(outcome)

    def give_up(self, why: str) -> None:
        """Tell everybody who waits that nothing more will be learnt here."""
        for waiting in list(self._waiting.values()):
            self._give_up_on(waiting, why)

    async def _append(self, waiting: _Waiting) -> None:
        """Send until Kafka acknowledges; the follower ends the waiting, or the time limit does."""
        with tracing.span(f"append {self._topic}", "producer", {"messaging.destination.name": self._topic}):
            await self._send(waiting, list(tracing.headers()))

    async def _send(self, waiting: _Waiting, headers: list[tuple[str, bytes]]) -> None:
        key = waiting.commit.workspace.encode()
        delay = 0.1
        while self._producer is not None:
            try:
                sending = self._producer.send(self._topic, waiting.value, key=key, partition=0, headers=headers)
                waiting.sent = True
                await (await sending)
            except MessageSizeTooLargeError as error:
                self.judged(waiting.value, CommitTooLarge(f"the broker refused the commit: {error}"))
                return
            except (KafkaError, OSError) as error:
                logger.warning("commit not acknowledged, sending it again id=%s reason=%r", waiting.commit.id, error)
                await asyncio.sleep(delay * random.uniform(0.5, 1.5))  # noqa: S311 - jitter
                delay = min(2.0, delay * 2)
            else:
                return

    def _give_up_on(self, waiting: _Waiting, why: str) -> None:
        self._forget(waiting.value)
        if waiting.done.done():
            return
        if waiting.sent:
            commit_id = waiting.commit.id
            waiting.done.set_exception(
                OutcomeUnknown(
                    f"commit {commit_id!r} may or may not be on the ledger ({why}): "
                    "to find out, save the same again under the same commit id"
                )
            )
        else:
            waiting.done.set_exception(LedgerUnavailable(f"nothing was appended ({why}): try again"))

    def _forget(self, value: bytes) -> _Waiting | None:
        waiting = self._waiting.pop(value, None)
        if waiting is not None:
            self._in_flight_bytes -= len(value)
            if waiting.task is not None and not waiting.task.done():
                waiting.task.cancel()
        return waiting
