"""Quality as a product manager looks at it: open gates, overridden ones, and what came of what was shipped."""

from typing import Annotated

from fastapi import Query
from starlette.requests import Request
from starlette.responses import Response

from api.answers import gates as gate_answers
from api.answers import quality as answers
from api.guard import KeyOf, ServicesOf, internal_router
from api.known import known_board, known_team
from api.openapi import NOT_MODIFIED, PROBLEMS
from api.paging import page, read_key
from api.parameters import PageQuery
from api.quality_bodies import OpenGatesQuery, QualityQuery
from api.reading import CachedAnswer, folded, json_response
from api.remembered import kept_answer, needed_for, remembered
from api.roadmap_reading import ROADMAPS
from api.services import Services
from api.times import time_or_none
from api.waiting import POSTS, QUALITY, VOTES
from projections.moments import Moment
from projections.quality import gate_queries
from projections.quality.gate_queries import OpenGate, Override
from projections.quality.outcome_queries import (
    PostQuality,
    Shipped,
    TeamQuality,
    post_quality_query,
    team_quality_query,
)

reads = internal_router("quality")

_OUTCOMES = (QUALITY, POSTS, VOTES, ROADMAPS)


@reads.get("/v1/quality", response_model=answers.Quality, responses=PROBLEMS | NOT_MODIFIED)
async def get_quality(
    request: Request, services: ServicesOf, key: KeyOf, query: Annotated[QualityQuery, Query()]
) -> Response:
    """What happened after posts were shipped, by team or by post: reopened, down-votes and complaints since, defects
    and which of them escaped, satisfaction. `from` and `to` bound when posts were first shipped; `as_of` is by when
    everything *happened*, `known_at` by when it was *recorded*. May be up to a second old, never older than `after`.
    """
    team = read_key("quality-team", query.cursor, tuple[str]) if query.by == "team" else None
    post = read_key("quality-post", query.cursor, tuple[int, str]) if query.by == "post" else None
    if query.board is not None:
        await known_board(services.directory, key.workspace, query.board)
    if query.team is not None:
        await known_team(services, key.workspace, query.team, also_removed=True)
    needed = await needed_for(services.progress, _OUTCOMES, query.after)
    question = ("quality", key.workspace, query.model_dump_json(exclude={"after"}))
    return await remembered(
        request, services.asked, question, needed, lambda: _outcomes(services, key.workspace, query, team, post)
    )


async def _outcomes(
    services: Services, workspace: str, query: QualityQuery, team: tuple[str, ...] | None, post: tuple[int, str] | None
) -> CachedAnswer:
    """A page of what came of posts, or of teams by theirs: what comes after this one."""
    which = Shipped(query.board, query.team, query.from_, query.to)
    database, limit, moment = services.view.database, query.limit + 1, Moment(query.as_of, query.known_at)
    teams: list[TeamQuality] | None = None
    posts: list[PostQuality] | None = None
    position = await folded(services.progress, _OUTCOMES, None)
    if query.by == "team":
        last = None if team is None else team[0]
        rows = await services.view.rows(team_quality_query(database, workspace, moment, which, limit=limit, after=last))
        teams, next_cursor = page("quality-team", rows, TeamQuality, query.limit, lambda row: (row.team,))
    else:
        rows = await services.view.rows(post_quality_query(database, workspace, moment, which, limit=limit, after=post))
        posts, next_cursor = page(
            "quality-post", rows, PostQuality, query.limit, lambda row: (row.shipped_at, row.post)
        )
    answer = answers.Quality(
        teams=None if teams is None else [answers.team_outcome(row) for row in teams],
        posts=None if posts is None else [answers.post_outcome(row) for row in posts],
        next_cursor=next_cursor,
        as_of=time_or_none(query.as_of if query.as_of is not None else query.known_at),
        known_at=time_or_none(query.known_at),
        position=position.token(),
    )
    return kept_answer(answer, position)


@reads.get("/v1/open-gates", response_model=gate_answers.OpenGates, responses=PROBLEMS)
async def list_open_gates(services: ServicesOf, key: KeyOf, query: Annotated[OpenGatesQuery, Query()]) -> Response:
    """Posts that can't be shipped yet, by board, and which checks are missing; now, or as of a moment."""
    after = read_key("open-gates", query.cursor, tuple[str, str])
    position = await folded(services.progress, [QUALITY, POSTS], query.after)
    rows = await services.view.rows(
        gate_queries.open_gates_query(
            services.view.database,
            key.workspace,
            Moment(query.as_of, query.known_at),
            limit=query.limit + 1,
            board=query.board,
            after=after or ("", ""),
        )
    )
    items, next_cursor = page("open-gates", rows, OpenGate, query.limit, lambda row: (row.board, row.post))
    return json_response(
        gate_answers.OpenGates(
            items=[gate_answers.open_gate(row) for row in items],
            next_cursor=next_cursor,
            as_of=time_or_none(query.as_of if query.as_of is not None else query.known_at),
            position=position.token(),
        )
    )


@reads.get("/v1/gate-overrides", response_model=gate_answers.Overrides, responses=PROBLEMS)
async def list_overrides(services: ServicesOf, key: KeyOf, query: Annotated[PageQuery, Query()]) -> Response:
    """Open gates that posts were let through, the last one first: which checks were missing, who decided, and why."""
    after = read_key("gate-overrides", query.cursor, tuple[int, str, int])
    position = await folded(services.progress, [QUALITY], query.after)
    rows = await services.view.rows(
        gate_queries.overrides_query(services.view.database, key.workspace, limit=query.limit + 1, after=after)
    )
    items, next_cursor = page(
        "gate-overrides", rows, Override, query.limit, lambda row: (row.at, row.post, row.revision)
    )
    return json_response(
        gate_answers.Overrides(
            items=[gate_answers.override(row) for row in items], next_cursor=next_cursor, position=position.token()
        )
    )
