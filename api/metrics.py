"""What the service counts, declared in one place. Served at `/metrics` in Prometheus' format."""

from collections.abc import Callable

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest


class Metrics:
    """The counters of one application, in a registry of their own."""

    def __init__(self) -> None:
        self._registry = CollectorRegistry()
        self.requests = Counter(
            "groundswell_api_requests",
            "Requests answered, by route, method and status",
            ("route", "method", "status"),
            registry=self._registry,
        )
        self.seconds = Histogram(
            "groundswell_api_request_seconds",
            "From a request's head to the end of its answer",
            ("route",),
            buckets=(0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10),
            registry=self._registry,
        )
        self.under_way = Gauge("groundswell_api_requests_under_way", "Requests under way", registry=self._registry)
        self.turned_away = Counter(
            "groundswell_api_turned_away", "Requests refused because too many were under way", registry=self._registry
        )
        self.votes = Counter(
            "groundswell_api_votes",
            "Votes by outcome: accepted (acknowledged by the log) or rejected",
            ("outcome",),
            registry=self._registry,
        )
        self.accepted = self.votes.labels("accepted")
        self.rejected = self.votes.labels("rejected")

    def gauge(self, name: str, meaning: str, read: Callable[[], float]) -> None:
        """A value that is read when somebody looks."""
        Gauge(f"groundswell_api_{name}", meaning, registry=self._registry).set_function(read)

    def text(self) -> bytes:
        """Everything, in Prometheus' text format."""
        return generate_latest(self._registry)
