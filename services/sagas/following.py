"""A saga follows the ledger: what each decision leads to is done after it, in order, and at least once.

**Where it stands** is the committed offset of a consumer group, which Kafka keeps, so nothing local is needed. Every
process reads the ledger from its first commit, so that a saga may remember what it must know; what leads to something
before that offset was done, and is passed over. So a replay does nothing.

**At least once**: the position moves after everything before it was done. A process that dies in between, or two of
them at once, do some of it twice; each saga sees to it that this changes nothing.

**Liveness**: a failing act is tried again for ever, with a line in the log, and nothing overtakes it.
"""

import asyncio
import logging
import time
from collections import deque
from collections.abc import Sequence
from contextlib import suppress
from typing import Generic, NamedTuple, Protocol, TypeVar

from events.domain.event import DomainEvent
from events.domain.vocabulary import decode_domain_event
from events.ledger.index import AdmittedCommit
from events.log.kept_position import KeptPosition, group_of_saga
from events.position import Partition
from services.sagas import metrics
from services.sagas.part import Surroundings
from services.sagas.patience import Patience

logger = logging.getLogger(__name__)

MOST_AT_ONCE = 200
REMEMBER_SECONDS = 1.0
"""How often a position is kept that moved over decisions that lead to nothing."""
RENEW_SECONDS = 3600.0
"""How often a position is kept that did not move: Kafka forgets what nobody commits for days."""
STUCK_SECONDS = 60.0

W = TypeVar("W")


class Decided(NamedTuple):
    """An admitted commit: where it stands on the ledger, and its events in order."""

    workspace: str
    offset: int
    events: Sequence[DomainEvent]


class Saga(Protocol[W]):
    """What follows from decisions. `W` is one thing to do."""

    @property
    def name(self) -> str:
        """A part of the group's name, so it never changes."""
        ...

    def decide(self, decided: Decided) -> Sequence[W]:
        """What this commit leads to, nothing for most.

        Called of every commit from the log's first on, in order, in the ledger's thread: it must be quick and must not
        raise, and what it answers must follow from the commits alone.
        """
        ...

    async def act(self, work: Sequence[W]) -> None:
        """Do these, in order. Whatever it raises means that all of them are tried again; doing them twice is safe."""
        ...


class _Due(NamedTuple, Generic[W]):
    offset: int
    work: Sequence[W]


class Following(Generic[W]):
    """A part that drives a saga along the ledger."""

    def __init__(self, saga: Saga[W], surroundings: Surroundings) -> None:
        self._saga = saga
        self._ledger = surroundings.feedback.ledger
        self._kept = KeptPosition(
            surroundings.kafka,
            group_of_saga(surroundings.topics, saga.name),
            Partition(surroundings.topics.ledger, 0),
        )
        self._patience = Patience(saga.name)
        self._position = 0
        self._heard = 0
        self._due: deque[_Due[W]] = deque()
        self._news = asyncio.Event()
        self._loop: asyncio.AbstractEventLoop | None = None
        self._failure: BaseException | None = None

    @property
    def name(self) -> str:
        """The saga's."""
        return self._saga.name

    def complaint(self) -> str | None:
        """See `Part`."""
        return self._patience.complaint(STUCK_SECONDS)

    async def run(self) -> None:
        """See `Part`."""
        self._loop = asyncio.get_running_loop()
        async with self._kept:
            self._position = await self._patience.call(self._kept.read)
            logger.info("saga goes on name=%s offset=%d", self.name, self._position)
            await asyncio.to_thread(self._ledger.listen, self._hear)
            kept, kept_at = self._position, time.monotonic()
            while True:
                acted = await self._act()
                self._pass_over()
                since = time.monotonic() - kept_at
                if acted or since > (RENEW_SECONDS if self._position == kept else REMEMBER_SECONDS):
                    await self._patience.call(lambda: self._kept.write(self._position))
                    kept, kept_at = self._position, time.monotonic()
                self._measure()
                if not acted:
                    await self._wait()

    def _hear(self, commit: AdmittedCommit) -> None:
        """In the ledger's thread."""
        if self._failure is not None:
            return
        offset = commit.receipt.position.offset
        try:
            events = [decode_domain_event(stored.topic, stored.state) for stored in commit.events]
            work = self._saga.decide(Decided(commit.workspace, offset, events))
        except Exception as error:  # must not end the ledger's follower
            self._failure = error
            logger.exception("saga can't go on name=%s offset=%d", self.name, offset)
        else:
            if work and offset >= self._position:
                self._due.append(_Due(offset, work))
            self._heard = offset + 1
        assert self._loop is not None
        self._loop.call_soon_threadsafe(self._news.set)

    async def _act(self) -> bool:
        """Do what is due, some of it; whether there was anything."""
        taken: list[_Due[W]] = []
        count = 0
        while self._due and (not taken or count + len(self._due[0].work) <= MOST_AT_ONCE):
            taken.append(self._due.popleft())
            count += len(taken[-1].work)
        if not taken:
            return False
        work = [each for due in taken for each in due.work]
        await self._patience.call(lambda: self._saga.act(work))
        metrics.ACTS.labels(self.name).inc(count)
        self._position = taken[-1].offset + 1
        return True

    def _pass_over(self) -> None:
        """Move over what leads to nothing."""
        heard = self._heard  # before looking whether something is due: it is set after that is known
        if not self._due:
            self._position = max(self._position, heard)

    async def _wait(self) -> None:
        """Until there may be more to do, or the position may be due."""
        if self._failure is not None:
            raise self._failure
        with suppress(TimeoutError):
            async with asyncio.timeout(REMEMBER_SECONDS):
                await self._news.wait()
        self._news.clear()

    def _measure(self) -> None:
        metrics.POSITION.labels(self.name).set(self._position)
        metrics.LAG.labels(self.name).set(max(0, self._heard - self._position))
