"""From the log to a runner, until it has caught up."""

import time
from collections.abc import Callable, Sequence

from events.log.batch import RecordBatch
from events.log.fetch import MAX_RECORDS
from events.log.reader import LogReader
from events.position import Partition
from events.settings import KafkaSettings
from services.projector.garbage import Garbage
from services.projector.runner import Runner
from services.projector.serial_thread import SerialThread
from services.rebuild.flushing import Flusher
from services.rebuild.messages import Began, Came, Message

REPORT_SECONDS = 0.5
SMALL_REST = MAX_RECORDS
"""Caught up is who has this little left, however fast the log grows: whoever follows it from then on folds that."""

Report = Callable[[Message], None]


class Folding:
    """Feeds one runner from positions that its state gives, with the blocks and the reports of a rebuild."""

    def __init__(
        self,
        runner: Runner,
        partitions: Sequence[Partition],
        block_records: int,
        report: Report,
        *,
        until: dict[Partition, int] | None = None,
    ) -> None:
        self._runner = runner
        self._until = until
        self._partitions = partitions
        self._report = report
        self._reported = 0.0
        # A runner is opened and fed from one thread at a time, and the loop, which reads, must not wait for it.
        self._thread = SerialThread("fold")
        self._flusher = Flusher(runner, block_records)

    async def until_caught_up(self, kafka: KafkaSettings, garbage: Garbage) -> None:
        """Fold to where the log ended when this began, and on until little is left; then all of it is durable.

        With `until`, to there.

        Raises:
            ProjectorStopped: if the runner cannot go on.
            LogError: if the log does not hold a position.
        """
        positions = await self._thread.call(lambda: self._runner.open_all(self._partitions))
        async with LogReader(kafka, positions, until=self._until) as reader:
            for partition, start in positions.items():
                self._report(Began(partition, start, reader.log_end(partition)))
            if not self._has_come(reader, targets := self._until or self._ends(reader)):
                async for batch in reader.batches():
                    await self._fold(batch, reader)
                    garbage.collect_if_due()
                    if self._until is not None or not self._has_come(reader, targets):
                        continue
                    targets = self._ends(reader)
                    if self._left(reader, targets) < SMALL_REST:
                        break
            await self._thread.call(self._runner.flush)
            self._tell(reader)

    def stop(self) -> None:
        """Begin nothing more."""
        self._flusher.stop()
        self._thread.stop()

    async def _fold(self, batch: RecordBatch, reader: LogReader) -> None:
        log_end = reader.log_end(Partition(batch.topic, batch.partition))
        await self._thread.call(lambda: self._runner.feed(batch, log_end))
        await self._flusher.room()
        if time.monotonic() - self._reported > REPORT_SECONDS:
            self._tell(reader)

    def _tell(self, reader: LogReader) -> None:
        self._reported = time.monotonic()
        for partition in self._partitions:
            self._report(Came(partition, self._runner.durable(partition) or 0, reader.log_end(partition)))

    def _ends(self, reader: LogReader) -> dict[Partition, int]:
        return {partition: reader.log_end(partition) for partition in self._partitions}

    @staticmethod
    def _has_come(reader: LogReader, targets: dict[Partition, int]) -> bool:
        return all(reader.position(partition) >= end for partition, end in targets.items())

    @staticmethod
    def _left(reader: LogReader, ends: dict[Partition, int]) -> int:
        return sum(end - reader.position(partition) for partition, end in ends.items())
