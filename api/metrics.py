"""What the API counts, declared in one place. Served at `/metrics` in Prometheus' format."""

from events import metrics

PREFIX = "groundswell_api"


class Metrics:
    """The metrics of one application, in a registry of their own. What is counted elsewhere is zero at first."""

    def __init__(self) -> None:
        self._metrics = made = metrics.Metrics(PREFIX)
        self.requests = made.counter(
            "requests",
            "requests",
            "Requests answered, by route (empty where none matched), method and status",
            ("route", "method", "status"),
        )
        self.seconds = made.histogram(
            "request_seconds", "seconds", "From a request's head to the end of its answer", ("route",)
        )
        self.under_way = made.gauge("requests_under_way", "requests", "Requests under way")
        self.turned_away = made.counter(
            "turned_away", "requests", "Requests refused because too many were under way already"
        )
        self.votes = made.counter(
            "votes", "votes", "Votes by outcome: accepted (acknowledged by the log) or rejected", ("outcome",)
        )
        self.accepted = self.votes.labels("accepted")
        self.rejected = self.votes.labels("rejected")
        self.append_failures = made.counter(
            "append_failures",
            "requests",
            "Requests whose votes Kafka did not acknowledge, or that were not even sent as too many waited",
        )
        self.append_bytes = made.gauge("append_bytes", "bytes", "Votes that wait for Kafka's acknowledgement")
        self.log_open = made.gauge("log_open", "", "Whether the log was opened, so that anything can be answered")
        self.ledger_followed = made.gauge(
            "ledger_followed", "", "Whether the ledger is followed; where it was and is no more, the process ends"
        )
        self.ledger_position = made.gauge(
            "ledger_position", "records", "Up to which offset of the ledger this process has followed it"
        )
        self.view_failures = made.counted(
            "view_failures", "queries", "Queries that ClickHouse did not answer because it was away"
        )
        self.ranking_cache_hits = made.counted("ranking_cache_hits", "rankings", "Rankings served from memory")
        self.ranking_cache_misses = made.counted("ranking_cache_misses", "rankings", "Rankings asked of ClickHouse")

    @property
    def declared(self) -> list[metrics.Metric]:
        """All of them, for the documentation."""
        return list(self._metrics.declared)

    def text(self) -> bytes:
        """Everything, in Prometheus' text format."""
        return self._metrics.text()
