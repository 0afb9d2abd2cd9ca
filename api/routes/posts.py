"""Posts: put, create, read one with its tally, list them."""

from typing import Annotated

import msgspec
from fastapi import Query
from pydantic import BaseModel, ConfigDict, Field, JsonValue
from starlette.requests import Request
from starlette.responses import Response

from api import problems
from api.answers.posts import Posts, PostWithTally, WrittenPost, listed, shown, written
from api.commands import carry_out
from api.filters import PostsQuery, filter_of
from api.guard import KeyOf, ServicesOf, admin_router, read_router
from api.idempotency import idempotency_key, post_id
from api.known import known_post
from api.merge_reading import merges_of
from api.openapi import CREATED, PROBLEMS
from api.paging import page, read_key
from api.parameters import ID, PostPath, PostQuery
from api.problems import Problem
from api.reading import folded, json_response
from api.services import Services
from api.times import happened_at, time_or_none
from api.waiting import POSTS, VOTES
from events.domain.bounds import BODY_CHARACTERS, REASON_CHARACTERS, TITLE_CHARACTERS
from events.domain.commands import PutPost
from events.ids import new_id
from events.times import Millis
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
    """What a post says: plain text; HTML in it is text too, and must be escaped where it is shown.

    A `body` or `author` left out leaves an existing post's as it is; `at` is when it happened. `reason` is why an
    existing post is changed, for those who decide.
    """

    model_config = ConfigDict(extra="forbid", strict=True, json_schema_extra={"examples": [_EXAMPLE]})

    board: str = Field(pattern=ID)
    title: str = Field(min_length=1, max_length=TITLE_CHARACTERS)
    body: str | None = Field(None, max_length=BODY_CHARACTERS)
    author: str | None = Field(None, pattern=ID)
    reason: str = Field("", max_length=REASON_CHARACTERS)
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
            reason=self.reason,
            at=happened_at(self.at),
        )


_WRITTEN = PROBLEMS | CREATED | {201: {"model": WrittenPost}}


@decisions.put("/v1/posts/{post}", response_model=WrittenPost, responses=_WRITTEN)
async def put_post(request: Request, services: ServicesOf, key: KeyOf, post: PostPath, body: PostBody) -> Response:
    """Have there be a post that says this: create it under the client's id, or edit and move it.

    With `If-Match`, only at the version that it names.
    """
    saved = await carry_out(services, request, key, body.command(key.workspace, post))
    return written(services.directory, key.workspace, saved)


@decisions.post("/v1/posts", status_code=201, response_model=WrittenPost, responses=PROBLEMS)
async def create_post(request: Request, services: ServicesOf, key: KeyOf, body: PostBody) -> Response:
    """Create a post under an id that is made for you; with `Idempotency-Key`, a retry gives the same post."""
    retry_key = idempotency_key(request.scope)
    post = new_id() if retry_key is None else post_id(key.workspace, retry_key)
    saved = await carry_out(services, request, key, body.command(key.workspace, post))
    return written(services.directory, key.workspace, saved)


@reads.get("/v1/posts/{post}", response_model=PostWithTally, responses=PROBLEMS)
async def get_post(services: ServicesOf, key: KeyOf, post: PostPath, query: Annotated[PostQuery, Query()]) -> Response:
    """A post with its tally and status; its `ETag` is its version, for `If-Match`."""
    await known_post(services.directory, key.workspace, post)
    position = await folded(services.progress, [POSTS, VOTES], query.after)
    row = await _read(services, key.workspace, post, query.as_of)
    if row is None and query.as_of is None:
        # It was created a moment ago: wait for the view rather than deny it.
        position = (await services.decided(POSTS)).of([POSTS, VOTES])
        row = await _read(services, key.workspace, post, None)
    if row is None:
        raise Problem.of_field(problems.NOT_FOUND, "post", f"there was no post {post!r} at that moment")
    headers = {"etag": f'"{row.revision}"'} if query.as_of is None else {}
    fields = services.directory.fields(key.workspace, row.board)
    merges = await merges_of(services, key, post, query.as_of)
    return json_response(shown(fields, row, merges, query.as_of, position), headers=headers)


@reads.get("/v1/posts", response_model=Posts, responses=PROBLEMS)
async def list_posts(services: ServicesOf, key: KeyOf, query: Annotated[PostsQuery, Query()]) -> Response:
    """Posts, the newest first; now, or as they were at a moment.

    Archived and merged ones only where they are asked for. Custom fields are asked for as `field.<id>=value`.
    """
    after = read_key("posts", query.cursor, tuple[int, int, str])
    asked = await filter_of(services.directory, key.workspace, query, merged=query.merged)
    position = await folded(services.progress, [POSTS], query.after)
    rows = await services.view.rows(
        queries.posts_query(
            services.view.database,
            key.workspace,
            asked,
            limit=query.limit + 1,
            as_of=query.as_of,
            pinned_first=query.pinned_first,
            after=None if after is None else (bool(after[0]), *after[1:]),
        )
    )
    items, next_cursor = page(
        "posts",
        rows,
        queries.ListedPost,
        query.limit,
        lambda row: (int(row.pinned and query.pinned_first), row.created_at, row.post),
    )
    answer = Posts(
        items=[listed(services.directory.fields(key.workspace, row.board), row) for row in items],
        next_cursor=next_cursor,
        as_of=time_or_none(query.as_of),
        position=position.token(),
    )
    return json_response(answer)


async def _read(services: Services, workspace: str, post: str, as_of: Millis | None) -> queries.PostWithTally | None:
    rows = await services.view.rows(queries.post_query(services.view.database, workspace, post, as_of=as_of))
    return msgspec.convert(rows[0], queries.PostWithTally) if rows else None
