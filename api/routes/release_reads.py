"""Releases: read one, list them, and what was decided about one."""

from typing import Annotated, Literal

import msgspec
from fastapi import Query
from pydantic import Field
from starlette.responses import Response

from api import problems
from api.answers.releases import ReadRelease, ReleaseHistory, Releases, release_answer, release_decision
from api.guard import KeyOf, ServicesOf, read_router
from api.openapi import PROBLEMS
from api.paging import page, read_key
from api.parameters import AsOf, Moment, PageQuery, PostQuery
from api.problems import Problem
from api.reading import folded, json_response
from api.routes.releases import ReleasePath
from api.services import Services
from api.times import time_or_none
from api.waiting import RELEASES
from events.domain.directory import KeyEntry
from events.times import Millis
from projections.releases import queries
from projections.releases.queries import ReleaseChange, ReleaseRow

reads = read_router("releases")


class ReleasesQuery(PageQuery):
    """One page of releases."""

    state: Annotated[
        Literal["draft", "scheduled", "published"] | None, Field(description="Only releases in this state.")
    ] = None
    as_of: AsOf = None
    known_at: Annotated[
        Moment | None, Field(description="By when things were *recorded*: what was believed at that moment.")
    ] = None


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
