"""Comments: write, edit and delete one, mark it as the official answer to its post."""

from typing import Annotated

from fastapi import Query
from pydantic import BaseModel, ConfigDict, Field, JsonValue
from starlette.requests import Request
from starlette.responses import Response

from api import problems
from api.answers.comments import AnswerAnswer, WrittenComment
from api.commands import carry_out, position_token
from api.commenting import CommentPath, check_author, check_internal, known_comment
from api.guard import KeyOf, ServicesOf, admin_router, ingest_router
from api.idempotency import comment_id, idempotency_key
from api.known import known_post
from api.openapi import PROBLEMS
from api.parameters import ID, PostPath
from api.problems import Problem
from api.reading import json_response
from api.services import Services
from api.times import happened_at
from events.domain.bounds import REASON_CHARACTERS
from events.domain.comments.answer import Answer
from events.domain.comments.commands import DeleteComment, EditComment, GiveAnswer, WithdrawAnswer, WriteComment
from events.domain.comments.comment import Comment
from events.domain.comments.text import COMMENT_CHARACTERS
from events.domain.execution import Saved
from events.ids import new_id

writes = ingest_router("comments")
decisions = admin_router("comments")
changes = ingest_router("comments")

_NEW: dict[str, JsonValue] = {"id": "c-77", "author": "p-1042", "body": "At night above all. @p-7 knows more."}


class CommentBody(BaseModel):
    """A new comment. `id` is the client's own for it, `parent` what it replies to, `at` when it was written."""

    model_config = ConfigDict(extra="forbid", strict=True, json_schema_extra={"examples": [_NEW]})

    author: str = Field(pattern=ID)
    body: str = Field(min_length=1, max_length=COMMENT_CHARACTERS)
    parent: str | None = Field(None, pattern=ID)
    internal: bool = False
    id: str | None = Field(None, pattern=ID)
    at: str | None = Field(None, max_length=64, json_schema_extra={"format": "date-time"})


class EditBody(BaseModel):
    """What a comment is to say. A key of role ingest names its author."""

    model_config = ConfigDict(
        extra="forbid", strict=True, json_schema_extra={"examples": [{"body": "At night.", "author": "p-1042"}]}
    )

    body: str = Field(min_length=1, max_length=COMMENT_CHARACTERS)
    author: str | None = Field(None, pattern=ID)
    reason: str = Field("", max_length=REASON_CHARACTERS)
    at: str | None = Field(None, max_length=64, json_schema_extra={"format": "date-time"})


class WhyBody(BaseModel):
    """Why."""

    model_config = ConfigDict(extra="forbid", strict=True, json_schema_extra={"examples": [{"reason": "says it all"}]})

    reason: str = Field("", max_length=REASON_CHARACTERS)


class DeleteQuery(BaseModel):
    """For whom a comment is deleted, and why."""

    model_config = ConfigDict(extra="forbid")

    author: Annotated[
        str | None, Field(pattern=ID, description="The comment's author: a key of role ingest names them.")
    ] = None
    reason: Annotated[str, Field(max_length=REASON_CHARACTERS, description="Why.")] = ""


@writes.post("/v1/posts/{post}/comments", status_code=201, response_model=WrittenComment, responses=PROBLEMS)
async def write_comment(
    request: Request, services: ServicesOf, key: KeyOf, post: PostPath, body: CommentBody
) -> Response:
    """Comment on a post, or reply to a comment; with `Idempotency-Key` (or `id`), a retry is the same comment.

    A reply stands where the comment stands that it replies to: on this post, or on one that was merged with it.
    Threads are two deep: a reply to a reply stands in the same thread, and says to which it replies.
    """
    check_internal(key, wanted=body.internal)
    retry_key = idempotency_key(request.scope)
    made = new_id() if retry_key is None else comment_id(key.workspace, retry_key)
    command = WriteComment(
        workspace=key.workspace,
        comment=body.id or made,
        post=await _post_of_reply(services, key, post, body.parent),
        author=body.author,
        body=body.body,
        parent=body.parent,
        internal=body.internal,
        at=happened_at(body.at),
    )
    return _written(await carry_out(services, request, key, command))


