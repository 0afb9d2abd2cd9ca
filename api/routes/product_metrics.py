"""Product metrics: what there is, and the series of each over any period, for any filter, as of any moment."""

import asyncio
from typing import Annotated, NamedTuple, Self

from fastapi import Path, Query
from pydantic import BaseModel, ConfigDict, Field, model_validator
from starlette.requests import Request
from starlette.responses import Response

from api import problems
from api.answers import metrics as answers
from api.filters import MOST_CONDITIONS
from api.guard import KeyOf, ServicesOf, internal_router
from api.known import known_board, known_segment, known_team
from api.openapi import NOT_MODIFIED, PROBLEMS
from api.parameters import ID, After, BoardFilter, Moment, PastAsOf, PastMoment
from api.problems import Problem
from api.reading import CachedAnswer, folded
from api.remembered import kept_answer, needed_for, remembered
from api.roadmap_reading import ROADMAPS
from api.services import Services
from api.times import now, time_or_none
from api.waiting import COMMENTS, PEOPLE, PLANNING, POSTS, QUALITY, VOTES
from events.domain.workflow.events import Kind
from events.ids import CLIENT_ID_PATTERN, is_client_id
from events.times import Millis, format_time
from projections.metrics.calendar import USUAL_POINTS, Every, span
from projections.metrics.declared import BY_NAME, METRICS, TOGETHER
from projections.metrics.filters import SeriesFilter
from projections.metrics.metric import Metric
from projections.metrics.query import (
    NotAsked,
    Point,
    SeriesRequest,
    points,
    points_of_each,
    series_query,
    several_query,
)

reads = internal_router("metrics")

_READS = (VOTES, POSTS, COMMENTS, PEOPLE, ROADMAPS, PLANNING, QUALITY)
LISTED_MONTHS = 3
"""The list looks for the last value in so many."""
_AT_ONCE = 3
"""So many of the list's metrics are asked of ClickHouse at the same time."""
_TEXT = 200

_Lines = dict[str, list[Point]]

MetricPath = Annotated[
    str, Path(pattern=r"^[a-z][a-z0-9_]{0,63}$", description="The metric's name.", examples=["votes_delivered"])
]


class MetricsQuery(BaseModel):
    """Of all metrics."""

    model_config = ConfigDict(extra="forbid")

    as_of: PastAsOf = None
    after: After = None


class SeriesQuery(BaseModel):
    """Which series. Everything that is filtered is as it was at `as_of`, for all periods."""

    model_config = ConfigDict(extra="forbid")

    begin: Annotated[
        Moment | None, Field(alias="from", description="From the period on that this is in (default: twelve in all).")
    ] = None
    end: Annotated[
        Moment | None, Field(alias="to", description="Up to the period that begins before this (default: `as_of`).")
    ] = None
    every: Annotated[Every, Field(description="How long a period is, by the calendar of UTC.")] = "month"
    as_of: PastAsOf = None
    known_at: Annotated[
        PastMoment | None, Field(description="By when things were *recorded*: what was believed at that moment.")
    ] = None
    board: BoardFilter = None
    tag: Annotated[
        tuple[str, ...], Query(max_length=MOST_CONDITIONS, description="Only posts with this tag; several for all.")
    ] = ()
    team: Annotated[str | None, Field(pattern=ID, description="Only posts of this team.", examples=["web"])] = None
    kind: Annotated[Kind | None, Field(description="Only this kind of status, where a metric has several.")] = None
    segment: Annotated[
        str | None, Field(pattern=ID, description="Only votes of its members, or posts that such stand up for.")
    ] = None
    plan: Annotated[str | None, Field(max_length=_TEXT, description="The same of who is of this plan.")] = None
    company: Annotated[str | None, Field(pattern=ID, description="The same of this company's people.")] = None
    after: After = None

    @model_validator(mode="after")
    def _ids(self) -> Self:
        if not all(map(is_client_id, self.tag)):
            raise Problem.of_field(problems.MALFORMED, "tag", f"must match {CLIENT_ID_PATTERN}")
        return self

    def filter(self) -> SeriesFilter:
        """What is left."""
        return SeriesFilter(
            board=self.board, tags=tuple(sorted(set(self.tag))), team=self.team, kind=self.kind,
            segment=self.segment, plan=self.plan, company=self.company,
        )  # fmt: skip


class _Asked(NamedTuple):
    """A question that is remembered for a moment; None as a moment is: now."""

    workspace: str
    metric: str
    begin: Millis | None
    end: Millis | None
    every: Every
    as_of: Millis | None
    known_at: Millis | None
    filter: SeriesFilter


@reads.get("/v1/metrics", response_model=answers.Metrics, responses=PROBLEMS | NOT_MODIFIED)
async def list_metrics(
    request: Request, services: ServicesOf, key: KeyOf, query: Annotated[MetricsQuery, Query()]
) -> Response:
    """Every metric with its meaning, unit, formula and source, and the last value of its last three months.

    For keys of role admin, and those made with `--internal`. May be up to a second old, never older than `after`.
    """
    asked = _Asked(key.workspace, "", None, None, "month", query.as_of, None, SeriesFilter())
    return await _remembered(request, services, asked, query.after)


