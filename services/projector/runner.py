"""The runner: decode, fold, rows, view, state and position, progress. Plain code over ports.

It knows neither Faust nor Kafka nor ClickHouse; the live worker, the rebuild and the tests all drive this.

**Exactly once.** Batches fold into memory. A flush takes what gathered, puts the rows into the view, then the progress,
then the state together with its position into the store. A crash between any two of these refolds the same records into
the same rows, which change nothing. Nothing here needs a transaction between Kafka and ClickHouse.

**What the view lost** shows: its progress is written before the state, so it stands behind the state's position only
where the view forgot what it had taken (it was emptied, or restored from a backup). Under a running projector it is
looked for whenever the view was away, or may have been: docs/decisions/010.

**Liveness.** `feed` never waits for a flush; `gathered` tells the driver when to hold back. The flusher takes whatever
gathered while the last flush was under way, so blocks grow with the load, and nothing waits for a timer when idle.
"""

import logging
import threading
import time
from collections.abc import Callable, Collection, Mapping, Sequence, Set
from contextlib import suppress
from functools import partial
from typing import TypeVar

from events.log.batch import RecordBatch
from events.position import Partition, Position
from projections.fold import Projection, Row
from services.projector.breaker import Breaker
from services.projector.partition_run import PartitionRun, Portion
from services.projector.patience import OutOfPatience, Patience
from services.projector.ports import DeadLetter, DeadLetters, Progress, StateStore, StateStores, View

logger = logging.getLogger(__name__)

CLOSE_PATIENCE_SECONDS = 5.0
QUIET_SECONDS = 1.0
"""After so long without a flush the view may have been away, and nobody noticed: its client connects anew by itself."""
IDLE_LOOK_SECONDS = 10.0
"""How often a runner that is fed nothing looks whether the view still has what it took."""

T = TypeVar("T")


class ProjectorStopped(Exception):  # noqa: N818 - what happened, for whoever still feeds
    """The runner stopped for good; the message says why and what to do."""


