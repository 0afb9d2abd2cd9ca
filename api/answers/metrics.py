"""Product metrics as they are answered."""

from collections.abc import Sequence
from typing import Annotated, Literal

from pydantic import ConfigDict, Field

from api.answers.answer import Answer, Position, Time
from projections.metrics.calendar import Every
from projections.metrics.metric import Better, Metric, Shape
from projections.metrics.query import Point
from projections.samples import FEWEST


class MetricDefinition(Answer):
    """What a metric means. `lines` names what its series has: one empty text where it has but one line."""

    metric: Annotated[str, Field(examples=["votes_delivered"])]
    title: str
    meaning: str
    unit: str
    formula: str
    source: Annotated[str, Field(description="Where the formula comes from.")]
    better: Better
    shape: Shape
    lines: list[str]


class MetricPoint(Answer):
    """A period, by its first day. `value` is null where there was too little to say: `why` says so."""

    start: Annotated[str, Field(json_schema_extra={"format": "date"}, examples=["2026-03-01"])]
    value: float | None
    numerator: Annotated[float | None, Field(description="What was counted, or the sum of it.")]
    denominator: Annotated[float | None, Field(description="Of how many, or how large the sample is.")]
    why: str | None


class MetricLine(Answer):
    """One line of a series, in the order of time."""

    line: str
    points: list[MetricPoint]


class MetricLatest(Answer):
    """The last point of a line that has a value; null where none of the last three months has."""

    line: str
    point: MetricPoint | None


class ListedMetric(MetricDefinition):
    """What a metric means, and its last value, by month."""

    latest: list[MetricLatest]


class Metrics(Answer):
    """Every metric there is."""

    items: list[ListedMetric]
    every: Literal["month"] = "month"
    as_of: Time
    position: Position


class MetricSeries(MetricDefinition):
    """A metric's series, and what was asked for."""

    series: list[MetricLine]
    every: Every
    begin: Annotated[str, Field(alias="from", json_schema_extra={"format": "date"}, description="The first period.")]
    end: Annotated[str, Field(alias="to", json_schema_extra={"format": "date"}, description="The last period.")]
    as_of: Time
    known_at: Time | None
    position: Position

    model_config = ConfigDict(extra="forbid", serialize_by_alias=True, validate_by_name=True)


def definition(metric: Metric) -> MetricDefinition:
    """What is declared of it."""
    return MetricDefinition(
        metric=metric.name, title=metric.title, meaning=metric.meaning, unit=metric.unit, formula=metric.formula,
        source=metric.source, better=metric.better, shape=metric.shape, lines=list(metric.shown_lines),
    )  # fmt: skip


def point(row: Point) -> MetricPoint:
    """A point, and why it has no value."""
    why = None
    if row.value is None:
        why = f"of {row.denominator or 0:g} nothing is said: it takes {FEWEST}"
    return MetricPoint(
        start=row.start.isoformat(), value=row.value, numerator=row.numerator, denominator=row.denominator, why=why
    )


def lines(series: dict[str, list[Point]]) -> list[MetricLine]:
    """A series."""
    return [MetricLine(line=line, points=[point(each) for each in rows]) for line, rows in series.items()]


def latest(line: str, rows: Sequence[Point]) -> MetricLatest:
    """The last point that says something."""
    said = [row for row in rows if row.value is not None]
    return MetricLatest(line=line, point=point(said[-1]) if said else None)
