"""What is decided about a post beyond its words: its status and board, its tags and fields, whether it shows."""

from pydantic import BaseModel, ConfigDict, Field, JsonValue
from starlette.requests import Request
from starlette.responses import Response

from api.answers.posts import WrittenPost, written
from api.commands import carry_out
from api.guard import KeyOf, ServicesOf, admin_router
from api.openapi import PROBLEMS
from api.parameters import ID, PostPath
from api.services import Services
from api.times import happened_at
from events.domain.bounds import REASON_CHARACTERS
from events.domain.commands import ClosePost, PostCommand, ReopenPost
from events.domain.directory import KeyEntry
from events.domain.posts.commands import (
    MOST_FIELDS,
    ArchivePost,
    ChangeStatus,
    DeletePost,
    MovePost,
    PinPost,
    SetFields,
    TagPost,
)
from events.domain.posts.tagging import MOST_TAGS

decisions = admin_router("posts")


class _Body(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True)

    reason: str = Field("", max_length=REASON_CHARACTERS, description="Why, for those who decide.")


def _example(**fields: JsonValue) -> ConfigDict:
    return ConfigDict(json_schema_extra={"examples": [fields]})


class ReasonBody(_Body):
    """Why. Where a post is closed, everybody may read it; elsewhere it is for those who decide."""

    model_config = _example(reason="shipped")


class StatusBody(_Body):
    """Which status; `note` is for everybody, `reason` is not. `at` is when it happened.

    With `override` also one of the kind shipped while the board's gate is open: then `reason` must say why.
    """

    model_config = _example(status="planned", note="We begin in March.", reason="The biggest customers ask for it.")

    status: str = Field(pattern=ID)
    note: str = Field("", max_length=REASON_CHARACTERS, description="What everybody may read about it.")
    override: bool = False
    at: str | None = Field(None, max_length=64, json_schema_extra={"format": "date-time"})


class BoardOfPost(_Body):
    """Which board."""

    model_config = _example(board="ideas", reason="It is no bug.")

    board: str = Field(pattern=ID)


class TagsOfPost(_Body):
    """All tags that the post has from now on."""

    model_config = _example(tags=["mobile"])

    tags: list[str] = Field(max_length=MOST_TAGS)


class FieldsOfPost(_Body):
    """Values of custom fields by id; null for no value. Fields that are not named stay as they are."""

    model_config = _example(fields={"effort": 3})

    fields: dict[str, str | bool | int | float | None] = Field(max_length=MOST_FIELDS)


@decisions.post("/v1/posts/{post}:close", response_model=WrittenPost, responses=PROBLEMS)
async def close_post(
    request: Request, services: ServicesOf, key: KeyOf, post: PostPath, body: ReasonBody | None = None
) -> Response:
    """Have a post the status that the workspace closes posts with; usually it takes no more votes then."""
    return await _decided(services, request, key, ClosePost(workspace=key.workspace, post=post, reason=_why(body)))


@decisions.post("/v1/posts/{post}:reopen", response_model=WrittenPost, responses=PROBLEMS)
async def reopen_post(
    request: Request, services: ServicesOf, key: KeyOf, post: PostPath, body: ReasonBody | None = None
) -> Response:
    """Have a post that was closed, or came to its end, the status again that it had before."""
    return await _decided(services, request, key, ReopenPost(workspace=key.workspace, post=post, reason=_why(body)))


@decisions.post("/v1/posts/{post}:status", response_model=WrittenPost, responses=PROBLEMS)
async def change_status(
    request: Request, services: ServicesOf, key: KeyOf, post: PostPath, body: StatusBody
) -> Response:
    """Have a post another status of the workflow; 409 says which ones may follow the present one.

    One of the kind shipped is 409, too, while checks of the board's gate are missing; it names them.
    """
    command = ChangeStatus(
        workspace=key.workspace,
        post=post,
        status=body.status,
        note=body.note,
        reason=body.reason,
        override=body.override,
        at=happened_at(body.at),
    )
    return await _decided(services, request, key, command)


