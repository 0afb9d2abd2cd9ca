"""The votes on a post: who stands where, and every change that there ever was."""

from typing import Annotated

from fastapi import Query
from starlette.responses import Response

from api.answers.votes import StandingVote, StandingVotes, VoteChange, VoteHistory
from api.guard import KeyOf, ServicesOf, read_router
from api.known import known_post
from api.openapi import PROBLEMS
from api.paging import page, read_key
from api.parameters import PageQuery, PostPath, StandingQuery
from api.reading import folded, json_response
from api.times import time_or_none
from api.waiting import VOTES
from events.times import format_time
from projections.votes import queries

reads = read_router("votes")


@reads.get("/v1/posts/{post}/votes", response_model=StandingVotes, responses=PROBLEMS)
async def list_votes(
    services: ServicesOf, key: KeyOf, post: PostPath, query: Annotated[StandingQuery, Query()]
) -> Response:
    """Who stands where on a post, and since when with that value; now, or as of a moment."""
    await known_post(services.directory, key.workspace, post)
    after = read_key("votes", query.cursor, tuple[str])
    position = await folded(services.progress, [VOTES], query.after)
    rows = await services.view.rows(
        queries.standing_query(
            services.view.database,
            key.workspace,
            post,
            limit=query.limit + 1,
            after=after[0] if after else "",
            as_of=query.as_of,
        )
    )
    items, next_cursor = page("votes", rows, queries.StandingVote, query.limit, lambda row: (row.person,))
    return json_response(
        StandingVotes(
            items=[_standing(row) for row in items],
            next_cursor=next_cursor,
            as_of=time_or_none(query.as_of),
            position=position.token(),
        )
    )


@reads.get("/v1/posts/{post}/history", response_model=VoteHistory, responses=PROBLEMS)
async def list_history(
    services: ServicesOf, key: KeyOf, post: PostPath, query: Annotated[PageQuery, Query()]
) -> Response:
    """Every change of every vote on a post in order of occurrence, withdrawn ones too."""
    await known_post(services.directory, key.workspace, post)
    after = read_key("history", query.cursor, tuple[int, int, int, str])
    position = await folded(services.progress, [VOTES], query.after)
    rows = await services.view.rows(
        queries.history_query(services.view.database, key.workspace, post, limit=query.limit + 1, after=after)
    )
    items, next_cursor = page(
        "history",
        rows,
        queries.VoteChange,
        query.limit,
        lambda row: (row.occurred_at, row.partition, row.offset, row.person),
    )
    return json_response(
        VoteHistory(items=[_change(row) for row in items], next_cursor=next_cursor, position=position.token())
    )


def _standing(row: queries.StandingVote) -> StandingVote:
    return StandingVote(
        person=row.person,
        value=row.value,
        importance=row.importance,
        since=format_time(row.since),
        recorded_at=format_time(row.recorded_at),
        by=row.by or None,
        counted=row.counted,
        via=row.via or None,
    )


def _change(row: queries.VoteChange) -> VoteChange:
    return VoteChange(
        person=row.person,
        change=row.change,
        value_before=row.value_before,
        value_after=row.value_after,
        importance_before=row.importance_before,
        importance_after=row.importance_after,
        occurred_at=format_time(row.occurred_at),
        recorded_at=format_time(row.recorded_at),
        id=row.event_id,
        by=row.by or None,
        waiting=row.waiting,
        via=row.via or None,
    )
