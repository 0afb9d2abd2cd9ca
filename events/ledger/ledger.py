"""The ledger as one process sees it: save commits, learn the log's verdict, hear of everything that was admitted.

The clients and the index's writing side live in a thread of their own with its own event loop; every public method
may be called from any thread.
"""

import asyncio
import contextlib
import logging
import threading
from collections.abc import Callable, Coroutine, Sequence
from concurrent.futures import Future
from pathlib import Path
from typing import TypeVar

from aiokafka.errors import KafkaError

from events.ledger.admission import Reason, Void, decide
from events.ledger.commit import Commit, encode_commit
from events.ledger.errors import (
    CommitIdReused,
    LedgerStopped,
    LedgerUnavailable,
    TooManyPartitions,
    VersionConflict,
)
from events.ledger.follower import Follower, Judged
from events.ledger.index import AdmittedCommit, LedgerIndex, Receipt
from events.ledger.log_end import LogEnd
from events.ledger.settings import LedgerSettings
from events.ledger.temporary import TemporaryFolder
from events.ledger.writer import Writer
from events.log.opening import open_log
from events.log.topics import Topics
from events.settings import KafkaSettings

logger = logging.getLogger(__name__)

_T = TypeVar("_T")
Listener = Callable[[AdmittedCommit], None]