@reads.get("/v1/metrics/{metric}", response_model=answers.MetricSeries, responses=PROBLEMS | NOT_MODIFIED)
async def get_metric(
    request: Request, services: ServicesOf, key: KeyOf, metric: MetricPath, query: Annotated[SeriesQuery, Query()]
) -> Response:
    """A metric over periods, each with its value and what that is reckoned from.

    `as_of` is by when things *happened*, `known_at` by when they were *recorded*. For keys of role admin, and those
    made with `--internal`. May be up to a second old, never older than `after`.
    """
    if metric not in BY_NAME:
        raise Problem.of_field(problems.NOT_FOUND, "metric", f"there is no metric {metric!r}")
    asked = _Asked(
        key.workspace, metric, query.begin, query.end, query.every, query.as_of, query.known_at, query.filter()
    )
    _series_request(asked)
    await _check_filter(services, key.workspace, query)
    return await _remembered(request, services, asked, query.after)


async def _check_filter(services: Services, workspace: str, query: SeriesQuery) -> None:
    """Raises Problem 404 for what nothing can be of: a misspelt filter must not look like a product without votes."""
    if query.board is not None:
        await known_board(services.directory, workspace, query.board)
    if query.team is not None:
        await known_team(services, workspace, query.team, also_removed=True)
    if query.segment is not None:
        await known_segment(services, workspace, query.segment, also_removed=True)


async def _remembered(request: Request, services: Services, asked: _Asked, after: str | None) -> Response:
    needed = await needed_for(services.progress, _READS, after)
    ask = _list if not asked.metric else _series
    return await remembered(request, services.asked, asked, needed, lambda: ask(services, asked))


async def _list(services: Services, asked: _Asked) -> CachedAnswer:
    position = await folded(services.progress, _READS, None)
    request = _series_request(asked, months=LISTED_MONTHS)
    some = asyncio.Semaphore(_AT_ONCE)

    async def alone(metric: Metric) -> dict[str, _Lines]:
        async with some:
            return {metric.name: await _points(services, metric, request)}

    async def together() -> dict[str, _Lines]:
        async with some:
            rows = await services.view.rows(several_query(TOGETHER, request, services.view.database))
        return points_of_each(TOGETHER, rows)

    asked_for = [together(), *(alone(metric) for metric in METRICS if metric not in TOGETHER)]
    found = {name: lines for some_of in await asyncio.gather(*asked_for) for name, lines in some_of.items()}
    items = [_listed(metric, found[metric.name]) for metric in METRICS]
    answer = answers.Metrics(items=items, as_of=format_time(request.as_of), position=position.token())
    return kept_answer(answer, position, ["as_of"])


def _listed(metric: Metric, series: _Lines) -> answers.ListedMetric:
    latest = [answers.latest(line, rows) for line, rows in series.items()]
    return answers.ListedMetric(**answers.definition(metric).model_dump(), latest=latest)


async def _series(services: Services, asked: _Asked) -> CachedAnswer:
    position = await folded(services.progress, _READS, None)
    metric, request = BY_NAME[asked.metric], _series_request(asked)
    series = await _points(services, metric, request)
    answer = answers.MetricSeries(
        **answers.definition(metric).model_dump(),
        series=answers.lines(series),
        every=asked.every,
        begin=request.span.first.isoformat(),
        end=request.span.last.isoformat(),
        as_of=format_time(request.as_of),
        known_at=time_or_none(asked.known_at),
        position=position.token(),
    )
    return kept_answer(answer, position, ["as_of"])


async def _points(services: Services, metric: Metric, request: SeriesRequest) -> dict[str, list[Point]]:
    query = series_query(metric, request, services.view.database)
    return points(metric, await services.view.rows(query))


def _series_request(asked: _Asked, months: int = USUAL_POINTS) -> SeriesRequest:
    """What is asked of the view, at this moment.

    Raises:
        Problem: 400 for periods that are too many or none, and for what the metric does not take.
    """
    moment = now() if asked.as_of is None else asked.as_of
    end = moment + 1 if asked.end is None else min(asked.end, moment + 1)
    try:
        request = SeriesRequest(
            workspace=asked.workspace, span=span(asked.begin, end, asked.every, usual=months), as_of=moment,
            known_at=asked.known_at, filter=asked.filter,
        )  # fmt: skip
    except ValueError as error:
        raise Problem.of_field(problems.MALFORMED, "from", str(error)) from error
    if asked.metric:
        try:
            series_query(BY_NAME[asked.metric], request, "")
        except NotAsked as error:
            raise Problem.of_field(problems.MALFORMED, error.field, error.message) from error
    return request
