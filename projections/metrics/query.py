"""A metric's series as a query: filters, moments and periods, compiled to SQL with bound parameters."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date
from typing import NamedTuple

import msgspec

from events.times import Millis
from projections.clickhouse.query import Parameter, Query
from projections.clickhouse.schema import qualify
from projections.metrics.calendar import Span
from projections.metrics.filters import (
    SeriesFilter,
    bound,
    persons_condition,
    posts_condition,
    wanted_condition,
)
from projections.metrics.frame import Frame, periods_between, start_by_calendar
from projections.metrics.metric import Metric
from projections.metrics.series import series, several
from projections.moments import AT, KNOWN_AT, WORKSPACE

_OF_WHOLE_MONTHS = ("month", "quarter", "year")


class SeriesRequest(msgspec.Struct, frozen=True, kw_only=True):
    """A metric over periods: of a workspace, of what the filter leaves, by what had happened at `as_of`.

    With `known_at`, by what was recorded then.
    """

    workspace: str
    span: Span
    as_of: Millis
    known_at: Millis | None = None
    filter: SeriesFilter = SeriesFilter()


class Point(NamedTuple):
    """One period of one line.

    `value` is None where a share, a mean or a percentile would be of fewer than `projections.samples.FEWEST`.
    `numerator` and `denominator` are what it is reckoned from; a percentile's sample is its denominator.
    """

    line: str
    start: date
    value: float | None
    numerator: float | None
    denominator: float | None


class NotAsked(ValueError):  # noqa: N818 - it names what is refused
    """A metric that cannot be asked like that: which parameter, and why."""

    def __init__(self, field: str, message: str) -> None:
        super().__init__(message)
        self.field = field
        self.message = message


def series_query(metric: Metric, request: SeriesRequest, database: str) -> Query:
    """Rows of `Point`, by line and start.

    Raises:
        NotAsked: for a kind of status, or a `known_at`, that the metric does not take.
    """
    asked, lines = request.filter, metric.lines
    if asked.kind is not None and not metric.takes_kind:
        raise NotAsked("kind", f"{metric.name} is not told apart by kinds of status")
    if request.known_at is not None and not metric.as_known:
        raise NotAsked("known_at", f"{metric.name} is not kept as it was known; as_of is")
    if asked.kind is not None and lines != ("",):
        lines = tuple(line for line in lines if line == asked.kind)
        if not lines:
            raise NotAsked("kind", f"{metric.name} has no such kind: its kinds are {', '.join(metric.lines)}")
        asked = msgspec.structs.replace(asked, kind=None)
    named = series(replace(metric, lines=lines), _frame(request, asked, metric))
    sql = f"SELECT line, start, value, numerator, denominator FROM (\n{named}\n) ORDER BY line, start"
    return Query(qualify(sql, database), _parameters(request, asked))


def several_query(metrics: Sequence[Metric], request: SeriesRequest, database: str) -> Query:
    """Rows of `Point` behind the name of their metric, by metric, line and start; see `points_of_each`.

    For metrics that are all of persons or all of posts, where no kind of status is asked.
    """
    frame = _frame(request, request.filter, metrics[0])
    sql = f"""SELECT metric, line, start, value, numerator, denominator FROM (
{several(metrics, frame)}
) ORDER BY metric, line, start"""
    return Query(qualify(sql, database), _parameters(request, request.filter))


def points(metric: Metric, rows: Sequence[tuple[object, ...]]) -> dict[str, list[Point]]:
    """The query's rows by line, in the metric's order of lines."""
    found: dict[str, list[Point]] = {}
    for row in rows:
        point = msgspec.convert(row, Point)
        found.setdefault(point.line, []).append(point)
    return {line: found[line] for line in metric.shown_lines if line in found}


def points_of_each(
    metrics: Sequence[Metric], rows: Sequence[tuple[object, ...]]
) -> dict[str, dict[str, list[Point]]]:  # fmt: skip
    """The rows of `several_query`, by metric and line."""
    return {metric.name: points(metric, [row[1:] for row in rows if row[0] == metric.name]) for metric in metrics}


def _parameters(request: SeriesRequest, asked: SeriesFilter) -> Mapping[str, Parameter]:
    parameters: dict[str, Parameter] = {
        "workspace": request.workspace, "at": request.as_of, "first": request.span.first.isoformat(),
        "last": request.span.last.isoformat(), **bound(asked),
    }  # fmt: skip
    return parameters if request.known_at is None else {**parameters, "known_at": request.known_at}


def _frame(request: SeriesRequest, asked: SeriesFilter, metric: Metric) -> Frame:
    every = request.span.every
    start = start_by_calendar(every)
    frame = Frame(
        where=WORKSPACE,
        at=AT,
        start=start,
        periods=periods_between("{workspace:String}", "{first:Date}", "{last:Date}", start),
        first="{first:Date}",
        known_at=None if request.known_at is None else KNOWN_AT,
        by_months=every in _OF_WHOLE_MONTHS,
    )
    posts, persons = posts_condition(asked, frame.of_all), persons_condition(asked, frame.of_all)
    if persons and not metric.of_persons:
        posts += wanted_condition(persons, frame.of_all)
    return replace(frame, posts=posts, persons=persons)
