"""Everything that the projector counts, declared in one place, with its meaning."""

import time
from collections.abc import Sequence

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram

from events.position import Partition
from projections.fold import Row
from projections.table import Table
from services.projector.ports import Progress, View

REGISTRY = CollectorRegistry()

BATCHES = Counter("groundswell_projector_batches", "Batches fed, by topic", ["topic"], registry=REGISTRY)
RECORDS = Counter(
    "groundswell_projector_records",
    "Offsets folded, by projection and topic",
    ["projection", "topic"],
    registry=REGISTRY,
)
FEED_SECONDS = Counter(
    "groundswell_projector_feed_seconds", "Time spent decoding and folding", ["projection"], registry=REGISTRY
)
ROWS = Counter("groundswell_projector_rows", "Rows put into the view", ["projection", "table"], registry=REGISTRY)
INSERT_SECONDS = Histogram(
    "groundswell_projector_insert_seconds",
    "Time of one insert of one block",
    ["projection"],
    buckets=(0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 60),
    registry=REGISTRY,
)
HOLES = Counter("groundswell_projector_holes", "Times that records were missing and sought again", registry=REGISTRY)
LAG = Gauge(
    "groundswell_projector_lag",
    "Records on the log that are not durable in the view",
    ["projection", "topic", "partition"],
    registry=REGISTRY,
)
GATHERED = Gauge(
    "groundswell_projector_gathered", "Records folded and not on their way", ["projection"], registry=REGISTRY
)
DEAD_LETTERS = Gauge(
    "groundswell_projector_dead_letters", "Records refused since the start", ["projection"], registry=REGISTRY
)
PROGRESS_AGE = Gauge(
    "groundswell_projector_progress_age_seconds",
    "How long the projection has had lag without any progress",
    ["projection"],
    registry=REGISTRY,
)


class MeasuredView:
    """A view that counts what goes into it."""

    def __init__(self, view: View, projection: str) -> None:
        self._view = view
        self._projection = projection
        self._seconds = INSERT_SECONDS.labels(projection)

    def insert(self, table: Table, rows: Sequence[Row], token: str) -> None:
        """See `ports.View`."""
        began = time.perf_counter()
        self._view.insert(table, rows, token)
        self._seconds.observe(time.perf_counter() - began)
        ROWS.labels(self._projection, table.name).inc(len(rows))

    def write_progress(self, progress: Sequence[Progress]) -> None:
        """See `ports.View`."""
        self._view.write_progress(progress)

    def read_progress(self, partition: Partition) -> Progress | None:
        """See `ports.View`."""
        return self._view.read_progress(partition)
