"""How a post came to be what it is: what was done to it, and every version of it."""

from typing import Annotated

import msgspec
from fastapi import Query
from starlette.responses import Response

from api import problems
from api.answers.post_history import Activity, PostVersion, PostVersions, done, version
from api.guard import KeyOf, ServicesOf, read_router
from api.known import known_post
from api.openapi import PROBLEMS
from api.paging import page, read_key
from api.parameters import ActivityQuery, AfterQuery, PageQuery, PostPath, VersionPath
from api.problems import Problem
from api.reading import folded, json_response
from api.times import time_or_none
from api.waiting import POSTS
from projections.posts import history

reads = read_router("posts")


@reads.get("/v1/posts/{post}/activity", response_model=Activity, responses=PROBLEMS)
async def list_activity(
    services: ServicesOf, key: KeyOf, post: PostPath, query: Annotated[ActivityQuery, Query()]
) -> Response:
    """What was done to a post, the latest first: who, when, what, why.

    `note` is what everybody may read; `reason` is null for keys that see nothing internal.
    """
    await known_post(services.directory, key.workspace, post)
    after = read_key("activity", query.cursor, tuple[int, int])
    position = await folded(services.progress, [POSTS], query.after)
    rows = await services.view.rows(
        history.activity_query(
            services.view.database, key.workspace, post, limit=query.limit + 1, as_of=query.as_of, after=after
        )
    )
    items, next_cursor = page("activity", rows, history.Done, query.limit, lambda row: (row.occurred_at, row.revision))
    answer = Activity(
        items=[done(row, sees_internal=key.sees_internal) for row in items],
        next_cursor=next_cursor,
        as_of=time_or_none(query.as_of),
        position=position.token(),
    )
    return json_response(answer)


@reads.get("/v1/posts/{post}/versions", response_model=PostVersions, responses=PROBLEMS)
async def list_versions(
    services: ServicesOf, key: KeyOf, post: PostPath, query: Annotated[PageQuery, Query()]
) -> Response:
    """Every version of a post, whole, from the first one on."""
    await known_post(services.directory, key.workspace, post)
    after = read_key("versions", query.cursor, tuple[int])
    position = await folded(services.progress, [POSTS], query.after)
    rows = await services.view.rows(
        history.versions_query(
            services.view.database, key.workspace, post, limit=query.limit + 1, after=after[0] if after else 0
        )
    )
    items, next_cursor = page("versions", rows, history.Version, query.limit, lambda row: (row.revision,))
    answer = PostVersions(
        items=[version(services.directory, key, post, row) for row in items],
        next_cursor=next_cursor,
        position=position.token(),
    )
    return json_response(answer)


@reads.get("/v1/posts/{post}/versions/{version}", response_model=PostVersion, responses=PROBLEMS)
async def get_version(
    services: ServicesOf,
    key: KeyOf,
    post: PostPath,
    number: VersionPath,
    query: Annotated[AfterQuery, Query()],
) -> Response:
    """One version of a post, whole: what it said after that change."""
    await known_post(services.directory, key.workspace, post)
    await folded(services.progress, [POSTS], query.after)
    rows = await services.view.rows(history.version_query(services.view.database, key.workspace, post, number))
    if not rows:
        raise Problem.of_field(problems.NOT_FOUND, "version", f"there is no version {number} of post {post!r}")
    return json_response(version(services.directory, key, post, msgspec.convert(rows[0], history.Version)))
