"""Metrics as declarations: name, type, unit, labels and meaning in one place, and Prometheus' collectors made of them.

What a service counts is one `Metrics` of its own. `docs/metrics.md` is written from the declarations, and dashboards
and alerts are tested against them.
"""

from collections.abc import Callable, Iterable, Sequence
from typing import Literal, NamedTuple

from prometheus_client import (
    CollectorRegistry,
    Counter,
    Gauge,
    Histogram,
    ProcessCollector,
    disable_created_metrics,
    generate_latest,
)
from prometheus_client.core import CounterMetricFamily
from prometheus_client.registry import Collector

disable_created_metrics()  # type: ignore[no-untyped-call]  # as many more lines, which nobody reads

CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8"
SECONDS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 60.0)

Kind = Literal["counter", "gauge", "histogram"]


class Metric(NamedTuple):
    """What is measured. A counter's samples carry `_total` behind the name, a histogram's `_bucket`, `_sum`, `_count`.

    `unit` is what one is: "records", "seconds", or "" for yes (1) and no (0).
    """

    name: str
    kind: Kind
    unit: str
    labels: tuple[str, ...]
    meaning: str

    @property
    def samples(self) -> tuple[str, ...]:
        """The names under which Prometheus knows it."""
        match self.kind:
            case "counter":
                return (f"{self.name}_total",)
            case "gauge":
                return (self.name,)
            case "histogram":
                return tuple(f"{self.name}_{part}" for part in ("bucket", "sum", "count"))


_PROCESS = (
    Metric("process_cpu_seconds", "counter", "seconds", (), "Processor time that the process used"),
    Metric("process_resident_memory_bytes", "gauge", "bytes", (), "Memory that it holds"),
    Metric("process_virtual_memory_bytes", "gauge", "bytes", (), "Address space that it has"),
    Metric("process_start_time_seconds", "gauge", "seconds", (), "When it started, since 1970"),
    Metric("process_open_fds", "gauge", "files", (), "Files and connections that it has open"),
    Metric("process_max_fds", "gauge", "files", (), "How many it may have open"),
)


class Metrics:
    """What one service counts, in a registry of its own, with what every process shows of itself (on Linux)."""

    def __init__(self, prefix: str) -> None:
        self._prefix = prefix
        self._registry = CollectorRegistry()
        self._declared: list[Metric] = list(_PROCESS)
        ProcessCollector(registry=self._registry)

    @property
    def declared(self) -> Sequence[Metric]:
        """All of them."""
        return self._declared

    def counter(self, name: str, unit: str, meaning: str, labels: Sequence[str] = ()) -> Counter:
        """Something that only grows."""
        metric = self._declare(name, "counter", unit, meaning, labels)
        return Counter(metric.name, meaning, metric.labels, registry=self._registry)

    def gauge(self, name: str, unit: str, meaning: str, labels: Sequence[str] = ()) -> Gauge:
        """Something that goes up and down."""
        metric = self._declare(name, "gauge", unit, meaning, labels)
        return Gauge(metric.name, meaning, metric.labels, registry=self._registry)

    def histogram(self, name: str, unit: str, meaning: str, labels: Sequence[str] = ()) -> Histogram:
        """How long something took."""
        metric = self._declare(name, "histogram", unit, meaning, labels)
        return Histogram(metric.name, meaning, metric.labels, buckets=SECONDS, registry=self._registry)

    def counted(self, name: str, unit: str, meaning: str) -> "Counted":
        """Something that only grows and is counted elsewhere."""
        counted = Counted(self._declare(name, "counter", unit, meaning, ()))
        self._registry.register(counted)
        return counted

    def text(self) -> bytes:
        """Everything as it is now, in Prometheus' text format."""
        return generate_latest(self._registry)

    def _declare(self, name: str, kind: Kind, unit: str, meaning: str, labels: Sequence[str]) -> Metric:
        metric = Metric(f"{self._prefix}_{name}", kind, unit, tuple(labels), meaning)
        self._declared.append(metric)
        return metric


class Counted(Collector):
    """A counter that is read when somebody looks; zero until it is told where."""

    def __init__(self, metric: Metric) -> None:
        self._metric = metric
        self._read: Callable[[], float] = float

    def read_from(self, read: Callable[[], float]) -> None:
        """Where its value is from now on."""
        self._read = read

    def collect(self) -> Iterable[CounterMetricFamily]:
        """What it is now."""
        yield CounterMetricFamily(self._metric.name, self._metric.meaning, value=self._read())
