"""Everything that the projector counts, declared in one place, with its meaning."""

import time
from collections.abc import Mapping, Sequence

from events import metrics
from events.position import Partition
from projections.fold import Row
from projections.table import Table
from services.projector.ports import Progress, ServiceAway, View
from services.projector.traces import TRACES

METRICS = metrics.Metrics("groundswell_projector")

BATCHES = METRICS.counter("batches", "batches", "Batches that were read and fed", ["topic"])
RECORDS = METRICS.counter("records", "records", "Offsets folded", ["projection", "generation", "topic"])
FEED_SECONDS = METRICS.counter("feed_seconds", "seconds", "Time spent on folding", ["projection", "generation"])
ROWS = METRICS.counter("rows", "rows", "Rows put into the view", ["projection", "generation", "table"])
INSERT_SECONDS = METRICS.histogram(
    "insert_seconds", "seconds", "Time of one insert of one block", ["projection", "generation"]
)
VIEW_FAILURES = METRICS.counter(
    "view_failures",
    "calls",
    "Calls that ClickHouse did not answer, or with a plea for patience; each is tried again",
    ["projection", "generation"],
)
FLUSHES = METRICS.counter(
    "flushes", "flushes", "Times that rows and progress were made durable", ["projection", "generation"]
)
HOLES = METRICS.counter("holes", "times", "Times that records were missing and were sought again")
PARTITIONS = METRICS.gauge("partitions", "partitions", "Partitions that this process has taken up")
KAFKA_AGE = METRICS.gauge("kafka_age_seconds", "seconds", "How long ago Kafka last answered, while something is asked")
LAG = METRICS.gauge(
    "lag",
    "records",
    "Records on the log, as far as Kafka has said, that are not durable in the view",
    ["projection", "generation", "topic", "partition"],
)
GATHERED = METRICS.gauge("gathered", "records", "Records folded and not on their way", ["projection", "generation"])
DEAD_LETTERS = METRICS.counter(
    "dead_letters", "records", "Records that could not be read or folded", ["projection", "generation"]
)
PROGRESS_AGE = METRICS.gauge(
    "progress_age_seconds",
    "seconds",
    "How long the generation has had lag without any progress; 0 without lag",
    ["projection", "generation"],
)
REFUSED = METRICS.gauge(
    "refused", "", "Whether the projection is not folded here, as the live one is of another code", ["projection"]
)


class MeasuredView:
    """A view that counts what goes into it, and tells the traces when it is there."""

    def __init__(self, view: View, projection: str, generation: int) -> None:
        self._view = view
        self._projection = projection
        self._generation = generation
        self._seconds = INSERT_SECONDS.labels(projection, generation)
        self._failures = VIEW_FAILURES.labels(projection, generation)
        self._flushes = FLUSHES.labels(projection, generation)

    def insert(self, table: Table, rows: Sequence[Row], token: str) -> None:
        """See `ports.View`."""
        began = time.perf_counter()
        try:
            self._view.insert(table, rows, token)
        except ServiceAway:
            self._failures.inc()
            raise
        self._seconds.observe(time.perf_counter() - began)
        ROWS.labels(self._projection, self._generation, table.name).inc(len(rows))

    def write_progress(self, progress: Sequence[Progress]) -> None:
        """See `ports.View`."""
        try:
            self._view.write_progress(progress)
        except ServiceAway:
            self._failures.inc()
            raise
        self._flushes.inc()
        TRACES.in_view(self._projection, self._generation, progress)

    def read_progress(self, partitions: Sequence[Partition]) -> Mapping[Partition, Progress]:
        """See `ports.View`."""
        try:
            return self._view.read_progress(partitions)
        except ServiceAway:
            self._failures.inc()
            raise
