"""`docs/product-metrics.md`, as declared: `python -m tests.support.product_metrics_page > docs/product-metrics.md`."""

from projections.metrics.calendar import MOST_POINTS, USUAL_POINTS
from projections.metrics.declared import METRICS
from projections.metrics.metric import Metric
from projections.samples import FEWEST

_HEAD = f"""# Product metrics

What a product manager follows, from the history of votes and decisions: as a series over any period, for any filter,
as of any moment. (What the processes count of themselves is in [metrics](metrics.md).) The examples go on where
`make run` left off, with `$API` and `$KEY` as in the [README](../README.md); `$KEY` is an admin's: metrics are for keys
that see what is internal.

```sh
# What there is, and the last value of each.
curl "$API/v1/metrics" -H "Authorization: Bearer $KEY"

# How much of what people stand up for was shipped, week by week; and what it was at the end of June.
curl "$API/v1/metrics/votes_delivered?every=week&from=2026-01-01T00:00:00Z" -H "Authorization: Bearer $KEY"
curl "$API/v1/metrics/votes_delivered?as_of=2026-06-30T00:00:00Z" -H "Authorization: Bearer $KEY"

# Cycle time of what has a tag, by quarter.
curl "$API/v1/metrics/cycle_time?every=quarter&tag=feature" -H "Authorization: Bearer $KEY"

.venv/bin/groundswell metrics -w demo
.venv/bin/groundswell metrics votes_cast -w demo --every week --from 2026-01-01
```

## What may be asked

| | |
| --- | --- |
| `every` | `day`, `week` (from Monday), `month` (the default), `quarter`, `year`: by the calendar of UTC |
| `from` | the first period is the one that this is in; without it, they are {USUAL_POINTS} |
| `to` | the last period is the one that begins before this (default: `as_of`); {MOST_POINTS} at most |
| `as_of` | by what had happened then (default: now); a period that is not over is told as far as it has come |
| `known_at` | by what was on the log then; with `as_of`, what one believed then of another moment |
| `board`, `tag`, `team` | only posts of this; several tags: of all of them |
| `segment`, `plan`, `company` | only votes and ratings of such persons; else posts that such a person stands up for |
| `kind` | only this kind of status, where a metric says that it takes it |

A plan is the company's, or the person's own where none is known of it.

What is filtered is taken **as it is at `as_of`, for all periods**: posts that have the tag then, persons who are in the
segment then. So a series is of the same posts and persons from one end to the other, and what is tagged today shows its
whole past. What posts *were* (their status, archived or not, deleted or not) is taken at each moment. A deleted post
counts in what stood while it was there; of what happened, nothing of it counts any more but the votes.

Each point has its `value`, and the `numerator` and `denominator` that it is reckoned from; a percentile has its
sample's size as denominator. A share, a mean or a percentile of fewer than {FEWEST} is `null`, and `why` says so.
Percentiles are interpolated between the two nearest observations.

In SQL: `metrics` (each month of each metric), `metric_series(workspace, metric, every, from, to)` with `from` and `to`
as days, the latter not included, and `metric_definitions`. Asked for one metric, the first two read nothing of the
others, but to plan a query over all of them takes a second or two; over HTTP each is a query of its own.

```sql
SELECT start, round(value, 2) AS delivered, denominator AS votes FROM groundswell.metrics
WHERE workspace = 'demo' AND metric = 'votes_delivered' ORDER BY start;

SELECT start, line, value FROM groundswell.metric_series(workspace = 'demo', metric = 'cycle_time',
  every = 'quarter', from = '2026-01-01', to = '2027-01-01') ORDER BY start, line;
```

[Decision 30](decisions/030-metrics.md) says why it is so. This page is made from `projections/metrics/`, and tested
against it.

## The metrics
"""


def page() -> str:
    """The whole page."""
    return "\n".join([_HEAD, *map(_section, METRICS)])


def _section(metric: Metric) -> str:
    facts = [
        metric.unit,
        {"neither": "neither more nor less is better"}.get(metric.better, f"{metric.better} is better"),
    ]
    if metric.shown_lines != ("",):
        facts.append(f"lines {', '.join(f'`{line}`' for line in metric.shown_lines)}")
    if metric.takes_kind:
        facts.append("takes `kind`")
    if not metric.as_known:
        facts.append("takes no `known_at`")
    return (
        f"### `{metric.name}`: {metric.title}\n\n{metric.meaning} ({'; '.join(facts)}.)\n\n{metric.formula}\n\n"
        f"*Source: {metric.source}.*\n"
    )


if __name__ == "__main__":
    print(page(), end="")  # noqa: T201
