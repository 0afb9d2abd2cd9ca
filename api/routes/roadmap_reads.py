"""Reading roadmaps: as they stand and as they stood, what was decided on them, and what became of them."""

from typing import Annotated, NamedTuple

from fastapi import Query
from pydantic import BaseModel, ConfigDict, Field
from starlette.responses import Response

from api import problems
from api.answers.roadmap_history import RoadmapDiff, RoadmapRevisions, difference, revision
from api.answers.roadmaps import ListedRoadmap, RoadmapAnswer, Roadmaps, columns_of, filled
from api.guard import KeyOf, ServicesOf, read_router
from api.openapi import PROBLEMS
from api.paging import page, read_key
from api.parameters import After, AsOf, Moment, PageQuery
from api.problems import Problem
from api.reading import CachedAnswer, folded, json_response
from api.roadmap_comparing import compare, standing
from api.roadmap_reading import ROADMAPS, RoadmapPath, visible_head
from api.services import Services
from api.times import now, time_or_none
from api.waiting import POSTS, VOTES
from events.domain.directory import KeyEntry
from events.position import Positions
from events.times import format_time
from projections.moments import Moment as Moments
from projections.roadmaps import queries

reads = read_router("roadmaps")

_READS = (ROADMAPS, POSTS, VOTES)
KnownAt = Annotated[Moment | None, Field(description="By when things were *recorded*: what was believed then.")]


class RoadmapQuery(BaseModel):
    """Of one roadmap, at a moment."""

    model_config = ConfigDict(extra="forbid")

    as_of: AsOf = None
    known_at: KnownAt = None
    limit: Annotated[int, Field(ge=1, le=2000, description="How many items of each column at most.")] = 200
    after: After = None


class DiffQuery(BaseModel):
    """Between two moments, by when things happened."""

    model_config = ConfigDict(extra="forbid")

    begin: Annotated[Moment, Field(alias="from", description="From this moment on.", examples=["2026-01-01T00:00:00Z"])]
    end: Annotated[Moment | None, Field(alias="to", description="Until this moment (default: now).")] = None
    known_at: KnownAt = None
    after: After = None


class _Asked(NamedTuple):
    """What a roadmap is asked for."""

    workspace: str
    roadmap: str
    moment: Moments
    limit: int


@reads.get("/v1/roadmaps", response_model=Roadmaps, responses=PROBLEMS)
async def list_roadmaps(services: ServicesOf, key: KeyOf, query: Annotated[PageQuery, Query()]) -> Response:
    """Roadmaps by id; the public ones, for keys that see nothing internal."""
    after = read_key("roadmaps", query.cursor, tuple[str])
    position = await folded(services.progress, [ROADMAPS], query.after)
    rows = await services.view.rows(
        queries.roadmaps_query(
            services.view.database,
            key.workspace,
            limit=query.limit + 1,
            after=after[0] if after else "",
            public_only=not key.sees_internal,
        )
    )
    items, next_cursor = page("roadmaps", rows, queries.Head, query.limit, lambda row: (row.roadmap,))
    answer = Roadmaps(items=[_listed(row) for row in items], next_cursor=next_cursor, position=position.token())
    return json_response(answer)


@reads.get("/v1/roadmaps/{roadmap}", response_model=RoadmapAnswer, responses=PROBLEMS)
async def get_roadmap(
    services: ServicesOf, key: KeyOf, roadmap: RoadmapPath, query: Annotated[RoadmapQuery, Query()]
) -> Response:
    """A roadmap with its columns and what stands in them, now or at any moment.

    Its `ETag` is its version, for `If-Match`.

    `as_of` is by when things *happened*, `known_at` by when they were *recorded*. An internal roadmap is not there for
    keys that see nothing internal, nor is one of a time when it was internal. For those keys an answer may be up to a
    second old, never older than `after`.
    """
    asked = _Asked(key.workspace, roadmap, Moments(query.as_of, query.known_at), query.limit)
    if key.sees_internal:
        await folded(services.progress, _READS, query.after)
        answer = await _ask(services, key, asked)
    else:
        needed = await _waited(services, query.after)
        answer = await services.roadmaps.get(
            asked, lambda: _ask(services, key, asked), lambda kept: kept.position.covers(needed)
        )
    headers = {"cache-control": "private, no-cache"} | ({"etag": answer.etag} if answer.etag else {})
    return Response(answer.body, 200, headers, "application/json")


