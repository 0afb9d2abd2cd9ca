"""Everything that the sagas count, declared in one place, with its meaning."""

from events import metrics

METRICS = metrics.Metrics("groundswell_sagas")

LAG = METRICS.gauge("lag", "commits", "Offsets of the ledger that a saga has not done with", ["saga"])
POSITION = METRICS.gauge("position", "offset", "The next offset of the ledger that a saga has to do with", ["saga"])
ACTS = METRICS.counter("acts", "acts", "Consequences of decisions that were seen to, repeated ones too", ["saga"])
FAILURES = METRICS.counter("failures", "calls", "Calls that failed and are tried again", ["part"])
FAILING = METRICS.gauge(
    "failing_seconds", "seconds", "For how long a part has been failing without success; 0 where it does not", ["part"]
)
LEDGER_FOLLOWED = METRICS.gauge("ledger_followed", "", "Whether this process follows the ledger")
