"""Demand: what a segment, plan or company asks for and what it is worth; and who asks for a post."""

import asyncio
from typing import Annotated, Self

import msgspec
from fastapi import Query
from pydantic import Field, model_validator
from starlette.requests import Request
from starlette.responses import Response

from api import problems
from api.answers import demand as answers
from api.demand_reading import (
    GroupQuery,
    asked_of,
    behind,
    comments_on,
    group_answer,
    momentum_answer,
    split_answer,
    window_answer,
)
from api.filters import FilterQuery, filter_of
from api.guard import KeyOf, ServicesOf, read_router
from api.identifying import check_reads_people
from api.known import known_post
from api.openapi import NOT_MODIFIED, PROBLEMS
from api.paging import page, read_key
from api.parameters import AfterQuery, PostPath
from api.problems import Problem
from api.reading import CachedAnswer, folded
from api.remembered import kept_answer, needed_for, remembered
from api.services import Services
from api.times import time_or_none
from api.waiting import COMMENTS, PEOPLE, POSTS, VOTES
from events.currencies import CURRENCIES
from events.times import format_time
from projections.customers.demand import DIMENSIONS
from projections.customers.post_queries import PostDemand, post_query, split_query
from projections.customers.queries import AskedFor, Size, demand_query, size_query
from projections.customers.request import Asked, By, DemandRequest

reads = read_router("demand")

_READS = (VOTES, POSTS, PEOPLE, COMMENTS)
MOST_PARTS = 100


class DemandQuery(FilterQuery, GroupQuery):
    """One page of what they ask for."""

    by: Annotated[By, Field(description="What comes first.", examples=["spend_now"])] = "votes"
    currency: Annotated[
        str | None,
        Field(max_length=3, description="By code of ISO 4217: for the orders by spend, which is never added across.",
              examples=["EUR"]),
    ] = None  # fmt: skip

    @model_validator(mode="after")
    def _currency_for_spend(self) -> Self:
        by_spend = self.by in ("spend_now", "spend_then")
        if by_spend and self.currency is None:
            raise Problem.of_field(problems.MALFORMED, "currency", f"is needed for the order by {self.by}")
        if self.currency is not None and not by_spend:
            raise Problem.of_field(problems.MALFORMED, "currency", "is for the orders by spend alone")
        if self.currency is not None and self.currency not in CURRENCIES:
            raise Problem.of_field(problems.MALFORMED, "currency", "must be a code of ISO 4217, as EUR")
        return self


class PostDemandQuery(AfterQuery, GroupQuery):
    """Who asks for a post."""

    parts: Annotated[int, Field(ge=1, le=MOST_PARTS, description="How many segments, plans and companies.")] = 10


@reads.get("/v1/demand", response_model=answers.DemandAnswer, responses=PROBLEMS | NOT_MODIFIED)
async def get_demand(
    request: Request, services: ServicesOf, key: KeyOf, query: Annotated[DemandQuery, Query()]
) -> Response:
    """What a segment, a plan or a company asks for (else everybody), what is worth how much, and what they say.

    For keys of role admin, and those made with `--internal`. `as_of` is by what stood and what was known at that
    moment: also who was in the segment, of the plan or with the company. May be up to a second old, never older than
    `after`.
    """
    check_reads_people(key)
    filter = await filter_of(services.directory, key.workspace, query)
    asked = await asked_of(services, key.workspace, query)
    cursor = read_key(_kind(query), query.cursor, tuple[int, int, str])
    needed = await needed_for(services.progress, _READS, query.after)

    async def ask() -> CachedAnswer:
        wanted = DemandRequest(
            **msgspec.structs.asdict(filter), asked=asked, window=query.window(), by=query.by, limit=query.limit,
            currency=query.currency or "", after=cursor,
        )  # fmt: skip
        return await _demand(services, wanted, query)

    question = ("demand", key.workspace, query.model_dump_json(exclude={"after"}))
    return await remembered(request, services.asked, question, needed, ask)


@reads.get("/v1/posts/{post}/demand", response_model=answers.PostDemandAnswer, responses=PROBLEMS | NOT_MODIFIED)
async def get_post_demand(
    request: Request, services: ServicesOf, key: KeyOf, post: PostPath, query: Annotated[PostDemandQuery, Query()]
) -> Response:
    """Who asks for a post: how many, what they are worth, split by segment, plan and company, and what they say on it.

    For keys of role admin, and those made with `--internal`. Who is in several segments is in the part of each. The
    comments are those of people who stand on the post. May be up to a second old, never older than `after`.
    """
    check_reads_people(key)
    await known_post(services.directory, key.workspace, post)
    asked = await asked_of(services, key.workspace, query)
    needed = await needed_for(services.progress, _READS, query.after)
    question = ("demand", key.workspace, post, query.model_dump_json(exclude={"after"}))
    return await remembered(
        request, services.asked, question, needed, lambda: _post_demand(services, asked, post, query)
    )


async def _demand(services: Services, request: DemandRequest, query: DemandQuery) -> CachedAnswer:
    position = await folded(services.progress, _READS, None)
    view, asked = services.view, request.asked
    rows, sizes = await asyncio.gather(
        view.rows(demand_query(request, view.database)), view.rows(size_query(asked, view.database))
    )
    items, following = page(_kind(query), rows, AskedFor, query.limit, lambda row: row.key)
    answer = answers.DemandAnswer(
        group=group_answer(asked, msgspec.convert(sizes[0], Size)),
        by=query.by,
        currency=query.currency,
        window=window_answer(request.window),
        items=[_item(row) for row in items],
        comments=await comments_on(services, asked, [row.post for row in items], query.comments),
        next_cursor=following,
        as_of=time_or_none(query.as_of),
        position=position.token(),
    )
    return kept_answer(answer, position, ["window"])


async def _post_demand(services: Services, asked: Asked, post: str, query: PostDemandQuery) -> CachedAnswer:
    window, view = query.window(), services.view
    position = await folded(services.progress, _READS, None)
    wholes, *parts = await asyncio.gather(
        view.rows(post_query(asked, post, window, view.database)),
        *(view.rows(split_query(asked, post, each, view.database, limit=query.parts)) for each in DIMENSIONS),
    )
    whole = msgspec.convert(wholes[0], PostDemand)
    split = dict(zip(DIMENSIONS, parts, strict=True))
    answer = answers.PostDemandAnswer(
        **behind(whole),
        by_segment=split_answer(split["segment"], query.parts, overlapping=True),
        by_plan=split_answer(split["plan"], query.parts),
        by_company=split_answer(split["company"], query.parts),
        post=post,
        dimension=None if asked.group is None else asked.group.dimension,
        id=None if asked.group is None else asked.group.asker,
        momentum=momentum_answer(whole),
        window=window_answer(window),
        comments=await comments_on(services, asked, [post], query.comments, of_voters=True),
        as_of=time_or_none(query.as_of),
        position=position.token(),
    )
    return kept_answer(answer, position, ["window"])


def _kind(query: DemandQuery) -> str:
    """What the cursors of a list are of."""
    return f"demand:{query.by}:{query.currency or ''}"


def _item(row: AskedFor) -> answers.AskedForPost:
    return answers.AskedForPost(
        **behind(row), post=row.post, title=row.title, board=row.board, status=row.status, kind=row.kind,
        tags=row.tags, last_vote_at=format_time(row.last_vote_at), momentum=momentum_answer(row),
    )  # fmt: skip