@reads.get("/v1/roadmaps/{roadmap}/revisions", response_model=RoadmapRevisions, responses=PROBLEMS)
async def list_revisions(
    services: ServicesOf, key: KeyOf, roadmap: RoadmapPath, query: Annotated[PageQuery, Query()]
) -> Response:
    """What was decided on a roadmap, the last first: who, when, why, and what in a readable line.

    Keys that see nothing internal see what was decided while the roadmap was public, without who and why.
    """
    before = read_key("revisions", query.cursor, tuple[int])
    position = await folded(services.progress, [ROADMAPS, POSTS], query.after)
    await visible_head(services, key, roadmap)
    rows = await services.view.rows(
        queries.revisions_query(
            services.view.database,
            key.workspace,
            roadmap,
            limit=query.limit + 1,
            **({"before": before[0]} if before else {}),
            public_only=not key.sees_internal,
        )
    )
    items, next_cursor = page("revisions", rows, queries.Revision, query.limit, lambda row: (row.revision,))
    answer = RoadmapRevisions(
        items=[revision(row, internal=key.sees_internal) for row in items],
        next_cursor=next_cursor,
        position=position.token(),
    )
    return json_response(answer)


@reads.get("/v1/roadmaps/{roadmap}/diff", response_model=RoadmapDiff, responses=PROBLEMS)
async def diff_roadmap(
    services: ServicesOf, key: KeyOf, roadmap: RoadmapPath, query: Annotated[DiffQuery, Query()]
) -> Response:
    """What became of a roadmap between two moments: added, dropped, moved, shipped, re-owned, and slipped by so far.

    `from` and `to` are by when things *happened*.
    """
    end = now() if query.end is None else query.end
    if query.begin > end:
        raise Problem.of_field(problems.MALFORMED, "from", "must not be after `to`")
    was, then = (Moments(at, query.known_at) for at in (query.begin, end))
    position = await folded(services.progress, [ROADMAPS, POSTS], query.after)
    compared = await compare(services, key, roadmap, was, then)
    answer = RoadmapDiff(
        begin=format_time(query.begin),
        end=format_time(end),
        roadmap=roadmap,
        known_at=time_or_none(query.known_at),
        items=[difference(each) for each in compared.differences],
        position=position.token(),
    )
    return json_response(answer)


async def _waited(services: Services, after: str | None) -> Positions:
    """Wait until the views include a position; what of it an answer must include."""
    if after is None:
        return Positions({})
    progress = services.progress
    token = progress.read_token("after", after)
    await progress.wait(_READS, token)
    needed = progress.needed(_READS, token).values()
    return Positions({partition: at for positions in needed for partition, at in positions.next_offsets.items()})


async def _ask(services: Services, key: KeyEntry, asked: _Asked) -> CachedAnswer:
    moment = asked.moment
    position = await folded(services.progress, _READS, None)
    head = await visible_head(services, key, asked.roadmap, moment)
    items = await standing(services, key, head, moment, limit=asked.limit)
    answer = RoadmapAnswer(
        roadmap=head.roadmap,
        name=head.name,
        public=head.public,
        by=head.by,
        columns=filled(head, items),
        created_at=format_time(head.created_at),
        updated_at=format_time(head.updated_at),
        version=head.revision or None,
        as_of=time_or_none(moment.as_of),
        known_at=time_or_none(moment.known_at),
        position=position.token(),
    )
    etag = "" if moment.is_past else f'"{head.revision}"'
    return CachedAnswer(answer.model_dump_json().encode(), etag, position)


def _listed(head: queries.Head) -> ListedRoadmap:
    return ListedRoadmap(
        roadmap=head.roadmap,
        name=head.name,
        public=head.public,
        by=head.by,
        columns=columns_of(head.parts),
        created_at=format_time(head.created_at),
        updated_at=format_time(head.updated_at),
        version=head.revision,
    )