@changes.put("/v1/comments/{comment}", response_model=WrittenComment, responses=PROBLEMS)
async def edit_comment(
    request: Request, services: ServicesOf, key: KeyOf, comment: CommentPath, body: EditBody
) -> Response:
    """Have a comment say something else; what it said stays among its versions.

    With `If-Match`, only at the version that it names. A key of role ingest edits in the name of the comment's author.
    """
    check_author(key, await known_comment(services, key, comment), body.author)
    command = EditComment(
        workspace=key.workspace, comment=comment, body=body.body, reason=body.reason, at=happened_at(body.at)
    )
    return _written(await carry_out(services, request, key, command))


@changes.delete("/v1/comments/{comment}", response_model=WrittenComment, responses=PROBLEMS)
async def delete_comment(
    request: Request, services: ServicesOf, key: KeyOf, comment: CommentPath, query: Annotated[DeleteQuery, Query()]
) -> Response:
    """Hide what a comment says, in all its versions; its place in the thread stays."""
    check_author(key, await known_comment(services, key, comment), query.author)
    command = DeleteComment(workspace=key.workspace, comment=comment, reason=query.reason)
    return _written(await carry_out(services, request, key, command))


@decisions.post("/v1/comments/{comment}:answer", response_model=AnswerAnswer, responses=PROBLEMS)
async def give_answer(
    request: Request, services: ServicesOf, key: KeyOf, comment: CommentPath, body: WhyBody | None = None
) -> Response:
    """Mark a comment as the official answer to its post, instead of any other.

    The answer's `ETag` is the version of the mark; with `If-Match`, only where nobody has moved it meanwhile.
    """
    found = await known_comment(services, key, comment)
    reason = body.reason if body else ""
    command = GiveAnswer(workspace=key.workspace, post=found.post, comment=comment, reason=reason)
    return _answered(await carry_out(services, request, key, command))


@decisions.post("/v1/comments/{comment}:unanswer", response_model=AnswerAnswer, responses=PROBLEMS)
async def withdraw_answer(
    request: Request, services: ServicesOf, key: KeyOf, comment: CommentPath, body: WhyBody | None = None
) -> Response:
    """Have a comment no longer be the official answer to its post."""
    found = await known_comment(services, key, comment)
    reason = body.reason if body else ""
    command = WithdrawAnswer(workspace=key.workspace, post=found.post, comment=comment, reason=reason)
    return _answered(await carry_out(services, request, key, command))


async def _post_of_reply(services: Services, key: KeyOf, post: str, parent: str | None) -> str:
    """The post on which a comment is to stand."""
    await known_post(services.directory, key.workspace, post)
    if parent is None:
        return post
    try:
        found = await known_comment(services, key, parent)
    except Problem as problem:
        raise Problem.of_field(problems.NOT_FOUND, "parent", f"there is no comment {parent!r}") from problem
    return found.post if found.post in services.directory.group(key.workspace, post) else post


def _written(saved: Saved[Comment]) -> Response:
    comment = saved.aggregate
    answer = WrittenComment(
        comment=comment.comment,
        post=comment.post,
        thread=comment.thread,
        parent=comment.parent,
        author=comment.author,
        body=comment.body,
        mentions=list(comment.mentions),
        internal=comment.internal,
        deleted=comment.deleted,
        created_at=comment.at,
        edited_at=comment.edited_at,
        version=comment.version,
        position=position_token(saved),
    )
    headers = {"etag": f'"{comment.version}"', "location": f"/v1/comments/{comment.comment}"}
    return json_response(answer, status=201 if saved.created else 200, headers=headers)


def _answered(saved: Saved[Answer]) -> Response:
    found = saved.aggregate
    answer = AnswerAnswer(post=found.post, answer=found.comment, version=found.version, position=position_token(saved))
    return json_response(answer, headers={"etag": f'"{found.version}"'})