@decisions.post("/v1/posts/{post}:archive", response_model=WrittenPost, responses=PROBLEMS)
async def archive_post(
    request: Request, services: ServicesOf, key: KeyOf, post: PostPath, body: ReasonBody | None = None
) -> Response:
    """Take a post out of lists and rankings. It can still be read, and its status says whether it takes votes."""
    return await _decided(services, request, key, ArchivePost(workspace=key.workspace, post=post, reason=_why(body)))


@decisions.post("/v1/posts/{post}:unarchive", response_model=WrittenPost, responses=PROBLEMS)
async def unarchive_post(
    request: Request, services: ServicesOf, key: KeyOf, post: PostPath, body: ReasonBody | None = None
) -> Response:
    """Put an archived post back into lists and rankings."""
    command = ArchivePost(workspace=key.workspace, post=post, archived=False, reason=_why(body))
    return await _decided(services, request, key, command)


@decisions.post("/v1/posts/{post}:delete", response_model=WrittenPost, responses=PROBLEMS)
async def delete_post(
    request: Request, services: ServicesOf, key: KeyOf, post: PostPath, body: ReasonBody | None = None
) -> Response:
    """Hide a post everywhere. Its votes and its history stay on the log, and `:restore` brings it back."""
    return await _decided(services, request, key, DeletePost(workspace=key.workspace, post=post, reason=_why(body)))


@decisions.post("/v1/posts/{post}:restore", response_model=WrittenPost, responses=PROBLEMS)
async def restore_post(
    request: Request, services: ServicesOf, key: KeyOf, post: PostPath, body: ReasonBody | None = None
) -> Response:
    """Bring a deleted post back, as it was."""
    command = DeletePost(workspace=key.workspace, post=post, deleted=False, reason=_why(body))
    return await _decided(services, request, key, command)


@decisions.post("/v1/posts/{post}:pin", response_model=WrittenPost, responses=PROBLEMS)
async def pin_post(
    request: Request, services: ServicesOf, key: KeyOf, post: PostPath, body: ReasonBody | None = None
) -> Response:
    """Have a post come first in lists with `pinned_first`."""
    return await _decided(services, request, key, PinPost(workspace=key.workspace, post=post, reason=_why(body)))


@decisions.post("/v1/posts/{post}:unpin", response_model=WrittenPost, responses=PROBLEMS)
async def unpin_post(
    request: Request, services: ServicesOf, key: KeyOf, post: PostPath, body: ReasonBody | None = None
) -> Response:
    """Have a pinned post take its place among the others."""
    command = PinPost(workspace=key.workspace, post=post, pinned=False, reason=_why(body))
    return await _decided(services, request, key, command)


@decisions.post("/v1/posts/{post}:move", response_model=WrittenPost, responses=PROBLEMS)
async def move_post(request: Request, services: ServicesOf, key: KeyOf, post: PostPath, body: BoardOfPost) -> Response:
    """Have a post on another board. Values of fields that the board does not have are kept, and not shown there."""
    command = MovePost(workspace=key.workspace, post=post, board=body.board, reason=body.reason)
    return await _decided(services, request, key, command)


@decisions.put("/v1/posts/{post}/tags", response_model=WrittenPost, responses=PROBLEMS)
async def tag_post(request: Request, services: ServicesOf, key: KeyOf, post: PostPath, body: TagsOfPost) -> Response:
    """Have a post exactly these tags."""
    command = TagPost(workspace=key.workspace, post=post, tags=tuple(body.tags), reason=body.reason)
    return await _decided(services, request, key, command)


@decisions.put("/v1/posts/{post}/fields", response_model=WrittenPost, responses=PROBLEMS)
async def set_fields(
    request: Request, services: ServicesOf, key: KeyOf, post: PostPath, body: FieldsOfPost
) -> Response:
    """Have custom fields of a post these values; each must be of the type that its board says."""
    command = SetFields(workspace=key.workspace, post=post, fields=body.fields, reason=body.reason)
    return await _decided(services, request, key, command)


async def _decided(services: Services, request: Request, key: KeyEntry, command: PostCommand) -> Response:
    saved = await carry_out(services, request, key, command)
    return written(services.directory, key.workspace, saved)


def _why(body: ReasonBody | None) -> str:
    return body.reason if body else ""
