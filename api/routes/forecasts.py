"""Forecasts: when a post is done, when a roadmap is, and how past forecasts held."""

import asyncio
from typing import Annotated, TypeVar

import msgspec
from fastapi import Query
from pydantic import Field
from starlette.responses import Response

from api.answers import forecasts as answers
from api.guard import KeyOf, ServicesOf, internal_router
from api.known import known_post, known_team
from api.openapi import PROBLEMS
from api.parameters import ID, AfterQuery, Moment, PastAsOf, PastMoment, PostPath
from api.reading import folded, json_response
from api.roadmap_reading import ROADMAPS, RoadmapPath, visible_head
from api.services import Services
from api.times import now, time_or_none
from api.waiting import POSTS
from events.domain.directory import KeyEntry
from events.times import Millis, format_time
from projections.clickhouse.query import Query as Asked
from projections.forecasts import planned, queries
from projections.forecasts.record import BASES
from projections.moments import Moment as Moments
from projections.roadmaps.queries import Standing, standing_query
from projections.samples import FEWEST

reads = internal_router("forecasts")

MOST_FORECAST = 1000
"""Items of one column."""
_READS = (POSTS, ROADMAPS)

Row = TypeVar("Row")


class ForecastQuery(AfterQuery):
    """As of a moment, and as known at one."""

    as_of: PastAsOf = None
    known_at: Annotated[
        PastMoment | None, Field(description="By when things were *recorded*: the forecast that was made then.")
    ] = None


class CalibrationQuery(AfterQuery):
    """Of which forecasts."""

    begin: Annotated[Moment | None, Field(alias="from", description="Only forecasts from this moment on.")] = None
    as_of: PastAsOf = None
    team: Annotated[str | None, Field(pattern=ID, description="Only of this team.", examples=["web"])] = None


@reads.get("/v1/posts/{post}/forecast", response_model=answers.PostForecast, responses=PROBLEMS)
async def forecast_post(
    services: ServicesOf, key: KeyOf, post: PostPath, query: Annotated[ForecastQuery, Query()]
) -> Response:
    """When a post is done, from how long the posts of its team took: those that are not finished count, too.

    Of a post that is not in work, `days` count from when it is begun.
    """
    await known_post(services.directory, key.workspace, post)
    at, position = _moment(query), await folded(services.progress, _READS, query.after)
    work = await _work(services, key, query, at)
    team = "" if any(row.post == post for row in work) else await _team(services, key, query, post, at)
    forecast = await asyncio.to_thread(planned.forecast_post, post, team, work, now=at)
    answer = answers.PostForecast(
        post=post,
        team=forecast.team or None,
        state=forecast.state,
        started_at=time_or_none(forecast.started),
        age_days=forecast.age,
        done=answers.percentiles(forecast.dates, None if forecast.age is None else at),
        why=forecast.why or None,
        history=answers.history_answer(forecast.history),
        as_of=format_time(at),
        known_at=time_or_none(query.known_at),
        position=position.token(),
    )
    return json_response(answer)


@reads.get("/v1/roadmaps/{roadmap}/forecast", response_model=answers.RoadmapForecastAnswer, responses=PROBLEMS)
async def forecast_roadmap(
    services: ServicesOf, key: KeyOf, roadmap: RoadmapPath, query: Annotated[ForecastQuery, Query()]
) -> Response:
    """When the items of a roadmap are done, by Monte Carlo over what their teams did.

    Each team works on its items in the roadmap's order, and on these alone. `chance` is how likely a target date holds.
    The same question has the same answer.
    """
    at, position = _moment(query), await folded(services.progress, _READS, query.after)
    moment = Moments(None if query.as_of is query.known_at is None else at, query.known_at)
    head = await visible_head(services, key, roadmap, moment)
    standings = await _rows(
        services,
        standing_query(
            services.view.database, key.workspace, roadmap, head.by, moment, limit=MOST_FORECAST, votes=False
        ),
        Standing,
    )
    work = await _work(services, key, query, at)
    forecast = await asyncio.to_thread(planned.forecast_roadmap, standings, work, now=at)
    answer = answers.RoadmapForecastAnswer(
        roadmap=roadmap,
        items=[answers.forecast_item(item, at) for item in forecast.items],
        teams=[answers.forecast_team(team, at) for team in forecast.teams],
        done=answers.percentiles(forecast.whole, at),
        fan=answers.weeks(forecast.fan),
        why=forecast.why or None,
        as_of=format_time(at),
        known_at=time_or_none(query.known_at),
        position=position.token(),
    )
    return json_response(answer)


@reads.get("/v1/forecasts/calibration", response_model=answers.Calibration, responses=PROBLEMS)
async def read_calibration(services: ServicesOf, key: KeyOf, query: Annotated[CalibrationQuery, Query()]) -> Response:
    """How often past forecasts held: each is made again as it was then, when its item was begun.

    `recorded` takes what was on the log by then; of history that was imported later it can say nothing. `happened`
    takes what had happened by then.
    """
    if query.team is not None:
        await known_team(services, key.workspace, query.team, also_removed=True)
    at = now() if query.as_of is None else query.as_of
    position = await folded(services.progress, _READS, query.after)
    found = [
        queries.record_query(services.view.database, key.workspace, basis, at=at, begin=query.begin or 0)
        for basis in BASES
    ]
    rows = [row for each in found for row in await _rows(services, each, queries.HeldRow)]
    answer = answers.Calibration(
        teams=[answers.team_record(row) for row in rows if query.team in (None, row.team)],
        fewest=FEWEST,
        as_of=format_time(at),
        position=position.token(),
    )
    return json_response(answer)


async def _work(services: Services, key: KeyEntry, query: ForecastQuery, at: Millis) -> list[queries.WorkRow]:
    asked = queries.work_query(services.view.database, key.workspace, at=at, known_at=query.known_at)
    return await _rows(services, asked, queries.WorkRow)


async def _team(services: Services, key: KeyEntry, query: ForecastQuery, post: str, at: Millis) -> str:
    asked = queries.team_query(services.view.database, key.workspace, post, at=at, known_at=query.known_at)
    rows = await services.view.rows(asked)
    return str(rows[0][0]) if rows else ""


async def _rows(services: Services, query: Asked, kind: type[Row]) -> list[Row]:
    return [msgspec.convert(row, kind) for row in await services.view.rows(query)]


def _moment(query: ForecastQuery) -> Millis:
    """When the forecast is made: what was known at a moment is looked at from that moment, unless another is named."""
    at = query.known_at if query.as_of is None else query.as_of
    return now() if at is None else at
