"""Revising a roadmap: what changed since a date and why, what slipped, and whose demand fell or rose."""

import asyncio
from typing import Annotated

import msgspec
from fastapi import Query
from pydantic import BaseModel, ConfigDict, Field
from starlette.responses import Response

from api import problems
from api.answers.roadmap_revisions import RoadmapRevisionSince, drifted_item, revised_item, slipped_item
from api.guard import KeyOf, ServicesOf, read_router
from api.openapi import PROBLEMS
from api.parameters import After, Moment
from api.problems import Problem
from api.reading import folded, json_response
from api.roadmap_comparing import Compared, compare
from api.roadmap_reading import ROADMAPS, RoadmapPath
from api.services import Services
from api.times import now
from api.waiting import POSTS, VOTES
from events.domain.directory import KeyEntry
from events.times import Millis, format_time
from projections.moments import Moment as At
from projections.roadmap_revisions import queries
from projections.roadmap_revisions.queries import ItemDrift, ItemSlips, PostDecision
from projections.roadmap_revisions.revised import Revised, revised
from projections.roadmaps.queries import Revision, revisions_query

reads = read_router("roadmaps")

MOST_DRIFTED = 1000


class RevisionQuery(BaseModel):
    """Since when."""

    model_config = ConfigDict(extra="forbid")

    since: Annotated[Moment, Field(description="By when things *happened*.", examples=["2026-01-01T00:00:00Z"])]
    after: After = None


@reads.get("/v1/roadmaps/{roadmap}/revision", response_model=RoadmapRevisionSince, responses=PROBLEMS)
async def revise_roadmap(
    services: ServicesOf, key: KeyOf, roadmap: RoadmapPath, query: Annotated[RevisionQuery, Query()]
) -> Response:
    """What changed on a roadmap since a moment, each change with who decided it, when and why.

    Slips are counted since each item was first dated. Demand is an item's score when it was placed against now. Keys
    that see nothing internal are told what was decided while the roadmap was public, without who and why.
    """
    end = now()
    if query.since > end:
        raise Problem.of_field(problems.MALFORMED, "since", "must not lie in the future")
    position = await folded(services.progress, [ROADMAPS, POSTS, VOTES], query.after)
    compared = await compare(services, key, roadmap, At(query.since), At(end))
    database, workspace = services.view.database, key.workspace
    found, slips, drift = await asyncio.gather(
        _explained(services, key, compared, query.since, end),
        services.view.rows(queries.slips_query(database, workspace, roadmap, begin=query.since)),
        services.view.rows(queries.drift_query(database, workspace, roadmap, limit=MOST_DRIFTED)),
    )
    drifted = msgspec.convert(drift, list[ItemDrift])
    answer = RoadmapRevisionSince(
        roadmap=roadmap,
        since=format_time(query.since),
        until=format_time(end),
        items=[revised_item(each, internal=key.sees_internal) for each in found],
        slips=[slipped_item(each) for each in msgspec.convert(slips, list[ItemSlips])],
        fell=[drifted_item(each) for each in drifted if each.change < 0],
        rose=[drifted_item(each) for each in drifted if each.change > 0],
        position=position.token(),
    )
    return json_response(answer)


async def _explained(
    services: Services, key: KeyEntry, compared: Compared, begin: Millis, end: Millis
) -> list[Revised]:
    """The differences with the decisions behind them."""
    database, workspace, roadmap = services.view.database, key.workspace, compared.head.roadmap
    posts = sorted({each.post for each in compared.differences})
    decisions, on_posts = await asyncio.gather(
        services.view.rows(
            revisions_query(
                database, workspace, roadmap, limit=queries.MOST_DECISIONS, public_only=not key.sees_internal,
                begin=begin, end=end,
            )
        ),
        services.view.rows(queries.post_decisions_query(database, workspace, posts, begin=begin, end=end)),
    )  # fmt: skip
    told = msgspec.convert(on_posts, list[PostDecision])
    return revised(compared.head.by, compared.differences, [Revision.of(row) for row in decisions], told)
