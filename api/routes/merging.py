"""Merging a post into another one, and taking it back."""

from typing import Annotated

from fastapi import Path
from pydantic import BaseModel, ConfigDict, Field, JsonValue
from starlette.requests import Request
from starlette.responses import Response

from api.answers.posts import WrittenPost, written
from api.commands import carry_out
from api.guard import KeyOf, ServicesOf, admin_router
from api.openapi import PROBLEMS
from api.parameters import ID
from api.routes.post_decisions import ReasonBody
from api.times import happened_at
from events.domain.bounds import REASON_CHARACTERS
from events.domain.merging.commands import MergePost, UnmergePost

decisions = admin_router("posts")

MergedPath = Annotated[str, Path(pattern=ID, description="The id of the post that goes.", examples=["night-mode"])]

_EXAMPLE: dict[str, JsonValue] = {"into": "dark-mode", "reason": "The same wish."}


class MergeBody(BaseModel):
    """Into which post, and why. `at` is when it happened: not before one of them was last merged or unmerged."""

    model_config = ConfigDict(extra="forbid", strict=True, json_schema_extra={"examples": [_EXAMPLE]})

    into: str = Field(pattern=ID)
    reason: str = Field("", max_length=REASON_CHARACTERS, description="Why, for those who decide.")
    at: str | None = Field(None, max_length=64, json_schema_extra={"format": "date-time"})


@decisions.post("/v1/posts/{post}:merge", response_model=WrittenPost, responses=PROBLEMS)
async def merge_post(request: Request, services: ServicesOf, key: KeyOf, post: MergedPath, body: MergeBody) -> Response:
    """Have votes on a post count for another one, where a person of both counts once. Nothing is lost by it.

    Send the `position` as `after` to see the votes counted so.
    """
    command = MergePost(
        workspace=key.workspace, post=post, into=body.into, reason=body.reason, at=happened_at(body.at)
    )  # fmt: skip
    saved = await carry_out(services, request, key, command)
    return written(services.directory, key.workspace, saved)


@decisions.post("/v1/posts/{post}:unmerge", response_model=WrittenPost, responses=PROBLEMS)
async def unmerge_post(
    request: Request, services: ServicesOf, key: KeyOf, post: MergedPath, body: ReasonBody | None = None
) -> Response:
    """Have a post stand for itself again: from now on all is as if it had never been merged."""
    reason = "" if body is None else body.reason
    saved = await carry_out(services, request, key, UnmergePost(workspace=key.workspace, post=post, reason=reason))
    return written(services.directory, key.workspace, saved)
