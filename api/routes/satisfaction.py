"""How content persons are with what was shipped: their ratings, set, never toggled, and what to ask whom."""

from typing import Annotated

import msgspec
from fastapi import Query
from starlette.requests import Request
from starlette.responses import Response

from api import problems
from api.answers import quality as answers
from api.appending import append_one
from api.ballots import Ballot
from api.guard import KeyOf, ServicesOf, ingest_router, internal_router, read_router
from api.idempotency import idempotency_key, rating_id
from api.known import known_post
from api.openapi import PROBLEMS
from api.paging import page, read_key
from api.parameters import AfterQuery, PageQuery, PersonPath, PostPath
from api.problems import Problem
from api.quality_bodies import RatingBody, RatingWithdrawal
from api.reading import folded, json_response
from api.services import Services
from api.times import happened_at, now
from api.waiting import POSTS, QUALITY, VOTES
from events.ballots import ballot_key, partition_of
from events.domain.directory import KeyEntry
from events.ids import new_id
from events.log.appender import Record
from events.satisfaction import RatingData, SatisfactionRated, SatisfactionWithdrawn, encode_satisfaction
from events.times import format_time
from projections.quality import asking
from projections.quality.asking import Content, Question
from projections.samples import FEWEST

writes = ingest_router("quality")
reads = internal_router("quality")
questions = read_router("quality")

PATH = "/v1/posts/{post}/satisfaction/{person}"


@writes.put(PATH, response_model=answers.RatingAnswer, responses=PROBLEMS)
async def rate(
    request: Request, services: ServicesOf, key: KeyOf, post: PostPath, person: PersonPath, body: RatingBody
) -> Response:
    """Have this person rate a post that is shipped, or was. A merged post is rated as the one that it went into."""
    root = await _root(services, key, post, shipped=True)
    return await _append(services, request, key, root, RatingData(person, body.rating), body.at, body.id)


@writes.delete(PATH, response_model=answers.RatingAnswer, responses=PROBLEMS)
async def withdraw_rating(
    request: Request,
    services: ServicesOf,
    key: KeyOf,
    post: PostPath,
    person: PersonPath,
    query: Annotated[RatingWithdrawal, Query()],
) -> Response:
    """Have this person no longer rate a post."""
    root = await _root(services, key, post)
    return await _append(services, request, key, root, RatingData(person, 0), query.at, query.id)


@reads.get("/v1/posts/{post}/satisfaction", response_model=answers.Satisfaction, responses=PROBLEMS)
async def get_satisfaction(
    services: ServicesOf, key: KeyOf, post: PostPath, query: Annotated[AfterQuery, Query()]
) -> Response:
    """How content persons are with a post."""
    root = await _root(services, key, post)
    position = await folded(services.progress, [QUALITY, VOTES], query.after)
    rows = await services.view.rows(asking.content_query(services.view.database, key.workspace, root))
    found = msgspec.convert(rows[0], Content)
    ratings = sum(found.by_rating.values())
    total = sum(rating * many for rating, many in found.by_rating.items())
    return json_response(
        answers.Satisfaction(
            post=root,
            ratings=ratings,
            by_rating={str(rating): many for rating, many in found.by_rating.items()},
            mean_rating=None if ratings < FEWEST else total / ratings,
            asked=found.asked,
            position=position.token(),
        )
    )


@questions.get("/v1/persons/{person}/questions", response_model=answers.Questions, responses=PROBLEMS)
async def list_questions(
    services: ServicesOf, key: KeyOf, person: PersonPath, query: Annotated[PageQuery, Query()]
) -> Response:
    """Shipped posts that this person voted for and has not rated: what a product may ask them in its app."""
    after = read_key("questions", query.cursor, tuple[int, str])
    position = await folded(services.progress, [QUALITY, POSTS, VOTES], query.after)
    rows = await services.view.rows(
        asking.questions_query(services.view.database, key.workspace, person, limit=query.limit + 1, after=after)
    )
    items, next_cursor = page("questions", rows, Question, query.limit, lambda row: (row.shipped_at, row.post))
    return json_response(
        answers.Questions(
            items=[
                answers.QuestionAnswer(
                    post=row.post, title=row.title, board=row.board, shipped_at=format_time(row.shipped_at)
                )
                for row in items
            ],
            next_cursor=next_cursor,
            position=position.token(),
        )
    )


async def _root(services: Services, key: KeyEntry, post: str, *, shipped: bool = False) -> str:
    """The post that a rating on this one counts for.

    Raises:
        Problem: 404 if there is none; 409 if it must be shipped, and never was.
    """
    directory, workspace = services.directory, key.workspace
    await known_post(directory, workspace, post)
    root = directory.root(workspace, post)
    if shipped and not _ever_shipped(services, workspace, root):
        await directory.catch_up()
        root = directory.root(workspace, post)
        if not _ever_shipped(services, workspace, root):
            raise Problem.of_field(problems.STATE, "post", f"post {root!r} was never shipped: there is nothing to rate")
    return root


def _ever_shipped(services: Services, workspace: str, post: str) -> bool:
    entry = services.directory.post(workspace, post)
    return entry is not None and entry.shipped


async def _append(
    services: Services,
    request: Request,
    key: KeyEntry,
    post: str,
    data: RatingData,
    at: str | None,
    id: str | None,
) -> Response:
    workspace, retry_key = key.workspace, idempotency_key(request.scope)
    if id is None and retry_key is not None:
        id = rating_id(workspace, retry_key, post, data.person)
    kind = SatisfactionRated if data.rating else SatisfactionWithdrawn
    time = happened_at(at) or format_time(now())
    event = kind(id=id or new_id(), source=workspace, subject=post, time=time, data=data)
    person = ballot_key(workspace, data.person)
    record = Ballot(partition_of(person, services.reactions.partitions), Record(person, encode_satisfaction(event)))
    position = await append_one(services, record, services.reactions)
    return json_response(answers.RatingAnswer(post=post, person=data.person, rating=data.rating, position=position))
