"""The change feed: every event of the workspace, in order within each partition of the log."""

import asyncio
import time
from collections.abc import Mapping
from typing import Annotated

import msgspec
from fastapi import Query
from starlette.responses import Response

from api.guard import KeyOf, ServicesOf, read_router
from api.openapi import FEED, PROBLEMS
from api.parameters import FeedQuery
from api.services import Services
from api.waiting import EVENTS
from events.position import Partition, Position, Positions
from events.times import format_time
from projections.events.queries import FeedEvent, feed_query

reads = read_router("events")

_POLL_SECONDS = 0.1


class FeedItem(msgspec.Struct, frozen=True, kw_only=True):
    """A CloudEvent with the extensions `recordedtime`, `actor` and `position` (just after it, in its partition)."""

    specversion: str = "1.0"
    type: str
    id: str
    source: str
    subject: str
    time: str
    recordedtime: str
    actor: str | None
    position: str
    data: msgspec.Raw


class FeedPage(msgspec.Struct, frozen=True, kw_only=True):
    """Events, and the position to go on from: it covers every partition, whether events came from it or not."""

    items: list[FeedItem]
    position: str


@reads.get("/v1/events", responses=PROBLEMS | FEED)
async def list_events(services: ServicesOf, key: KeyOf, query: Annotated[FeedQuery, Query()]) -> Response:
    """Events after a position, from the beginning without one.

    The order is that of the log within a partition, so all that one person did is in order. Go on with the answer's
    `position`. Where there are none yet, `wait` holds the answer back until there are, for so many seconds.
    """
    after = dict.fromkeys(services.progress.partitions(EVENTS), 0)
    if query.after is not None:
        after |= services.progress.read_token("after", query.after).next_offsets
        after = {partition: after[partition] for partition in services.progress.partitions(EVENTS)}
    deadline = time.monotonic() + query.wait
    while True:
        page = await _read(services, key.workspace, after, query.limit)
        if page.items or time.monotonic() >= deadline:
            break
        after = dict(Positions.from_token(page.position).next_offsets)
        await _until_moved(services, after, deadline)
    return Response(msgspec.json.encode(page), 200, {"cache-control": "private, no-cache"}, "application/json")


async def _read(services: Services, workspace: str, after: Mapping[Partition, int], limit: int) -> FeedPage:
    reached = (await services.progress.look()).of([EVENTS]).next_offsets
    moved = {partition: at for partition, at in after.items() if reached.get(partition, 0) > at}
    if not moved:
        return FeedPage(items=[], position=Positions(after).token())
    behind = sum(reached[partition] - at for partition, at in moved.items())
    rows = await services.view.rows(feed_query(services.view.database, workspace, moved, limit=limit, behind=behind))
    events = [msgspec.convert(row, FeedEvent) for row in rows]
    following = dict(after)
    if len(events) < limit:  # everything up to here was seen, also where it was another workspace's
        following = {partition: max(at, reached.get(partition, 0)) for partition, at in after.items()}
    for event in events:
        partition = Partition(event.topic, event.partition)
        following[partition] = max(following[partition], event.offset + 1)
    return FeedPage(items=[_item(workspace, event) for event in events], position=Positions(following).token())


async def _until_moved(services: Services, after: Mapping[Partition, int], deadline: float) -> None:
    """Wait until the projection of events has folded anything after this, or the deadline."""
    while time.monotonic() < deadline:
        reached = (await services.progress.look(_POLL_SECONDS)).of([EVENTS]).next_offsets
        if any(reached.get(partition, 0) > at for partition, at in after.items()):
            return
        await asyncio.sleep(min(_POLL_SECONDS, max(0.0, deadline - time.monotonic())))


def _item(workspace: str, event: FeedEvent) -> FeedItem:
    return FeedItem(
        type=event.type,
        id=event.id,
        source=workspace,
        subject=event.subject,
        time=format_time(event.occurred_at),
        recordedtime=format_time(event.recorded_at),
        actor=event.actor or None,
        position=Positions.after([Position(event.topic, event.partition, event.offset)]).token(),
        data=msgspec.Raw(event.data.encode()),
    )
