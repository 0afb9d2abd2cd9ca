"""Releases: draft, edit, schedule, publish and withdraw one; read one, list them, and what was decided about one."""

from typing import Annotated, Literal

import msgspec
from fastapi import Path, Query
from pydantic import BaseModel, ConfigDict, Field, JsonValue
from starlette.requests import Request
from starlette.responses import Response

from api import problems
from api.answers.releases import (
    ReadRelease,
    ReleaseHistory,
    Releases,
    WrittenRelease,
    release_answer,
    release_decision,
    written_release,
)
from api.commands import carry_out
from api.guard import KeyOf, ServicesOf, admin_router, read_router
from api.openapi import CREATED, PROBLEMS
from api.paging import page, read_key
from api.parameters import ID, AsOf, Moment, PageQuery, PostQuery
from api.problems import Problem
from api.reading import folded, json_response
from api.services import Services
from api.times import happened_at, time_or_none
from api.waiting import RELEASES
from events.domain.bounds import NAME_CHARACTERS, REASON_CHARACTERS, TITLE_CHARACTERS
from events.domain.directory import KeyEntry
from events.domain.execution import Saved
from events.domain.releases.commands import PublishRelease, PutRelease, ScheduleRelease, WithdrawRelease
from events.domain.releases.release import MOST_POSTS, RELEASE_CHARACTERS, Release
from events.times import Millis, format_time, parse_moment
from projections.releases import queries
from projections.releases.queries import ReleaseChange, ReleaseRow

reads = read_router("releases")
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


class ReleasesQuery(PageQuery):
    """One page of releases."""

    state: Annotated[
        Literal["draft", "scheduled", "published"] | None, Field(description="Only releases in this state.")
    ] = None
    as_of: AsOf = None
    known_at: Annotated[
        Moment | None, Field(description="By when things were *recorded*: what was believed at that moment.")
    ] = None


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
    command = ScheduleRelease(
        workspace=key.workspace, release=release, publish_at=_publish_at(body.publish_at), reason=body.reason
    )
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


@reads.get("/v1/releases", response_model=Releases, responses=PROBLEMS)
async def list_releases(services: ServicesOf, key: KeyOf, query: Annotated[ReleasesQuery, Query()]) -> Response:
    """Releases, the one drafted last first; now, or as of a moment.

    Keys that don't see what is internal see published ones only.
    """
    public = not key.sees_internal
    if public and query.state not in (None, "published"):
        raise Problem.of_field(problems.FORBIDDEN, "state", "this needs a key that sees what is internal")
    after = read_key("releases", query.cursor, tuple[int, str])
    position = await folded(services.progress, [RELEASES], query.after)
    rows = await services.view.rows(
        queries.releases_query(
            services.view.database,
            key.workspace,
            limit=query.limit + 1,
            state="published" if public else query.state,
            public=public,
            as_of=query.as_of,
            known_at=query.known_at,
            after=after,
        )
    )
    items, next_cursor = page("releases", rows, ReleaseRow, query.limit, lambda row: (row.created_at, row.release))
    answer = Releases(
        items=[release_answer(row, internal=not public) for row in items],
        next_cursor=next_cursor,
        as_of=time_or_none(query.as_of),
        position=position.token(),
    )
    return json_response(answer)


@reads.get("/v1/releases/{release}", response_model=ReadRelease, responses=PROBLEMS)
async def get_release(
    services: ServicesOf, key: KeyOf, release: ReleasePath, query: Annotated[PostQuery, Query()]
) -> Response:
    """A release; its `ETag` is its version, for `If-Match`. One that is not published is not there for the public."""
    position = await folded(services.progress, [RELEASES], query.after)
    row = await _read(services, key, release, query.as_of)
    if row is None and query.as_of is None:
        # It may have been drafted a moment ago: wait for the view rather than deny it.
        position = (await services.decided(RELEASES)).of([RELEASES])
        row = await _read(services, key, release, None)
    if row is None:
        raise Problem.of_field(problems.NOT_FOUND, "release", f"there is no release {release!r}")
    answer = ReadRelease(
        **release_answer(row, internal=key.sees_internal).model_dump(),
        as_of=time_or_none(query.as_of),
        position=position.token(),
    )
    return json_response(answer, headers={"etag": f'"{row.revision}"'} if query.as_of is None else {})


@reads.get("/v1/releases/{release}/history", response_model=ReleaseHistory, responses=PROBLEMS)
async def get_release_history(
    services: ServicesOf, key: KeyOf, release: ReleasePath, query: Annotated[PageQuery, Query()]
) -> Response:
    """Every decision about a release, in order: who, when, why and what. For keys that see what is internal."""
    if not key.sees_internal:
        raise Problem.of_field(problems.FORBIDDEN, "release", "its history needs a key that sees what is internal")
    after = read_key("release-history", query.cursor, tuple[int])
    position = await folded(services.progress, [RELEASES], query.after)
    rows = await services.view.rows(
        queries.history_query(
            services.view.database, key.workspace, release, limit=query.limit + 1, after=after[0] if after else 0
        )
    )
    items, next_cursor = page("release-history", rows, ReleaseChange, query.limit, lambda row: (row.revision,))
    if not items and after is None:
        raise Problem.of_field(problems.NOT_FOUND, "release", f"there is no release {release!r}")
    answer = ReleaseHistory(
        items=[release_decision(row) for row in items], next_cursor=next_cursor, position=position.token()
    )
    return json_response(answer)


async def _read(services: Services, key: KeyEntry, release: str, as_of: Millis | None) -> ReleaseRow | None:
    public = not key.sees_internal
    query = queries.release_query(services.view.database, key.workspace, release, public=public, as_of=as_of)
    rows = await services.view.rows(query)
    return msgspec.convert(rows[0], ReleaseRow) if rows else None


def _written(saved: Saved[Release]) -> Response:
    answer = written_release(saved)
    headers = {"etag": f'"{answer.version}"', "location": f"/v1/releases/{answer.release}"}
    return json_response(answer, status=201 if saved.created else 200, headers=headers)


def _publish_at(text: str | None) -> str | None:
    if text is None:
        return None
    try:
        return format_time(parse_moment(text))
    except ValueError as error:
        raise Problem.of_field(problems.INVALID, "publish_at", str(error)) from error
