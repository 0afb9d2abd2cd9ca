"""Releases: draft, edit, schedule, publish and withdraw one."""

from typing import Annotated

from fastapi import Path
from pydantic import BaseModel, ConfigDict, Field, JsonValue
from starlette.requests import Request
from starlette.responses import Response

from api.answers.releases import (
    WrittenRelease,
    written_release,
)
from api.commands import carry_out
from api.guard import KeyOf, ServicesOf, admin_router
from api.openapi import CREATED, PROBLEMS
from api.parameters import ID
from api.reading import json_response
from api.times import happened_at, moment_text
from events.domain.bounds import NAME_CHARACTERS, REASON_CHARACTERS, TITLE_CHARACTERS
from events.domain.execution import Saved
from events.domain.releases.commands import PublishRelease, PutRelease, ScheduleRelease, WithdrawRelease
from events.domain.releases.release import MOST_POSTS, RELEASE_CHARACTERS, Release

decisions = admin_router("releases")

ReleasePath = Annotated[str, Path(pattern=ID, description="The release's id.", examples=["2026-spring"])]

_EXAMPLE: dict[str, JsonValue] = {"title": "A dark mode", "body": "At last: **dark**.", "label": "2.4"}
_WITH_POSTS: dict[str, JsonValue] = {**_EXAMPLE, "posts": ["dark-mode"], "reason": "The beta went well"}


class ReleaseBody(BaseModel):
    """What a release says: `body` is Markdown, kept as it is, `posts` what was shipped with it.

    What is left out stays as it is. `reason` is why, for those who decide.
    """

    model_config = ConfigDict(extra="forbid", strict=True, json_schema_extra={"examples": [_EXAMPLE, _WITH_POSTS]})

    title: str = Field(min_length=1, max_length=TITLE_CHARACTERS)
    body: str | None = Field(None, max_length=RELEASE_CHARACTERS)
    label: str | None = Field(None, max_length=NAME_CHARACTERS)
    posts: list[str] | None = Field(None, max_length=MOST_POSTS)
    reason: str = Field("", max_length=REASON_CHARACTERS)
    at: str | None = Field(None, max_length=64, json_schema_extra={"format": "date-time"})


class ScheduleBody(BaseModel):
    """When to publish a release; null takes that back."""

    model_config = ConfigDict(
        extra="forbid", strict=True, json_schema_extra={"examples": [{"publish_at": "2099-01-01T08:00:00Z"}]}
    )

    publish_at: str | None = Field(max_length=64, json_schema_extra={"format": "date-time"})
    reason: str = Field("", max_length=REASON_CHARACTERS)


class PublishBody(BaseModel):
    """Why, and when it was told where that is not now: a release of another system has its own date.

    With `override` also while gates of its posts are open: then `reason` must say why.
    """

    model_config = ConfigDict(extra="forbid", strict=True, json_schema_extra={"examples": [{"reason": "It is out"}]})

    override: bool = False
    reason: str = Field("", max_length=REASON_CHARACTERS)
    at: str | None = Field(None, max_length=64, json_schema_extra={"format": "date-time"})


class WithdrawBody(BaseModel):
    """Why."""

    model_config = ConfigDict(extra="forbid", strict=True, json_schema_extra={"examples": [{"reason": "Too early"}]})

    reason: str = Field("", max_length=REASON_CHARACTERS)


_WRITTEN = PROBLEMS | CREATED | {201: {"model": WrittenRelease}}


@decisions.put("/v1/releases/{release}", response_model=WrittenRelease, responses=_WRITTEN)
async def put_release(
    request: Request, services: ServicesOf, key: KeyOf, release: ReleasePath, body: ReleaseBody
) -> Response:
    """Have there be a release that says this: draft it, or edit it. With `If-Match`, only at that version.

    Posts that are added to a published release move to shipped, too.
    """
    command = PutRelease(
        workspace=key.workspace,
        release=release,
        title=body.title,
        body=body.body,
        label=body.label,
        posts=None if body.posts is None else tuple(body.posts),
        reason=body.reason,
        at=happened_at(body.at),
    )
    return _written(await carry_out(services, request, key, command))


@decisions.post("/v1/releases/{release}:schedule", response_model=WrittenRelease, responses=PROBLEMS)
async def schedule_release(
    request: Request, services: ServicesOf, key: KeyOf, release: ReleasePath, body: ScheduleBody
) -> Response:
    """Have a release published at a moment to come, by the clock; null takes that back."""
    publish_at = None if body.publish_at is None else moment_text("publish_at", body.publish_at)
    command = ScheduleRelease(workspace=key.workspace, release=release, publish_at=publish_at, reason=body.reason)
    return _written(await carry_out(services, request, key, command))


@decisions.post("/v1/releases/{release}:publish", response_model=WrittenRelease, responses=PROBLEMS)
async def publish_release(
    request: Request, services: ServicesOf, key: KeyOf, release: ReleasePath, body: PublishBody | None = None
) -> Response:
    """Tell a release to everybody: it is in the changelog, and its posts move to the workflow's status for shipped.

    They move right after this answers. A post that can't (the workflow does not allow it, it was deleted) stays, and
    the release says why in `not_moved`. 409 names the checks that are missing where gates of its posts are open.
    """
    said = body or PublishBody.model_validate({})
    command = PublishRelease(
        workspace=key.workspace, release=release, reason=said.reason, override=said.override, at=happened_at(said.at)
    )
    return _written(await carry_out(services, request, key, command))


@decisions.post("/v1/releases/{release}:withdraw", response_model=WrittenRelease, responses=PROBLEMS)
async def withdraw_release(
    request: Request, services: ServicesOf, key: KeyOf, release: ReleasePath, body: WithdrawBody | None = None
) -> Response:
    """Take a published release out of the changelog: it is a draft again. Posts that it moved stay where they are."""
    command = WithdrawRelease(workspace=key.workspace, release=release, reason=body.reason if body else "")
    return _written(await carry_out(services, request, key, command))


def _written(saved: Saved[Release]) -> Response:
    answer = written_release(saved)
    headers = {"etag": f'"{answer.version}"', "location": f"/v1/releases/{answer.release}"}
    return json_response(answer, status=201 if saved.created else 200, headers=headers)
