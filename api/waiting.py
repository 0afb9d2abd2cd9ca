"""How far the views have come, and waiting until they have come far enough: reading one's own writes.

However many wait, one task asks ClickHouse, and only while somebody waits.
"""

import asyncio
import time
from collections.abc import Mapping, Sequence
from typing import NamedTuple, cast

from api import problems
from api.problems import Problem
from api.ruled import RuledBallots
from api.view import View
from events.log.topics import Topics
from events.position import Partition, Positions
from projections.catalog import PROJECTIONS
from projections.clickhouse.progress import progress_query

POLL_SECONDS = 0.02
FRESH_SECONDS = 0.2
"""A look this old still tells what was folded *at least*."""

VOTES, POSTS, EVENTS = "votes", "posts", "events"
COMMENTS, REACTIONS = "comments", "reactions"
PEOPLE = "people"
DELIVERIES = "deliveries"
RELEASES = "releases"
GOALS = "goals"
PLANNING = "planning"
FORMULAS = "formulas"
QUALITY = "quality"


class Look(NamedTuple):
    """One look at the progress: when it began, and how far each projection had come."""

    began: float
    reached: Mapping[str, Positions]

    def of(self, projections: Sequence[str]) -> Positions:
        """What all of these have folded: in each partition what the slowest that reads it has."""
        offsets: dict[Partition, int] = {}
        for name in projections:
            for partition, offset in self.reached.get(name, Positions({})).next_offsets.items():
                offsets[partition] = min(offset, offsets.get(partition, offset))
        return Positions(offsets)


class Progress:
    """The progress of the live generations."""

    def __init__(self, view: View, topics: Topics, ruled: RuledBallots, *, after_seconds: float) -> None:
        self._view = view
        self._ruled = ruled
        self._topics = topics
        self._after_seconds = after_seconds
        self._query = progress_query(view.database, topics.epoch)
        self._reads = {projection.name: topics.partitions_of(projection.topics) for projection in PROJECTIONS}
        self._last = Look(-1.0, {})
        self._looking: asyncio.Task[Look] | None = None

    def partitions(self, projection: str) -> Sequence[Partition]:
        """Every partition that a projection reads."""
        return self._reads[projection]

    def read_token(self, field: str, token: str) -> Positions:
        """A position that a client sends.

        Raises:
            Problem: 400 if it is none of this log.
        """
        try:
            positions = Positions.from_token(token)
        except ValueError as error:
            raise Problem.of_field(problems.MALFORMED, field, str(error)) from error
        for (topic, partition), offset in positions.next_offsets.items():
            partitions = self._topics.partitions.get(topic, 0)
            if not (0 <= partition < partitions and 0 <= offset < 2**63):
                raise Problem.of_field(problems.MALFORMED, field, "this position belongs to another log")
        return positions

    async def read_after(self, projections: Sequence[str], token: str) -> Positions:
        """The position that a read comes after, with all that it means for what these projections read.

        Raises:
            Problem: 400 if it is none of this log, 503 if the ballots were not told in time of what was decided.
        """
        positions = self.read_token("after", token)
        if VOTES not in projections:
            return positions
        return await self._ruled.included(positions, time.monotonic() + self._after_seconds)

    def needed(self, projections: Sequence[str], positions: Positions) -> Mapping[str, Positions]:
        """What of a position each projection must have folded: the partitions that it reads."""
        return {
            name: Positions({key: at for key, at in positions.next_offsets.items() if key in self._reads[name]})
            for name in projections
        }

    async def look(self, max_age: float = FRESH_SECONDS) -> Look:
        """How far the projections have come, as seen `max_age` seconds ago or later. Raises as `View.rows` does."""
        if time.monotonic() - self._last.began <= max_age:
            return self._last
        if self._looking is None:
            self._looking = asyncio.create_task(self._look(), name="look at progress")
        return await asyncio.shield(self._looking)

    async def wait(self, projections: Sequence[str], positions: Positions, seconds: float | None = None) -> Look:
        """Wait until all these projections have folded a position, at most `seconds` (as set, if none is given).

        Raises:
            Problem: 503 if they did not come so far in time, or as `View.rows` does.
        """
        needed = self.needed(projections, positions)
        deadline = time.monotonic() + (self._after_seconds if seconds is None else seconds)
        look = await self.look()
        while not covers(look, needed):
            if time.monotonic() >= deadline:
                behind = ", ".join(name for name in needed if not covers(look, {name: needed[name]}))
                detail = f"the view ({behind}) has not folded this position yet: ask again, or without `after`"
                raise Problem.retry(problems.BEHIND, detail)
            await asyncio.sleep(POLL_SECONDS)
            look = await self.look(max_age=POLL_SECONDS)
        return look

    async def _look(self) -> Look:
        began = time.monotonic()
        try:
            rows = cast("list[tuple[str, str, int, int]]", await self._view.rows(self._query))
        finally:
            self._looking = None
        reached: dict[str, dict[Partition, int]] = {}
        for projection, topic, partition, offset in rows:
            reached.setdefault(projection, {})[Partition(topic, partition)] = offset
        self._last = Look(began, {name: Positions(offsets) for name, offsets in reached.items()})
        return self._last


def covers(look: Look, needed: Mapping[str, Positions]) -> bool:
    """Whether a look shows that each projection has folded what it must have."""
    return all(look.reached.get(name, Positions({})).covers(positions) for name, positions in needed.items())
