"""A metric's series as SQL: what it counts, put into periods, with a row for each of them whatever happened there."""

from collections.abc import Sequence

from projections.metrics.frame import Frame
from projections.metrics.metric import PERCENTILES, Metric, Shape
from projections.metrics.sources import SHARED, with_sources
from projections.samples import FEWEST

COLUMNS = "workspace, start, line, value, numerator, denominator"


def series(metric: Metric, frame: Frame) -> str:
    """Rows of `COLUMNS`, one for each period and line, with what they are read from: a whole query."""
    return with_sources(unsourced(metric, frame), frame)


def several(metrics: Sequence[Metric], frame: Frame) -> str:
    """Rows of `metric` (its name) and `COLUMNS` for each of these: a whole query that reads once what they share."""
    told = "\nUNION ALL\n".join(
        f"SELECT '{metric.name}' AS metric, {COLUMNS} FROM (\n{unsourced(metric, frame)}\n)" for metric in metrics
    )
    return with_sources(f"SELECT * FROM (\n{told}\n)", frame, SHARED)


def unsourced(metric: Metric, frame: Frame) -> str:
    """The same, of sources that are named and not told: several such queries may share them.

    `value` is null where it is a share, a mean or a percentile of fewer than `FEWEST`; the numerator or denominator is
    null where the metric has none.
    """
    lines = ", ".join(f"'{line}'" for line in metric.lines)
    every = f"SELECT workspace, start, arrayJoin([{lines}]) AS line FROM periods"
    if metric.shape is Shape.PERCENTILES:
        return _percentiles(metric, every, lines)
    counted = f"""SELECT workspace, start, line, sum(numerator) AS n, sum(denominator) AS d FROM (
  SELECT workspace, start, line, toFloat64(numerator) AS numerator, toFloat64(denominator) AS denominator
  FROM ({metric.sql}) WHERE line IN ({lines})
  UNION ALL
  SELECT workspace, start, line, 0., 0. FROM ({every})
) GROUP BY workspace, start, line"""
    if metric.shape in (Shape.LEVEL, Shape.STANDING):
        over = "OVER (PARTITION BY workspace, line ORDER BY start ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW)"
        counted = f"SELECT workspace, start, line, sum(n) {over} AS n, sum(d) {over} AS d FROM ({counted})"
    single = metric.shape in (Shape.COUNT, Shape.LEVEL)
    value = "toNullable(n)" if single else f"if(d < {FEWEST}, NULL, n / d)"
    denominator = "CAST(NULL, 'Nullable(Float64)')" if single else "toNullable(d)"
    return f"""SELECT workspace, start, line, {value} AS value, toNullable(n) AS numerator, {denominator} AS denominator
FROM ({counted}) WHERE (workspace, start) IN (SELECT workspace, start FROM periods)"""


def _percentiles(metric: Metric, every: str, lines: str) -> str:
    levels = ", ".join(str(level) for _, level in PERCENTILES)
    names = ", ".join(f"'{name}'" for name, _ in PERCENTILES)
    return f"""SELECT workspace, start, trim(concat(of, ' ', each.1)) AS line, each.2 AS value,
  CAST(NULL, 'Nullable(Float64)') AS numerator, toNullable(toFloat64(count)) AS denominator
FROM (
  SELECT workspace, start, line AS of, countIf(is_observed) AS count,
    quantilesExactInclusiveIf({levels})(observed, is_observed) AS found
  FROM (
    SELECT workspace, start, line, toFloat64(observed) AS observed, true AS is_observed
    FROM ({metric.sql}) WHERE line IN ({lines})
    UNION ALL
    SELECT workspace, start, line, 0., false FROM ({every})
  ) GROUP BY workspace, start, line
)
ARRAY JOIN arrayMap((name, at) -> (name, if(count < {FEWEST}, NULL, at)), [{names}], found) AS each
WHERE (workspace, start, of) IN (SELECT workspace, start, line FROM ({every}))"""
