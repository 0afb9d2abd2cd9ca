"""The way from a reader to its runners, which a barrier can close.

Closed, it lets pass of each partition what stands before its target. What may not pass yet waits here, in order, and
keeps no other partition waiting.
"""

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence

from events.position import Partition
from services.projector.transport import Delivery

Feed = Callable[[Sequence[Delivery]], Awaitable[None]]


class Passage:
    """All of one event loop. Feeds one call at a time."""

    def __init__(self, feed: Feed) -> None:
        self._feed = feed
        self._targets: Mapping[Partition, int] | None = None
        self._waiting: list[Delivery] = []
        self._one_at_a_time = asyncio.Lock()
        self._passing: asyncio.Task[None] | None = None

    @property
    def busy(self) -> bool:
        """Whether something is being fed just now."""
        return self._one_at_a_time.locked()

    @property
    def waiting(self) -> int:
        """How many records wait here."""
        return sum(len(delivery.batch) for delivery in self._waiting)

    async def put(self, deliveries: Sequence[Delivery]) -> None:
        """Feed what may pass. Returns when it is fed."""
        async with self._one_at_a_time:
            await self._pass(deliveries)

    def close(self, targets: Mapping[Partition, int]) -> None:
        """From now on let pass only what stands before a partition's target; nothing, where it has none."""
        if targets != self._targets:
            self._targets = dict(targets)
            self._let_pass()

    def open(self) -> None:
        """Let everything pass."""
        if self._targets is not None:
            self._targets = None
            self._let_pass()

    def clear(self) -> None:
        """Forget what waits: it is read again."""
        self._waiting.clear()

    def _let_pass(self) -> None:
        """What waited may pass now, without anything new coming."""
        if self._waiting:
            self._passing = asyncio.create_task(self.put(()))

    async def _pass(self, deliveries: Sequence[Delivery]) -> None:
        allowed: list[Delivery] = []
        held: list[Delivery] = []
        for delivery in [*self._waiting, *deliveries]:
            target = self._target(Partition(delivery.batch.topic, delivery.batch.partition))
            if target is None or target >= delivery.batch.end:
                allowed.append(delivery)
            elif target <= delivery.batch.start:
                held.append(delivery)
            else:
                allowed.append(delivery._replace(batch=delivery.batch.before(target)))
                held.append(delivery._replace(batch=delivery.batch.from_offset(target)))
        self._waiting = held
        if allowed:
            await self._feed(allowed)

    def _target(self, partition: Partition) -> int | None:
        return None if self._targets is None else self._targets.get(partition, 0)
