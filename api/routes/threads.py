"""Reading comments: the threads of a post, one comment, and everything that it ever said."""

from collections.abc import Sequence
from typing import Annotated

import msgspec
from fastapi import Query
from pydantic import Field
from starlette.responses import Response

from api import problems
from api.answers.comments import Comments, CommentVersion, CommentVersions, OneComment, ShownComment
from api.commenting import CommentPath, check_internal, known_comment
from api.guard import KeyOf, ServicesOf, read_router
from api.known import known_post
from api.openapi import PROBLEMS
from api.paging import page, read_key
from api.parameters import AfterQuery, AsOf, PageQuery, PostPath
from api.problems import Problem
from api.reading import folded, json_response
from api.services import Services
from api.times import time_or_none
from api.waiting import COMMENTS, POSTS, REACTIONS
from events.times import Millis, format_time
from projections.comments import groups, queries
from projections.reactions.queries import ReactionCount, counts_query

reads = read_router("comments")


class CommentsQuery(PageQuery):
    """One page of comments."""

    as_of: AsOf = None
    internal: Annotated[bool, Field(description="Internal notes too; only for keys that see them.")] = False


@reads.get("/v1/posts/{post}/comments", response_model=Comments, responses=PROBLEMS)
async def list_comments(
    services: ServicesOf, key: KeyOf, post: PostPath, query: Annotated[CommentsQuery, Query()]
) -> Response:
    """The comments on a post and on those that it was merged with, thread by thread, the oldest first.

    A thread's first comment comes before its replies. `as_of` shows what was said then, on what stood together then;
    what was deleted since says nothing. Internal notes come with `internal=true`, to keys that see them.
    """
    check_internal(key, wanted=query.internal)
    await known_post(services.directory, key.workspace, post)
    after = read_key("comments", query.cursor, tuple[int, str, int, int, str])
    read = [COMMENTS, REACTIONS] if query.as_of is None else [COMMENTS, REACTIONS, POSTS]
    position = await folded(services.progress, read, query.after)
    rows = await services.view.rows(
        queries.comments_query(
            services.view.database,
            key.workspace,
            await _together(services, key.workspace, post, query.as_of),
            limit=query.limit + 1,
            internal=query.internal,
            as_of=query.as_of,
            after=after,
        )
    )
    items, next_cursor = page("comments", rows, queries.ShownComment, query.limit, lambda row: row.key)
    counts = await _reactions(services, key.workspace, [row.comment for row in items], query.as_of)
    return json_response(
        Comments(
            items=[_shown(row, counts.get(row.comment, {})) for row in items],
            next_cursor=next_cursor,
            as_of=time_or_none(query.as_of),
            position=position.token(),
        )
    )


@reads.get("/v1/comments/{comment}", response_model=OneComment, responses=PROBLEMS)
async def get_comment(
    services: ServicesOf, key: KeyOf, comment: CommentPath, query: Annotated[AfterQuery, Query()]
) -> Response:
    """A comment; its `ETag` is its version, for `If-Match`."""
    found = await known_comment(services, key, comment)
    position = await folded(services.progress, [COMMENTS, REACTIONS], query.after)
    asked = queries.comment_query(services.view.database, key.workspace, found.post, comment)
    rows = await services.view.rows(asked)
    if not rows:
        # It was written a moment ago: wait for the view rather than deny it.
        position = (await services.decided(COMMENTS)).of([COMMENTS, REACTIONS])
        rows = await services.view.rows(asked)
    if not rows:
        raise Problem.retry(problems.BEHIND, f"the view does not have comment {comment!r}: is it a dead letter?")
    row = msgspec.convert(rows[0], queries.ShownComment)
    counts = await _reactions(services, key.workspace, [comment], None)
    shown = _shown(row, counts.get(comment, {}))
    answer = OneComment(**shown.model_dump(), position=position.token())
    return json_response(answer, headers={"etag": f'"{row.revision}"'})


@reads.get("/v1/comments/{comment}/versions", response_model=CommentVersions, responses=PROBLEMS)
async def list_versions(
    services: ServicesOf, key: KeyOf, comment: CommentPath, query: Annotated[PageQuery, Query()]
) -> Response:
    """Everything that a comment ever said, the first version first. Of a deleted one nothing but when it changed."""
    found = await known_comment(services, key, comment)
    after = read_key("comment-versions", query.cursor, tuple[int])
    position = await folded(services.progress, [COMMENTS], query.after)
    rows = await services.view.rows(
        queries.versions_query(
            services.view.database,
            key.workspace,
            found.post,
            comment,
            limit=query.limit + 1,
            after=after[0] if after else 0,
        )
    )
    items, next_cursor = page(
        "comment-versions", rows, queries.CommentVersion, query.limit, lambda row: (row.revision,)
    )
    versions = [_version(row, with_reason=key.sees_internal) for row in items]
    return json_response(CommentVersions(items=versions, next_cursor=next_cursor, position=position.token()))


async def _together(services: Services, workspace: str, post: str, as_of: Millis | None) -> Sequence[str]:
    """The posts whose comments are shown with those of this one: all that were merged with it, and not deleted."""
    if as_of is None:
        group: Sequence[str] = services.directory.group(workspace, post)
    else:
        merges = await services.view.rows(groups.merges_query(services.view.database, workspace, as_of))
        group = groups.group_of(post, [(str(merged), str(into)) for merged, into in merges])
    return [each for each in group if services.directory.post(workspace, each) is not None]


async def _reactions(
    services: Services, workspace: str, comments: Sequence[str], as_of: Millis | None
) -> dict[str, dict[str, int]]:
    """How many react how, by comment."""
    counts: dict[str, dict[str, int]] = {}
    if comments:
        rows = await services.view.rows(counts_query(services.view.database, workspace, comments, as_of=as_of))
        for row in rows:
            count = msgspec.convert(row, ReactionCount)
            counts.setdefault(count.comment, {})[count.reaction] = count.persons
    return counts


def _shown(row: queries.ShownComment, reactions: dict[str, int]) -> ShownComment:
    return ShownComment(
        comment=row.comment,
        post=row.post,
        thread=row.thread,
        parent=row.parent or None,
        author=row.author,
        body=row.body,
        mentions=list(row.mentions),
        internal=row.internal,
        deleted=row.deleted,
        created_at=format_time(row.created),
        edited_at=time_or_none(row.edited),
        version=row.revision,
        answer=row.answer,
        reactions={} if row.deleted else reactions,
    )


def _version(row: queries.CommentVersion, *, with_reason: bool) -> CommentVersion:
    return CommentVersion(
        version=row.revision,
        change=row.change,
        body=row.body,
        mentions=list(row.mentions),
        at=format_time(row.occurred),
        recorded_at=format_time(row.recorded),
        actor=row.actor,
        reason=row.reason if with_reason and row.reason else None,
    )
