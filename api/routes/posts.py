"""Posts: put, create, close and reopen, read one with its tally, list them."""

from typing import Annotated

import msgspec
from fastapi import Query
from pydantic import BaseModel, ConfigDict, Field, JsonValue
from starlette.requests import Request
from starlette.responses import Response

from api import problems
from api.answers import ListedPost, Posts, PostWithTally, WrittenPost
from api.commands import carry_out, position_token
from api.guard import KeyOf, ServicesOf, admin_router, read_router
from api.idempotency import idempotency_key, post_id
from api.openapi import CREATED, PROBLEMS
from api.paging import page, read_key
from api.parameters import ID, PostPath, PostQuery, PostsQuery
from api.problems import Problem
from api.reading import folded, json_response, known_post
from api.services import Services
from api.times import now
from api.waiting import POSTS, VOTES
from events.domain.bounds import BODY_CHARACTERS, REASON_CHARACTERS, TITLE_CHARACTERS
from events.domain.commands import ClosePost, PutPost, ReopenPost
from events.domain.execution import Saved, known_end
from events.domain.post import Post
from events.ids import new_id
from events.position import Positions
from events.times import Millis, event_time, format_time
from projections.posts import queries

reads = read_router("posts")
decisions = admin_router("posts")

_EXAMPLE: dict[str, JsonValue] = {
    "board": "ideas",
    "title": "A dark mode",
    "body": "My eyes hurt at night.",
    "author": "p-1042",
    "at": "2026-01-31T12:00:00Z",
}


class PostBody(BaseModel):
    """What a post says. A `body` or `author` left out leaves an existing post's as it is; `at` is when it happened."""

    model_config = ConfigDict(extra="forbid", strict=True, json_schema_extra={"examples": [_EXAMPLE]})

    board: str = Field(pattern=ID)
    title: str = Field(min_length=1, max_length=TITLE_CHARACTERS)
    body: str | None = Field(None, max_length=BODY_CHARACTERS)
    author: str | None = Field(None, pattern=ID)
    at: str | None = Field(None, max_length=64, json_schema_extra={"format": "date-time"})

    def command(self, workspace: str, post: str) -> PutPost:
        """What it asks for."""
        return PutPost(
            workspace=workspace,
            post=post,
            board=self.board,
            title=self.title,
            body=self.body,
            author=self.author,
            at=_event_time(self.at),
        )


class ReasonBody(BaseModel):
    """Why."""

    model_config = ConfigDict(extra="forbid", strict=True, json_schema_extra={"examples": [{"reason": "shipped"}]})

    reason: str = Field("", max_length=REASON_CHARACTERS)


_WRITTEN = PROBLEMS | CREATED | {201: {"model": WrittenPost}}


@decisions.put("/v1/posts/{post}", response_model=WrittenPost, responses=_WRITTEN)
async def put_post(request: Request, services: ServicesOf, key: KeyOf, post: PostPath, body: PostBody) -> Response:
    """Have there be a post that says this: create it under the client's id, or edit and move it.

    With `If-Match`, only at the version that it names.
    """
    return _written(await carry_out(services, request, key, body.command(key.workspace, post)))


@decisions.post("/v1/posts", status_code=201, response_model=WrittenPost, responses=PROBLEMS)
async def create_post(request: Request, services: ServicesOf, key: KeyOf, body: PostBody) -> Response:
    """Create a post under an id that is made for you; with `Idempotency-Key`, a retry gives the same post."""
    retry_key = idempotency_key(request.scope)
    post = new_id() if retry_key is None else post_id(key.workspace, retry_key)
    return _written(await carry_out(services, request, key, body.command(key.workspace, post)))


@decisions.post("/v1/posts/{post}:close", response_model=WrittenPost, responses=PROBLEMS)
async def close_post(
    request: Request, services: ServicesOf, key: KeyOf, post: PostPath, body: ReasonBody | None = None
) -> Response:
    """Have a post take no more votes."""
    reason = body.reason if body else ""
    command = ClosePost(workspace=key.workspace, post=post, reason=reason)
    return _written(await carry_out(services, request, key, command))


@decisions.post("/v1/posts/{post}:reopen", response_model=WrittenPost, responses=PROBLEMS)
async def reopen_post(
    request: Request, services: ServicesOf, key: KeyOf, post: PostPath, body: ReasonBody | None = None
) -> Response:
    """Have a closed post take votes again."""
    reason = body.reason if body else ""
    command = ReopenPost(workspace=key.workspace, post=post, reason=reason)
    return _written(await carry_out(services, request, key, command))


