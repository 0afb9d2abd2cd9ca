"""Whether the projector works: its lag, and how long it has had lag without progress. Served over HTTP."""

import time
from collections.abc import Iterator
from typing import NamedTuple, Protocol

from aiohttp import web

from events.position import Partition
from services import health_pages
from services.projector import metrics
from services.projector.feeder import Feeder
from services.projector.runner import Runner


class Reader(Protocol):
    """What health asks of the consumer."""

    @property
    def taken_up(self) -> bool:
        """Whether partitions (or none) were assigned, opened and sought in."""
        ...

    def log_end(self, partition: Partition) -> int | None:
        """Where the partition ended when Kafka last answered; None if that is not known."""
        ...

    @property
    def kafka_age(self) -> float:
        """Seconds since Kafka last answered a fetch; 0 where nothing is asked."""
        ...


class Lag(NamedTuple):
    """How many records of a partition are not durable in a projection's view."""

    runner: Runner
    partition: Partition
    records: int


class Health:
    """Watched once a second by `watch`. Lag alone is no fault, and neither is a process that is up a sign of health."""

    def __init__(self, *, stalled_after: float) -> None:
        self._stalled_after = stalled_after
        self._feeder: Feeder | None = None
        self._reader: Reader | None = None
        self._without_lag: dict[Runner, float] = {}
        self._dead_letters: dict[Runner, int] = {}

    def attach(self, feeder: Feeder, reader: Reader) -> None:
        """From now on there is something to watch."""
        self._feeder, self._reader = feeder, reader

    def lags(self) -> Iterator[Lag]:
        """Of each projection in each partition that is taken up and whose end is known."""
        if self._feeder is None or self._reader is None:
            return
        for partition in sorted(self._feeder.partitions):
            log_end = self._reader.log_end(partition)
            for runner in self._feeder.readers_of(partition.topic):
                durable = runner.durable(partition)
                if log_end is not None and durable is not None:
                    yield Lag(runner, partition, max(0, log_end - durable))

    def watch(self) -> None:
        """Notice who has no lag, and write the gauges."""
        if self._feeder is None or self._reader is None:
            return
        now = time.monotonic()
        lags = list(self.lags())
        metrics.LAG.clear()
        for runner, partition, records in lags:
            metrics.LAG.labels(*_labels(runner), *partition).set(records)
        behind = {lag.runner for lag in lags if lag.records}
        metrics.PROGRESS_AGE.clear()
        metrics.GATHERED.clear()
        for runner in self._feeder.runners:
            if runner not in behind:
                self._without_lag[runner] = now
            metrics.PROGRESS_AGE.labels(*_labels(runner)).set(self._stalled_for(runner, now))
            metrics.GATHERED.labels(*_labels(runner)).set(runner.gathered())
            known, count = self._dead_letters.get(runner, 0), runner.dead_letter_count
            metrics.DEAD_LETTERS.labels(*_labels(runner)).inc(count - known)
            self._dead_letters[runner] = count
        for forgotten in set(self._without_lag) - set(self._feeder.runners):
            del self._without_lag[forgotten]
            self._dead_letters.pop(forgotten, None)
        metrics.PARTITIONS.set(len(self._feeder.partitions))
        metrics.KAFKA_AGE.set(self._reader.kafka_age)

    def complaint(self) -> str | None:
        """Why the projector is not ready; None if it is."""
        if self._feeder is None or self._reader is None:
            return "waiting for Kafka and ClickHouse"
        if self._feeder.failure is not None:
            return str(self._feeder.failure)
        if not self._reader.taken_up:
            return "waiting for partitions to be assigned and opened"
        now = time.monotonic()
        for runner in self._feeder.runners:
            seconds = self._stalled_for(runner, now)
            if seconds > self._stalled_after:
                name, generation = _labels(runner)
                return f"{name} (generation {generation}) has lag and made no progress for {seconds:.0f} s"
        return None

    def _stalled_for(self, runner: Runner, now: float) -> float:
        since = max(runner.last_progress, self._without_lag.get(runner, 0.0))
        return max(0.0, now - since)


def _labels(runner: Runner) -> tuple[str, int]:
    return runner.projection.name, runner.generation


def web_app(health: Health) -> web.Application:
    """`/health/live`, `/health/ready` and `/metrics`."""

    def measures() -> bytes:
        health.watch()
        return metrics.METRICS.text()

    return health_pages.web_app(health.complaint, measures)
