"""Comparing a roadmap with itself at two moments."""

from typing import NamedTuple

import msgspec

from api import problems
from api.problems import Problem
from api.roadmap_reading import head_at, visible_head
from api.services import Services
from events.domain.directory import KeyEntry
from projections.moments import Moment
from projections.roadmaps import queries
from projections.roadmaps.differences import Difference, differences
from projections.roadmaps.queries import Head, Standing

MOST_COMPARED = 5000
"""A column with more posts than that is not compared."""


class Compared(NamedTuple):
    """The roadmap at the second moment, what stood on it then, and what differs from the first."""

    head: Head
    items: list[Standing]
    differences: list[Difference]


async def compare(services: Services, key: KeyEntry, roadmap: str, was: Moment, then: Moment) -> Compared:
    """What became of a roadmap between two moments.

    Raises:
        Problem: 404 if this key does not see it, or did not; 409 if too much stands on it.
    """
    head = await visible_head(services, key, roadmap, then)
    old = await head_at(services, key, roadmap, was)
    before = [] if old is None else await _compared(services, key, old, was)
    after = await _compared(services, key, head, then)
    kinds = await services.view.rows(
        queries.kinds_query(services.view.database, key.workspace, roadmap, head.by, was, then)
    )
    names = {column.column: column.name for each in (old, head) if each for column in each.parts}
    found = differences(before, after, dict(msgspec.convert(kinds, list[tuple[str, str]])), names)
    return Compared(head, after, found)


async def standing(
    services: Services, key: KeyEntry, head: Head, moment: Moment, *, limit: int, votes: bool = True
) -> list[Standing]:
    """What stands on a roadmap at a moment, so many of each column."""
    rows = await services.view.rows(
        queries.standing_query(
            services.view.database, key.workspace, head.roadmap, head.by, moment, limit=limit, votes=votes
        )
    )
    return [msgspec.convert(row, Standing) for row in rows]


async def _compared(services: Services, key: KeyEntry, head: Head, moment: Moment) -> list[Standing]:
    items = await standing(services, key, head, moment, limit=MOST_COMPARED, votes=False)
    if crowded := next((item for item in items if item.among > MOST_COMPARED), None):
        message = f"{crowded.among} posts stand in column {crowded.column!r}; {MOST_COMPARED} at most are compared"
        raise Problem.of_field(problems.STATE, "roadmap", message)
    return items