@reads.get("/v1/posts/{post}", response_model=PostWithTally, responses=PROBLEMS)
async def get_post(services: ServicesOf, key: KeyOf, post: PostPath, query: Annotated[PostQuery, Query()]) -> Response:
    """A post with its tally and status; its `ETag` is its version, for `If-Match`."""
    await known_post(services.directory, key.workspace, post)
    position = await folded(services.progress, [POSTS, VOTES], query.after)
    row = await _read(services, key.workspace, post, query.as_of)
    if row is None and query.as_of is None:
        # It was created a moment ago: wait for the view rather than deny it.
        end = Positions.after([known_end(services.feedback.ledger)])
        position = (await services.progress.wait([POSTS], end)).of([POSTS, VOTES])
        row = await _read(services, key.workspace, post, None)
    if row is None:
        raise Problem.of_field(problems.NOT_FOUND, "post", f"there was no post {post!r} at that moment")
    headers = {"etag": f'"{row.revision}"'} if query.as_of is None else {}
    return json_response(_answer(row, query.as_of, position), headers=headers)


@reads.get("/v1/posts", response_model=Posts, responses=PROBLEMS)
async def list_posts(services: ServicesOf, key: KeyOf, query: Annotated[PostsQuery, Query()]) -> Response:
    """Posts, the newest first."""
    after = read_key("posts", query.cursor, tuple[int, str])
    position = await folded(services.progress, [POSTS], query.after)
    rows = await services.view.rows(
        queries.posts_query(
            services.view.database,
            key.workspace,
            limit=query.limit + 1,
            board=query.board,
            status=query.status,
            after=after,
        )
    )
    items, next_cursor = page("posts", rows, queries.ListedPost, query.limit, lambda row: (row.created_at, row.post))
    return json_response(
        Posts(items=[_listed(row) for row in items], next_cursor=next_cursor, position=position.token())
    )


async def _read(services: Services, workspace: str, post: str, as_of: Millis | None) -> queries.PostWithTally | None:
    rows = await services.view.rows(queries.post_query(services.view.database, workspace, post, as_of=as_of))
    return msgspec.convert(rows[0], queries.PostWithTally) if rows else None


def _answer(row: queries.PostWithTally, as_of: Millis | None, position: Positions) -> PostWithTally:
    return PostWithTally(
        post=row.post,
        board=row.board,
        title=row.title,
        body=row.body,
        author=row.author or None,
        status=row.status,
        closed_reason=row.closed_reason or None,
        duplicate_of=row.duplicate_of or None,
        merge=None,
        created_at=format_time(row.created_at),
        updated_at=format_time(row.updated_at),
        version=row.revision,
        score=row.score,
        up=row.up,
        down=row.down,
        voters=row.up + row.down,
        importance=row.importance,
        last_vote_at=None if row.last_vote_at is None else format_time(row.last_vote_at),
        as_of=None if as_of is None else format_time(as_of),
        position=position.token(),
    )


def _listed(row: queries.ListedPost) -> ListedPost:
    return ListedPost(
        post=row.post,
        board=row.board,
        title=row.title,
        status=row.status,
        author=row.author or None,
        duplicate_of=row.duplicate_of or None,
        created_at=format_time(row.created_at),
        updated_at=format_time(row.updated_at),
        version=row.revision,
    )


def _written(saved: Saved[Post]) -> Response:
    post = saved.aggregate
    answer = WrittenPost(
        post=post.post,
        board=post.board,
        title=post.title,
        body=post.body,
        author=post.author,
        status="open" if post.closed is None else "closed",
        closed_reason=post.closed or None,
        duplicate_of=post.duplicate_of,
        merge=None,
        created_at=post.at,
        version=post.version,
        position=position_token(saved),
    )
    headers = {"etag": f'"{post.version}"', "location": f"/v1/posts/{post.post}"}
    return json_response(answer, status=201 if saved.created else 200, headers=headers)


def _event_time(at: str | None) -> str | None:
    if at is None:
        return None
    try:
        return event_time(at, now())
    except ValueError as error:
        raise Problem.of_field(problems.INVALID, "at", str(error)) from error
