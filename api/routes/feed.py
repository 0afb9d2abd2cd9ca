"""The change feed: every event of the workspace, in order within each partition of the log."""

import asyncio
import time
from collections.abc import Mapping, Sequence
from typing import Annotated

import msgspec
from fastapi import Query
from starlette.responses import Response

from api import problems
from api.guard import KeyOf, ServicesOf, read_router
from api.openapi import FEED, PROBLEMS
from api.parameters import FeedQuery
from api.problems import Problem
from api.services import Services
from api.waiting import EVENTS
from events.domain.directory import KeyEntry
from events.domain.refusals import Invalid
from events.domain.webhooks.types import check_types
from events.position import Partition, Positions
from projections.events.cloudevents import FeedItem, feed_item
from projections.events.queries import FeedEvent, Wanted, feed_query, following

reads = read_router("events")

_POLL_SECONDS = 0.1


class FeedPage(msgspec.Struct, frozen=True, kw_only=True):
    """Events, and the position to go on from: it covers every partition, whether events came from it or not."""

    items: list[FeedItem]
    position: str


@reads.get("/v1/events", responses=PROBLEMS | FEED)
async def list_events(services: ServicesOf, key: KeyOf, query: Annotated[FeedQuery, Query()]) -> Response:
    """Events after a position, from the beginning without one.

    The order is that of the log within a partition, so all that one person did is in order. Go on with the answer's
    `position`. Where there are none yet, `wait` holds the answer back until there are, for so many seconds. With
    `types` only events of these types. What is internal is only there for keys that see it.
    """
    after = dict.fromkeys(services.progress.partitions(EVENTS), 0)
    if query.after is not None:
        after |= services.progress.read_token("after", query.after).next_offsets
        after = {partition: after[partition] for partition in services.progress.partitions(EVENTS)}
    types = _types(query.types)
    deadline = time.monotonic() + query.wait
    while True:
        page = await _read(services, key, after, types, query.limit)
        if page.items or time.monotonic() >= deadline:
            break
        after = dict(Positions.from_token(page.position).next_offsets)
        await _until_moved(services, after, deadline)
    return Response(msgspec.json.encode(page), 200, {"cache-control": "private, no-cache"}, "application/json")


async def _read(
    services: Services, key: KeyEntry, after: Mapping[Partition, int], types: Sequence[str], limit: int
) -> FeedPage:
    reached = (await services.progress.look()).of([EVENTS]).next_offsets
    moved = {partition: at for partition, at in after.items() if reached.get(partition, 0) > at}
    if not moved:
        return FeedPage(items=[], position=Positions(after).token())
    behind = sum(reached[partition] - at for partition, at in moved.items())
    wanted = Wanted(types=types, internal=key.sees_internal)
    query = feed_query(services.view.database, key.workspace, moved, limit=limit, behind=behind, wanted=wanted)
    events = [msgspec.convert(row, FeedEvent) for row in await services.view.rows(query)]
    items = [feed_item(key.workspace, event, internal=key.sees_internal) for event in events]
    return FeedPage(items=items, position=Positions(following(after, reached, events, limit)).token())


async def _until_moved(services: Services, after: Mapping[Partition, int], deadline: float) -> None:
    """Wait until the projection of events has folded anything after this, or the deadline."""
    while time.monotonic() < deadline:
        reached = (await services.progress.look(_POLL_SECONDS)).of([EVENTS]).next_offsets
        if any(reached.get(partition, 0) > at for partition, at in after.items()):
            return
        await asyncio.sleep(min(_POLL_SECONDS, max(0.0, deadline - time.monotonic())))


def _types(text: str | None) -> Sequence[str]:
    types = [] if text is None else text.split(",")
    try:
        check_types(types)
    except Invalid as error:
        raise Problem.of_field(problems.MALFORMED, error.field, error.message) from error
    return types
