"""The ranking: which post stands where, now, as of and as known at any moment."""

from collections.abc import Sequence
from typing import Annotated

import msgspec
from fastapi import Query
from starlette.requests import Request
from starlette.responses import Response

from api import problems
from api.answers import rankings as answers
from api.filters import RankingQuery, filter_of
from api.guard import KeyOf, ServicesOf, read_router
from api.known import known_board
from api.openapi import NOT_MODIFIED, PROBLEMS
from api.problems import Problem
from api.ranking_formulas import asked_of, formula_of, now_of, projections_of
from api.reading import CachedAnswer, etag_of, folded, is_not_modified, not_modified
from api.services import Services
from api.times import time_or_none
from events.position import Positions
from projections.posts.filters import PostFilter
from projections.ranking.formulas import Formula
from projections.ranking.query import Cursor, RankedPost, RankingRequest, ranked, ranking_query

reads = read_router("ranking")


@reads.get("/v1/ranking", response_model=answers.Ranking, responses=PROBLEMS | NOT_MODIFIED)
async def get_ranking(
    request: Request, services: ServicesOf, key: KeyOf, query: Annotated[RankingQuery, Query()]
) -> Response:
    """Posts by a formula: `top`, `trending`, `hot` and others that `/v1/formulas` lists, or the workspace's own.

    `as_of` is by when things *happened*, `known_at` by when they were *recorded*; both together answer what was
    believed at `known_at` to be the ranking at `as_of`. Archived, deleted and merged posts are in none, as they stood
    then; custom fields are asked for as `field.<id>=value`. May be up to a second old, never older than `after`.
    """
    cursor = _cursor(query.cursor, query.by)
    formula = await formula_of(services, key, query.by, version=None if cursor is None else cursor.version)
    if cursor is not None and cursor.version != formula.version:
        raise Problem.of_field(problems.MALFORMED, "cursor", f"{query.by} has no version {cursor.version}")
    asked = _request(key.workspace, query, await filter_of(services.directory, key.workspace, query), formula, cursor)
    if query.board is not None:
        await known_board(services.directory, key.workspace, query.board)
    needed = Positions({})
    if query.after is not None:
        needed = await _waited(services, query.after, projections_of(formula))
    answer = await services.rankings.get(
        asked, lambda: _ask(services, asked), lambda kept: kept.position.covers(needed)
    )
    if is_not_modified(request, answer.etag):
        return not_modified(answer.etag)
    headers = {"etag": answer.etag, "cache-control": "private, no-cache"}
    return Response(answer.body, 200, headers, "application/json")


def _request(
    workspace: str, query: RankingQuery, asked: PostFilter, formula: Formula, cursor: Cursor | None
) -> RankingRequest:
    return RankingRequest(
        workspace=workspace,
        formula=formula,
        limit=query.limit,
        **msgspec.structs.asdict(asked),
        as_of=query.as_of,
        known_at=query.known_at,
        now=now_of(formula),
        cursor=cursor,
    )


def _cursor(token: str | None, name: str) -> Cursor | None:
    if token is None:
        return None
    try:
        return Cursor.read(token, name)
    except ValueError as error:
        raise Problem.of_field(problems.MALFORMED, "cursor", str(error)) from error


async def _waited(services: Services, after: str, reads: Sequence[str]) -> Positions:
    """Wait until the views include a position; what of it an answer must include."""
    progress = services.progress
    token = await progress.read_after(reads, after)
    await progress.wait(reads, token)
    needed = progress.needed(reads, token).values()
    return Positions({partition: at for positions in needed for partition, at in positions.next_offsets.items()})


async def _ask(services: Services, asked: RankingRequest) -> CachedAnswer:
    position = await folded(services.progress, projections_of(asked.formula), None)
    rows = await services.view.rows(asked_of(ranking_query, asked, services.view.database))
    page, following = ranked(asked, rows)
    ranking = answers.Ranking(
        items=[_item(post, asked.formula) for post in page],
        next_cursor=None if following is None else following.token(),
        formula=asked.formula.name,
        version=asked.formula.version,
        unit=str(asked.formula.checked.unit),
        as_of=time_or_none(asked.as_of),
        known_at=time_or_none(asked.known_at),
        position=position.token(),
    )
    content = ranking.model_dump_json(exclude={"position"}).encode()
    return CachedAnswer(ranking.model_dump_json().encode(), etag_of(content), position)


def _item(post: RankedPost, formula: Formula) -> answers.RankedPost:
    return answers.RankedPost(
        rank=post.rank,
        post=post.post,
        title=post.title,
        board=post.board,
        status=post.status,
        kind=post.kind,
        tags=post.tags,
        score=post.score,
        up=post.up,
        down=post.down,
        voters=post.voters,
        importance=post.importance,
        last_vote_at=time_or_none(post.last_vote_at),
        value=formula.shown(post.value),
    )
