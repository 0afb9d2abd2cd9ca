"""The row of figures on top: metrics by month, each with its last value, the change before it, and a line of a year."""

from collections.abc import Mapping, Sequence
from datetime import date

import msgspec

from projections.clickhouse.query import Query
from projections.metrics.calendar import Span, later, start_of
from projections.metrics.declared import BY_NAME, TOGETHER
from projections.metrics.filters import SeriesFilter
from projections.metrics.metric import Metric, Shape
from projections.metrics.query import Point, SeriesRequest, points, points_of_each, series_query, several_query
from projections.report import words
from projections.report.request import ReportRequest
from projections.report.section import Answers, Tone
from projections.samples import FEWEST

SHOWN = (
    "standing_demand", "votes_delivered", "demand_coverage", "active_voters", "response_rate",
    "throughput", "cycle_time", "slip_rate", "satisfaction", "escaped_defect_rate",
)  # fmt: skip
"""By their names in `projections.metrics`."""

MONTHS = 13
_NOW = (Shape.LEVEL, Shape.STANDING)
"""Shapes whose running month is as good as a whole one: they say what stands at its end, or now."""

_TOGETHER = "figures_of_votes"
"""The question for all of `TOGETHER`."""

_Lines = Mapping[str, Sequence[Point]]

_LEVEL_OF_LINE = {"p50": "median"}
_FINE = ("days", "stars")
"""Units of which a tenth counts."""

_POINTS = "\N{NO-BREAK SPACE}points"


class Figure(msgspec.Struct, frozen=True):
    """A metric's last value. `spark` are the points of a line in a box of 100 by 28, empty from fewer than two."""

    name: str
    meaning: str
    value: str
    unit: str
    change: str
    tone: Tone
    spark: str
    spark_label: str


def questions(request: ReportRequest) -> Mapping[str, Query]:
    """A series for each metric; those that read all votes are one question."""
    last = start_of(request.at, "month")
    span = Span(later(last, "month", 1 - MONTHS), last, "month")
    asked = SeriesRequest(
        workspace=request.workspace, span=span, as_of=request.at, filter=SeriesFilter(board=request.board)
    )
    alone = [BY_NAME[name] for name in SHOWN if BY_NAME[name] not in TOGETHER]
    return {
        _TOGETHER: several_query(TOGETHER, asked, request.database),
        **{f"figure_{metric.name}": series_query(metric, asked, request.database) for metric in alone},
    }


def figures(answers: Answers) -> Sequence[Figure]:
    """The figures, in order."""
    together = points_of_each(TOGETHER, [tuple(row) for row in answers[_TOGETHER]])
    return [_figure(BY_NAME[name], together.get(name) or _alone(BY_NAME[name], answers)) for name in SHOWN]


def _alone(metric: Metric, answers: Answers) -> _Lines:
    return points(metric, [tuple(row) for row in answers[f"figure_{metric.name}"]])


def _figure(metric: Metric, lines: _Lines) -> Figure:
    line, found = _series(metric, lines)
    standing = metric.shape in _NOW
    if not standing:
        found = found[:-1]
    values = [value for _, value in found]
    last = next((index for index in reversed(range(len(values))) if values[index] is not None), -1)
    value = values[last] if last >= 0 else None
    text, unit = _said(metric, value)
    when = "now" if standing and last == len(values) - 1 else f"in {found[last][0]:%B}" if found else ""
    change, tone = _change(metric, value, values[last - 1] if last > 0 else None)
    return Figure(
        name=metric.title,
        meaning=f"{metric.meaning} {metric.formula}",
        value=text,
        unit=" ".join(filter(None, (unit, _LEVEL_OF_LINE.get(line, "")))),
        change=", ".join(filter(None, (when, change))) if value is not None else f"fewer than {FEWEST} in a month",
        tone=tone,
        spark=spark(values),
        spark_label=f"{metric.title} by month over a year",
    )


def _series(metric: Metric, lines: _Lines) -> tuple[str, Sequence[tuple[date, float | None]]]:
    """Its first line; where lines are parts of a count, all of them together."""
    name, first = next(iter(lines.items()), ("", []))
    if metric.shape not in (Shape.COUNT, Shape.LEVEL):
        return name, [(point.start, point.value) for point in first]
    months = zip(*lines.values(), strict=True)
    return "", [(month[0].start, sum(point.value or 0.0 for point in month)) for month in months]


def _said(metric: Metric, value: float | None) -> tuple[str, str]:
    if value is None:
        return words.NOTHING, ""
    if metric.unit == "share":
        return words.share(value), ""
    digits = 1 if metric.unit in _FINE else 0
    return words.number(value, digits), "of 5" if metric.unit == "stars" else metric.unit


def _change(metric: Metric, value: float | None, before: float | None) -> tuple[str, Tone]:
    """Against the month before, and whether that is better; nothing where one of the two is not stated."""
    if value is None or before is None:
        return "", ""
    share = metric.unit == "share"
    moved = words.signed((value - before) * (100 if share else 1), 1 if metric.unit in _FINE else 0)
    if not moved.strip("+\N{MINUS SIGN}0.,"):
        return "as the month before", ""
    tone: Tone = (
        "" if metric.better == "neither" else "good" if (value > before) == (metric.better == "more") else "bad"
    )
    return f"{moved}{_POINTS if share else ''} against the month before", tone


def spark(values: Sequence[float | None]) -> str:
    """A line through these values; nothing is drawn where there is none."""
    known = [(index, value) for index, value in enumerate(values) if value is not None]
    if len(known) < 2:
        return ""
    lowest, highest = min(value for _, value in known), max(value for _, value in known)
    span, step = (highest - lowest) or 1.0, 100 / (len(values) - 1)
    return " ".join(f"{index * step:.1f},{26 - 24 * (value - lowest) / span:.1f}" for index, value in known)
