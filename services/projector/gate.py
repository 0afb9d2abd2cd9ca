"""Where feeding stops for a barrier, and when it may go on."""

import asyncio
from collections.abc import Mapping

from events.log.batch import RecordBatch
from events.position import Partition


class Gate:
    """Open: everything passes. Closed: of each partition only what stands before its target. One event loop's."""

    def __init__(self) -> None:
        self._targets: Mapping[Partition, int] | None = None
        self._moved = asyncio.Event()

    @property
    def closed(self) -> bool:
        """Whether anything is held back."""
        return self._targets is not None

    def close(self, targets: Mapping[Partition, int]) -> None:
        """Let pass only what stands before a partition's target; nothing, where it has none."""
        if targets != self._targets:
            self._targets = dict(targets)
            self._move()

    def open(self) -> None:
        """Let everything pass."""
        if self.closed:
            self._targets = None
            self._move()

    def split(self, batch: RecordBatch) -> tuple[RecordBatch | None, RecordBatch | None]:
        """What of the batch may pass, and what may not yet."""
        if self._targets is None:
            return batch, None
        target = self._targets.get(Partition(batch.topic, batch.partition), 0)
        if target >= batch.end:
            return batch, None
        if target <= batch.start:
            return None, batch
        return batch.before(target), batch.from_offset(target)

    async def moved(self) -> None:
        """Wait until it was opened, or closed further on."""
        await self._moved.wait()

    def _move(self) -> None:
        self._moved.set()
        self._moved = asyncio.Event()