class Ledger:
    """One process's hold on the ledger. `start` it before use and `close` it after."""

    index: LedgerIndex
    topics: Topics

    def __init__(self, kafka: KafkaSettings, settings: LedgerSettings) -> None:
        self.settings = settings
        self.failure: BaseException | None = None
        """Why this process no longer follows; None while all is well."""
        self._kafka = kafka
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, name="ledger", daemon=True)
        self._listeners: list[Listener] = []
        self._wakers: set[threading.Event] = set()
        self._temporary: TemporaryFolder | None = None
        self._state_lock = threading.Lock()
        self._running = False

    def start(self) -> None:
        """Open the log and the index and follow up to the log's present end.

        Raises:
            TooManyPartitions: if the ledger has no single order.
            IndexInUse: if another process holds the index.
            LedgerUnavailable: if Kafka is away, or goes away meanwhile.
            LogError, LedgerStopped: if the log is not as it must be.
        """
        self._thread.start()
        self._running = True
        try:
            self._call(self._start()).result()
        except KafkaError as error:
            self.close()
            raise LedgerUnavailable(
                f"Kafka at {self._kafka.bootstrap_servers} can't be reached ({error}): start it, "
                "or say where it is in KAFKA_BOOTSTRAP_SERVERS"
            ) from error
        except BaseException:
            self.close()
            raise

    def close(self) -> None:
        """Stop following and writing; may be called twice. Whoever still waits for a save is told what is known."""
        with self._state_lock:
            if not self._running:
                return
            self._running = False
        if threading.current_thread() is self._thread:  # a finalizer may run anywhere, also here
            self._loop.create_task(self._stop()).add_done_callback(lambda _: self._loop.stop())
            return
        with contextlib.suppress(TimeoutError):
            asyncio.run_coroutine_threadsafe(self._stop(), self._loop).result(timeout=15)
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(timeout=5)
        if not self._thread.is_alive():
            self._loop.close()
        if self._temporary is not None:
            self._temporary.remove()

    def submit(self, commit: Commit) -> "Future[Receipt]":
        """Save a commit. The future gives its receipt once the log admitted it.

        The same commit saved again gives the receipt of the first time. The future raises `VersionConflict`,
        `CommitIdReused`, `OutcomeUnknown`, `LedgerUnavailable`, `CommitTooLarge` or `LedgerStopped`.
        """
        return self._call(self._save(commit))

    def catch_up(self, timeout: float) -> "Future[None]":
        """Follow up to where the log ends now; the future raises `LedgerUnavailable` or `LedgerStopped`."""
        return self._call(self._catch_up(timeout))

    def listen(self, listener: Listener) -> None:
        """Tell `listener` of everything admitted, from the first commit on, in order, without a gap or an end.

        It is called in the ledger's thread: it must be quick, and must not raise. Returns when it has been told of
        all that the index holds.
        """
        self._call(self._listen(listener)).result()

    def wake(self, waker: threading.Event) -> None:
        """Set `waker` whenever something was admitted, until `unwake`."""
        self._wakers.add(waker)

    def unwake(self, waker: threading.Event) -> None:
        """The opposite of `wake`."""
        self._wakers.discard(waker)

    # -- in the ledger's thread --

    def _call(self, work: Coroutine[object, object, _T]) -> "Future[_T]":
        with self._state_lock:  # what is scheduled here is scheduled before anything that `close` schedules
            if self._running:
                return asyncio.run_coroutine_threadsafe(work, self._loop)
        work.close()
        refused: Future[_T] = Future()
        refused.set_exception(LedgerStopped("the ledger is closed"))
        return refused

    async def _start(self) -> None:
        self.topics = await open_log(self._kafka, wait_seconds=self.settings.connect_seconds)
        partitions = self.topics.count(self.topics.ledger)
        if partitions != 1:
            raise TooManyPartitions(
                f"{self.topics.ledger} has {partitions} partitions, so its commits have no one order to number: "
                "the recorder follows a ledger of exactly 1"
            )
        self._end = LogEnd(self._kafka, self.topics.ledger)
        await self._end.start()
        self.index = LedgerIndex(self._index_path(), epoch=self.topics.epoch, topic=self.topics.ledger)
        end = await self._end.get()
        if self.index.next_offset > end:
            logger.warning("the log is shorter than the ledger index: building it again topic=%s", self.index.topic)
            self.index.restart()
        self._writer = Writer(
            self._kafka,
            self.topics.ledger,
            save_seconds=self.settings.save_seconds,
            max_in_flight_bytes=self.settings.max_in_flight_bytes,
        )
        await self._writer.start()
        self._follower = Follower(self._kafka, self.index, self._judged)
        self._following = asyncio.get_running_loop().create_task(self._follow(), name="follow the ledger")
        await self._until(self._follower.reached(end))

    def _index_path(self) -> Path:
        if self.settings.index is not None:
            return self.settings.index
        self._temporary = TemporaryFolder()
        return self._temporary.path / "index.sqlite"

    async def _stop(self) -> None:
        if hasattr(self, "_following"):
            self._following.cancel()
            await asyncio.gather(self._following, return_exceptions=True)
        if hasattr(self, "_writer"):
            await self._writer.stop()
        if hasattr(self, "_end"):
            await self._end.stop()
        if hasattr(self, "index"):
            self.index.close()
        self._wake()
        await self._end_other_tasks()

    async def _end_other_tasks(self) -> None:
        """Let callers hear what became of their calls, so that nobody waits for a loop that has ended."""
        others = asyncio.all_tasks() - {asyncio.current_task()}
        if others:
            _, still_running = await asyncio.wait(others, timeout=1)
            for task in still_running:
                task.cancel()
            await asyncio.gather(*still_running, return_exceptions=True)

    async def _follow(self) -> None:
        try:
            await self._follower.run()
        except asyncio.CancelledError:
            raise
        except BaseException as error:
            self.failure = error
            logger.critical("ledger no longer followed topic=%s reason=%s", self.index.topic, error)
            self._writer.give_up(f"this process stopped following the ledger: {error}")
            self._wake()
            raise

    async def _until(self, work: Coroutine[object, object, _T]) -> _T:
        """Wait for something that the follower brings about, unless it ends before."""
        task = asyncio.ensure_future(work)
        try:
            await asyncio.wait({task, self._following}, return_when=asyncio.FIRST_COMPLETED)
            if not task.done():
                raise LedgerStopped(str(self.failure or "the ledger is closed"))
            return task.result()
        finally:
            task.cancel()

    async def _save(self, commit: Commit) -> Receipt:
        self._check_following()
        # What is void by what we know already is void for ever: nothing needs to be appended. And what is appended
        # lies at most one version ahead of what we know, so that sending it twice can't have it admitted late.
        known = decide(self.index, commit)
        if isinstance(known, Void):
            return self._receipt_or_raise(commit, known)
        return await asyncio.shield(self._writer.submit(commit, encode_commit(commit)))

    async def _catch_up(self, timeout: float) -> None:  # noqa: ASYNC109 - callers in other threads can't cancel
        self._check_following()
        try:
            async with asyncio.timeout(timeout):
                await self._until(self._follower.reached(await self._end.get()))
        except TimeoutError:
            raise LedgerUnavailable(f"could not follow the ledger to its end within {timeout} s") from None
        except (KafkaError, OSError) as error:
            raise LedgerUnavailable(f"Kafka does not say where the ledger ends: {error!r}") from error

    async def _listen(self, listener: Listener) -> None:
        for admitted in self.index.admitted_commits():
            listener(admitted)
        self._listeners.append(listener)

    def _check_following(self) -> None:
        if self._following.done():
            raise LedgerStopped(str(self.failure or "the ledger is closed"))

    def _judged(self, judged: Sequence[Judged]) -> None:
        for value, commit, verdict in judged:
            if isinstance(verdict, Void):
                try:
                    outcome: Receipt | Exception = self._receipt_or_raise(commit, verdict)
                except (VersionConflict, CommitIdReused) as error:
                    outcome = error
            else:
                outcome = verdict.receipt
                for listener in self._listeners:
                    listener(verdict)
            self._writer.judged(value, outcome)
        self._wake()

    def _receipt_or_raise(self, commit: Commit, void: Void) -> Receipt:
        if void.reason is Reason.ID_REUSED:
            raise CommitIdReused(void.detail)
        found = self.index.find_commit(commit.workspace, commit.id) if void.reason is Reason.DUPLICATE else None
        if found is None:
            raise VersionConflict(void.detail)
        return found[1]

    def _wake(self) -> None:
        for waker in tuple(self._wakers):
            waker.set()
