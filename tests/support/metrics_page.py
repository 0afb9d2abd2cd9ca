"""`docs/metrics.md`, as the declarations say: `python -m tests.support.metrics_page > docs/metrics.md`."""

from collections.abc import Sequence

from api.metrics import Metrics
from events.metrics import Metric
from services.projector import metrics as projector
from services.sagas import metrics as sagas
from services.webhooks import metrics as webhooks

API: Sequence[Metric] = Metrics().declared
PROJECTOR: Sequence[Metric] = projector.METRICS.declared
SAGAS: Sequence[Metric] = sagas.METRICS.declared
assert webhooks.METRICS is sagas.METRICS, "theirs are among those"

_HEAD = """# Metrics

Prometheus' text format at `/metrics`: of each projector at `GROUNDSWELL_PROJECTOR_PORT`, of the sagas at
`GROUNDSWELL_SAGAS_PORT`, of each API process at its own port. [deploy/prometheus](../deploy/prometheus) holds the
scraping and the alerts, [deploy/grafana](../deploy/grafana) a dashboard; [operations](operations.md) says what to do. A
counter's samples end in `_total`; a histogram's in `_bucket`, `_sum` and `_count`. A unit of none is yes (1) or no (0).
A rebuild has no address to be asked at: it shows its progress itself, and `groundswell status` and
`groundswell projections list` do; once it has caught up, projectors follow it, and its generation is among theirs.

This page is made from the declarations in the modules `metrics.py` of `services/projector`, `services/sagas`,
`services/webhooks` and `api`, and tested against what running processes show.
"""


def page() -> str:
    """The whole page."""
    sections = (("The projector", PROJECTOR), ("The sagas", SAGAS), ("The API", API))
    return "\n".join([_HEAD, *(_section(title, metrics) for title, metrics in sections)])


def _section(title: str, metrics: Sequence[Metric]) -> str:
    rows = [
        f"| `{each.name}` | {each.kind} | {each.unit or 'none'} | "
        f"{', '.join(f'`{label}`' for label in each.labels)} | {each.meaning} |"
        for each in metrics
    ]
    return "\n".join([f"## {title}\n", "| name | type | unit | labels | meaning |", "| --- " * 5 + "|", *rows, ""])


if __name__ == "__main__":
    print(page(), end="")  # noqa: T201
