"""`groundswell metrics`: what there is with its last value, and the series of one."""

import time
from enum import StrEnum
from typing import TYPE_CHECKING, Annotated

import typer

from services.cli import place
from services.cli.moments import read_moment, read_past
from services.cli.output import print_json, print_table

if TYPE_CHECKING:
    from collections.abc import Sequence

    from projections.metrics.calendar import Span
    from projections.metrics.metric import Metric
    from projections.metrics.query import Point, SeriesRequest

BARS = "▁▂▃▄▅▆▇█"
NONE = "·"
"""A period of which nothing is said."""


class Every(StrEnum):
    """How long a period is (`projections.metrics.calendar.Every`, which a test holds to this list)."""

    day = "day"
    week = "week"
    month = "month"
    quarter = "quarter"
    year = "year"


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command()(metrics)


def metrics(
    workspace: place.Workspace,
    metric: Annotated[str | None, typer.Argument(help="One metric. Default: all of them.", show_default=False)] = None,
    begin: Annotated[str | None, typer.Option("--from", help="From the period that this is in: 2026-01-31.")] = None,
    end: Annotated[str | None, typer.Option("--to", help="Up to the period that begins before this.")] = None,
    every: Annotated[Every, typer.Option("--every", help="How long a period is.")] = Every.month,
    as_of: Annotated[str | None, typer.Option("--as-of", help="By what had happened then: 2026-01-31.")] = None,
    known_at: Annotated[str | None, typer.Option("--known-at", help="By what was recorded then.")] = None,
    board: Annotated[str | None, typer.Option("--board", help="Only posts of this board.")] = None,
    tag: Annotated[list[str] | None, typer.Option("--tag", help="Only posts with this tag; several for all.")] = None,
    team: Annotated[str | None, typer.Option("--team", help="Only posts of this team.")] = None,
    kind: Annotated[str | None, typer.Option("--kind", help="Only this kind of status.")] = None,
    segment: Annotated[str | None, typer.Option("--segment", help="Only what its members ask for.")] = None,
    plan: Annotated[str | None, typer.Option("--plan", help="Only what customers of this plan ask for.")] = None,
    company: Annotated[str | None, typer.Option("--company", help="Only what its people ask for.")] = None,
    data: place.Data = None,
    json: place.Json = False,
) -> None:
    """Show product metrics over periods: all with a line of bars each, or one with what it is reckoned from."""
    first, last = read_moment(begin, "--from"), read_moment(end, "--to")
    moment, known = read_past(as_of), read_past(known_at, "--known-at")
    from projections.metrics.declared import METRICS
    from projections.metrics.filters import SeriesFilter
    from projections.metrics.query import SeriesRequest

    wanted = [each for each in METRICS if metric in (None, each.name)]
    if not wanted:
        names = ", ".join(each.name for each in METRICS)
        raise typer.BadParameter(f"there is no metric {metric!r}; there are {names}", param_hint="'[METRIC]'")
    now = time.time_ns() // 1_000_000 if moment is None else moment
    span = _span(first, now + 1 if last is None else min(last, now + 1), every)
    filter = SeriesFilter(board=board, tags=tuple(sorted(set(tag or ()))), team=team, kind=kind, segment=segment,
                          plan=plan, company=company)  # fmt: skip
    request = SeriesRequest(workspace=workspace, span=span, as_of=now, known_at=known, filter=filter)
    found = _ask(wanted, request, data, one=metric is not None)
    if json:
        print_json({"as_of": as_of, "known_at": known_at, "every": every.value,
                    "items": [_as_json(each, series) for each, series in found]})  # fmt: skip
    elif metric is None:
        _show_all(found)
    else:
        _show(*found[0])


Series = dict[str, "list[Point]"]


def bars(values: "Sequence[float | None]") -> str:
    """A small picture of a series, from its least to its most."""
    said = [value for value in values if value is not None]
    low, high = min(said, default=0.0), max(said, default=0.0)
    step = (high - low) / (len(BARS) - 1)
    return "".join(NONE if value is None else BARS[round((value - low) / step) if step else 0] for value in values)


def _span(begin: int | None, end: int, every: Every) -> "Span":
    from projections.metrics.calendar import span

    try:
        return span(begin, end, every.value)
    except ValueError as error:
        raise typer.BadParameter(str(error), param_hint="'--from'") from error


def _ask(
    wanted: "Sequence[Metric]", request: "SeriesRequest", data: place.Data, *, one: bool
) -> "list[tuple[Metric, Series]]":
    """The series of each; of all of them, those that do not take what is asked are left out."""
    from projections.metrics.query import NotAsked, points, series_query
    from services.cli import views
    from services.cli.known import check_known

    settings = place.clickhouse(data)
    found = []
    kept = request.filter
    with views.client(settings) as client:
        check_known(
            client, settings.database, request.workspace, board=kept.board, team=kept.team, segment=kept.segment
        )
        for metric in wanted:
            try:
                query = series_query(metric, request, settings.database)
            except NotAsked as error:
                if one:
                    option = f"'--{error.field.replace('_', '-')}'"
                    raise typer.BadParameter(error.message, param_hint=option) from error
                continue
            rows = client.query(query.sql, parameters=dict(query.parameters)).result_rows
            found.append((metric, points(metric, [tuple(row) for row in rows])))
    return found


def _show_all(found: "Sequence[tuple[Metric, Series]]") -> None:
    rows = [
        [
            metric.name,
            line,
            bars([each.value for each in points]),
            _number(points[-1].value),
            metric.unit,
            metric.meaning,
        ]
        for metric, series in found
        for line, points in series.items()
    ]
    print_table(["metric", "line", "over time", "last", "unit", "meaning"], rows, numbers=("last",), shorten=True)


def _show(metric: "Metric", series: Series) -> None:
    typer.echo(f"{metric.title}, in {metric.unit}: {metric.meaning}\n{metric.formula}\nSource: {metric.source}.")
    for line, points in series.items():
        typer.echo(f"\n{line or metric.name}  {bars([each.value for each in points])}")
        rows = [
            [each.start, _number(each.value), _number(each.numerator), _number(each.denominator)] for each in points
        ]
        print_table(["from", "value", "numerator", "denominator"], rows, numbers=("value", "numerator", "denominator"))


def _number(value: float | None) -> str:
    if value is None:
        return "-"
    return f"{value:,.0f}" if value == int(value) else f"{value:,.3f}"


def _as_json(metric: "Metric", series: Series) -> dict[str, object]:
    return {
        "metric": metric.name, "title": metric.title, "meaning": metric.meaning, "unit": metric.unit,
        "formula": metric.formula, "source": metric.source, "better": metric.better,
        "series": [{"line": line, "points": [each._asdict() for each in points]} for line, points in series.items()],
    }  # fmt: skip