class Runner:
    """Runs one generation of one projection over any number of partitions.

    `open`, `feed` and `close` are called from one driver thread at a time; `start` runs the flusher in a thread of its
    own. Without it, call `flush`. A `strict` one stops at the first record that is refused and is not among the
    `known_refusals`.
    """

    def __init__(
        self,
        projection: Projection,
        view: View,
        states: StateStores,
        dead_letters: DeadLetters,
        epoch: str,
        *,
        generation: int = 1,
        partition_count: Callable[[str], int],
        flush_interval: float = 0.2,
        strict: bool = False,
        known_refusals: Set[Position] = frozenset(),
    ) -> None:
        self.projection = projection
        self.generation = generation
        self._view = view
        self._states = states
        self._dead_letters = dead_letters
        self._epoch = epoch
        self._partition_count = partition_count
        self._flush_interval = flush_interval
        self._breaker = Breaker(strict=strict, known=known_refusals)
        self._runs: dict[Partition, PartitionRun] = {}
        self._let_go: list[PartitionRun] = []
        self._tables = {table.name: table for table in projection.tables}
        self._lock = threading.Lock()
        self._flush_lock = threading.Lock()
        self._fed = threading.Event()
        self._stopping = threading.Event()
        self._patience = Patience(self._stopping, projection.name, generation)
        self._flusher: threading.Thread | None = None
        self._failure: ProjectorStopped | None = None
        self.dead_letter_count = 0
        self.last_progress = time.monotonic()
        self._last_put = 0.0

    # --- what a driver does ---

    def open(self, partition: Partition) -> int:
        """Take up one partition; see `open_all`."""
        return self.open_all([partition])[partition]

    def open_all(self, partitions: Collection[Partition]) -> Mapping[Partition, int]:
        """Take up partitions where their states stand, and say at which offset of each to go on reading.

        The state of one is thrown away, and the partition folded from its start, where it is of another epoch or
        another code, or where the view's progress stands behind it (a restored backup).

        Raises:
            ProjectorStopped: if the view's tables were filled from another log.
        """
        stores: dict[Partition, StateStore] = {}
        try:
            for each in [each for each in partitions if each not in self._runs]:
                stores[each] = self._patiently(partial(self._states.open, each))
            # The states first: a flush that still works with one moves both, and it is closed only after that.
            progress = self._patiently(lambda: self._view.read_progress(list(stores))) if stores else {}
            while stores:
                partition = next(iter(stores))
                run = self._run(partition, stores[partition], progress.get(partition))
                with self._lock:
                    self._runs[partition] = run
                del stores[partition]
        finally:
            for store in stores.values():
                store.close()
        return {each: self._runs[each].folded for each in partitions}

    def _run(self, partition: Partition, store: StateStore, progress: Progress | None) -> PartitionRun:
        if progress is not None and progress.epoch != self._epoch:
            raise ProjectorStopped(
                f"the tables of {self.projection.name} were filled from another log (epoch {progress.epoch}, this one "
                f"is {self._epoch}): point KAFKA_BOOTSTRAP_SERVERS at that log, or drop the database and start again"
            )
        start = self._resume(partition, store, progress)
        fold = self.projection.fold(partition, self._partition_count(partition.topic))
        return PartitionRun(
            partition, self._epoch, self.projection.name, self.projection.code, fold, store, start, start,
            generation=self.generation,
        )  # fmt: skip

    def _resume(self, partition: Partition, store: StateStore, progress: Progress | None) -> int:
        mark = store.mark()
        if mark is None:
            store.clear()
            return 0
        seen = progress.next_offset if progress is not None else 0
        reason = None
        if mark.epoch != self._epoch:
            reason = "of another epoch"
        elif mark.code != self.projection.code:
            reason = f"of code {mark.code}, this is {self.projection.code}"
        elif seen < mark.next_offset:
            reason = f"ahead of the view, which stands at {seen}"
        if reason is None:
            return mark.next_offset
        logger.warning(
            "state thrown away, folding from the start projection=%s generation=%d topic=%s partition=%d reason=%s",
            self.projection.name, self.generation, *partition, reason,
        )  # fmt: skip
        store.clear()
        return 0

    def feed(self, batch: RecordBatch, log_end: int = 0) -> None:
        """Fold a batch of an opened partition. `log_end` is where the partition ended when the batch was read.

        Raises:
            Hole: if records are missing before it; seek and go on.
            ProjectorStopped: if the runner stopped.
        """
        self._check()
        with self._lock:
            run = self._runs.get(Partition(batch.topic, batch.partition))
            if run is None:
                return
            rejected = run.feed(batch)
            run.log_end = max(run.log_end, log_end, batch.end)
            if (reason := self._breaker.judge(len(batch), rejected)) is not None:
                raise self._fail(reason)
        self._fed.set()

    def gathered(self) -> int:
        """Records folded and not yet on their way: when this is large, hold back."""
        return sum(run.pending for run in list(self._runs.values()))

    def folded(self, partition: Partition) -> int | None:
        """The next offset to read; None for a partition that is not open."""
        run = self._runs.get(partition)
        return None if run is None else run.folded

    def durable(self, partition: Partition) -> int | None:
        """The next offset after what view and state hold; None for a partition that is not open."""
        run = self._runs.get(partition)
        return None if run is None else run.durable

    def standing(self) -> Mapping[Partition, int] | None:
        """Where each open partition stands, if all that was folded is durable; None while some of it is not."""
        runs = dict(self._runs)
        if any(run.folded != run.durable for run in runs.values()):
            return None
        return {partition: run.durable for partition, run in runs.items()}

    def close(self, partition: Partition) -> None:
        """Let go of a partition. What was not flushed is folded again by whoever takes it up."""
        with self._lock:
            run = self._runs.pop(partition, None)
        if run is not None:
            self._let_go.append(run)
            self._close_let_go(0.0 if self._patience.was_away else CLOSE_PATIENCE_SECONDS)

    @property
    def failure(self) -> ProjectorStopped | None:
        """Why it stopped for good, also where that was the flusher; None while it runs."""
        return self._failure

    # --- flushing ---

    def start(self) -> None:
        """Flush from a thread of our own from now on."""
        self._flusher = threading.Thread(target=self._flush_forever, name=f"flush {self.projection.name}", daemon=True)
        self._flusher.start()

    def stop(self) -> None:
        """Flush what can be flushed at once, and let go of everything."""
        self._stopping.set()
        self._fed.set()
        if self._flusher is not None:
            self._flusher.join()
        for partition in list(self._runs):
            self.close(partition)

    def flush(self) -> bool:
        """Make durable what was folded up to now; whether there was anything.

        Raises:
            ProjectorStopped: if the runner stopped, or is told to while it waits for a service.
        """
        try:
            with self._flush_lock:
                self._check()
                with self._lock:
                    taken = [(run, portion) for run in self._runs.values() if (portion := run.seal()) is not None]
                if not taken:
                    return False
                self._keep_letters([letter for _, portion in taken for letter in portion.rejected])
                self._patiently(lambda: self._put(taken))
                for run, portion in taken:
                    run.write(portion)
                self.last_progress = time.monotonic()
                return True
        finally:
            self._close_let_go(0.0)

    def _close_let_go(self, seconds: float) -> None:
        """Close the runs that were let go of, unless a flush takes longer than so: that flush does it after itself."""
        if self._let_go and self._flush_lock.acquire(timeout=seconds):
            try:
                while self._let_go:
                    self._let_go.pop().close()
            finally:
                self._flush_lock.release()

    def _keep_letters(self, letters: Sequence[DeadLetter]) -> None:
        if letters:
            self._patiently(lambda: self._dead_letters.put(letters))
            self.dead_letter_count += len(letters)

    def _put(self, taken: Sequence[tuple[PartitionRun, Portion]]) -> None:
        """Rows, then progress. Where the view was away in between, all of it is due again.

        It may have come back from a backup, without what it had taken of this very flush.

        Raises:
            ServiceAway: if it is away.
        """
        flushed = [run for run, _ in taken]
        if self._patience.was_away:
            # What is being flushed may be let go of already.
            self._check_kept([*self._runs.values(), *flushed])
        elif time.monotonic() - self._last_put > QUIET_SECONDS:
            self._check_kept(flushed)
        self._insert(taken)
        self._view.write_progress(
            [Progress(self._epoch, run.partition, portion.mark.next_offset, portion.log_end) for run, portion in taken]
        )
        self._last_put = time.monotonic()

    def _insert(self, taken: Sequence[tuple[PartitionRun, Portion]]) -> None:
        token = ",".join(
            f"{run.partition.topic}/{run.partition.partition}:{portion.start}-{portion.mark.next_offset}"
            for run, portion in taken
        )
        for name, table in self._tables.items():
            rows: list[Row] = []
            for _, portion in taken:
                rows.extend(portion.rows.get(name, ()))
            if rows:
                self._view.insert(table, rows, token)

    def _flush_forever(self) -> None:
        try:
            while not self._stopping.is_set():
                if not self._fed.wait(IDLE_LOOK_SECONDS):
                    self._look()
                    continue
                self._fed.clear()
                began = time.monotonic()
                self.flush()
                self._stopping.wait(max(0.0, self._flush_interval - (time.monotonic() - began)))
            with suppress(ProjectorStopped):
                self.flush()
        except ProjectorStopped as stopped:
            if not self._stopping.is_set():
                self._failure = stopped
        except Exception as error:
            logger.exception("the projector stops projection=%s generation=%d", self.projection.name, self.generation)
            self._fail(repr(error))

    def _look(self) -> None:
        """Whether the view still has what it took, though there is nothing to flush."""
        with self._flush_lock:
            self._check()
            self._patiently(lambda: self._check_kept(list(self._runs.values())))

    def _patiently(self, call: Callable[[], T]) -> T:
        try:
            return self._patience.call(call)
        except OutOfPatience as error:
            raise ProjectorStopped(str(error)) from error

    def _check_kept(self, runs: Sequence[PartitionRun]) -> None:
        """A view that was away may come back empty. Progress on top of that would hide it for ever: stop before.

        Raises:
            ProjectorStopped: if the view's progress stands behind what it had taken of any of these.
            ServiceAway: if it is away still.
        """
        self._patience.was_away = False
        found = self._view.read_progress([run.partition for run in runs]) if runs else {}
        for run in runs:
            progress = found.get(run.partition)
            seen = progress.next_offset if progress is not None else 0
            if seen < run.durable:
                topic, partition = run.partition
                raise self._fail(
                    f"the view lost rows: its progress in {topic}/{partition} was {run.durable} and is {seen}; start "
                    "the projector again, and it folds what is missing"
                )

    def _fail(self, reason: str) -> ProjectorStopped:
        self._failure = ProjectorStopped(f"{self.projection.name} (generation {self.generation}) stopped: {reason}")
        return self._failure

    def _check(self) -> None:
        if self._failure is not None:
            raise self._failure
