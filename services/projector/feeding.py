"""Feeding one batch to one runner, counted and timed."""

import time

from events.log.batch import RecordBatch
from events.position import Partition
from services.projector import metrics
from services.projector.runner import Runner
from services.projector.traces import TRACES


def feed_measured(runner: Runner, batch: RecordBatch, log_end: int) -> None:
    """See `Runner.feed`."""
    name, generation = runner.projection.name, runner.generation
    partition = Partition(batch.topic, batch.partition)
    before, began = runner.folded(partition), time.perf_counter()
    TRACES.fed(name, generation, batch, before)
    runner.feed(batch, log_end)
    metrics.FEED_SECONDS.labels(name, generation).inc(time.perf_counter() - began)
    after = runner.folded(partition)
    if before is not None and after is not None:
        metrics.RECORDS.labels(name, generation, batch.topic).inc(after - before)
