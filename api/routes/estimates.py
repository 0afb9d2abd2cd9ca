"""Estimates: how long a post is thought to take, each time somebody thought so."""

from typing import Annotated

import msgspec
from fastapi import Query
from starlette.requests import Request
from starlette.responses import Response

from api import problems
from api.answers import estimates as answers
from api.commands import carry_out, position_token
from api.guard import KeyOf, ServicesOf, admin_router, read_router
from api.known import known_post
from api.openapi import CREATED, PROBLEMS
from api.paging import page, read_key
from api.parameters import PageQuery, PostPath
from api.planning_bodies import EstimateBody, EstimateQuery, TakingBack, check_reads_planning
from api.problems import Problem
from api.reading import folded, json_response
from api.times import happened_at, time_or_none
from api.waiting import PLANNING
from events.domain.estimates.commands import GiveEstimate, WithdrawEstimate
from events.domain.estimates.estimate import Estimate
from events.domain.execution import Saved
from projections.moments import Moment
from projections.planning import queries
from projections.planning.queries import EstimateRow

reads = read_router("estimates")
decisions = admin_router("estimates")


@decisions.put(
    "/v1/posts/{post}/estimate",
    response_model=answers.WrittenEstimate,
    responses=PROBLEMS | CREATED | {201: {"model": answers.WrittenEstimate}},
)
async def put_estimate(
    request: Request, services: ServicesOf, key: KeyOf, post: PostPath, body: EstimateBody
) -> Response:
    """Say how long a post will take. What was thought before stays in its history. `If-Match` guards it."""
    command = GiveEstimate(
        workspace=key.workspace, post=post, unit=body.unit, low=body.low, high=body.high, reason=body.reason,
        at=happened_at(body.at),
    )  # fmt: skip
    return _written(await carry_out(services, request, key, command))


@decisions.delete("/v1/posts/{post}/estimate", response_model=answers.WrittenEstimate, responses=PROBLEMS)
async def delete_estimate(
    request: Request, services: ServicesOf, key: KeyOf, post: PostPath, query: Annotated[TakingBack, Query()]
) -> Response:
    """Say no more how long a post will take."""
    command = WithdrawEstimate(workspace=key.workspace, post=post, reason=query.reason, at=happened_at(query.at))
    return _written(await carry_out(services, request, key, command))


@reads.get("/v1/posts/{post}/estimate", response_model=answers.ReadEstimate, responses=PROBLEMS)
async def get_estimate(
    services: ServicesOf, key: KeyOf, post: PostPath, query: Annotated[EstimateQuery, Query()]
) -> Response:
    """How long a post is thought to take, or was at a moment. 404 where nobody has said so.

    For keys of role admin, and those made with `--internal`.
    """
    check_reads_planning(key)
    await known_post(services.directory, key.workspace, post)
    position = await folded(services.progress, [PLANNING], query.after)
    asked = queries.estimate_query(services.view.database, key.workspace, post, Moment(query.as_of))
    rows = await services.view.rows(asked)
    if not rows:  # it may have been given a moment ago: wait for the view rather than deny it
        await services.decided(PLANNING)
        rows = await services.view.rows(asked)
    said = answers.estimate_decision(msgspec.convert(rows[0], EstimateRow)) if rows else None
    if said is None or said.unit is None:
        raise Problem.of_field(problems.NOT_FOUND, "post", f"post {post!r} has no estimate")
    answer = answers.ReadEstimate(
        post=post, as_of=time_or_none(query.as_of), position=position.token(),
        **said.model_dump(),
    )  # fmt: skip
    return json_response(answer, headers={} if query.as_of is not None else {"etag": f'"{said.version}"'})


@reads.get("/v1/posts/{post}/estimates", response_model=answers.Estimates, responses=PROBLEMS)
async def list_estimates(
    services: ServicesOf, key: KeyOf, post: PostPath, query: Annotated[PageQuery, Query()]
) -> Response:
    """Every time that somebody said how long a post will take, or took that back: when, who and why.

    For keys of role admin, and those made with `--internal`.
    """
    check_reads_planning(key)
    await known_post(services.directory, key.workspace, post)
    after = read_key("estimates", query.cursor, tuple[int])
    position = await folded(services.progress, [PLANNING], query.after)
    rows = await services.view.rows(
        queries.estimates_query(
            services.view.database, key.workspace, post, limit=query.limit + 1, after=after[0] if after else 0
        )
    )
    items, next_cursor = page("estimates", rows, EstimateRow, query.limit, lambda row: (row.revision,))
    return json_response(
        answers.Estimates(
            post=post,
            items=[answers.estimate_decision(row) for row in items],
            next_cursor=next_cursor,
            position=position.token(),
        )
    )


def _written(saved: Saved[Estimate]) -> Response:
    answer = answers.written_estimate(saved.aggregate, position_token(saved))
    headers = {"etag": f'"{saved.aggregate.version}"'}
    return json_response(answer, status=201 if saved.created else 200, headers=headers)
