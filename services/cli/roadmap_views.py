"""Asking the views for roadmaps, for a command."""

import time
from typing import NamedTuple

import msgspec
from clickhouse_connect.driver.client import Client

from events.times import Millis
from projections.clickhouse.query import Query
from projections.moments import Moment
from projections.roadmaps import queries
from projections.roadmaps.differences import Difference, differences
from projections.roadmaps.queries import Head, Revision, Standing
from services.cli.errors import CliError

MOST_SHOWN = 5000
"""Of one column."""


class Shown(NamedTuple):
    """A roadmap and what stands on it, column by column."""

    head: Head
    items: list[Standing]


class RoadmapViews:
    """The roadmaps of one workspace."""

    def __init__(self, client: Client, database: str, workspace: str) -> None:
        self._client = client
        self._database = database
        self._workspace = workspace

    def all(self, limit: int) -> list[Head]:
        """Roadmaps by id."""
        rows = self._rows(queries.roadmaps_query(self._database, self._workspace, limit=limit))
        return [msgspec.convert(row, Head) for row in rows]

    def shown(self, roadmap: str, moment: Moment, *, votes: bool = True) -> Shown:
        """A roadmap as it is, or was at a moment.

        Raises:
            CliError: if there is or was none.
        """
        found = self._shown(roadmap, moment, votes=votes)
        if found is None:
            when = "was no" if moment.is_past else "is no"
            raise CliError(f"there {when} roadmap {roadmap!r} in workspace {self._workspace!r}")
        return found

    def revisions(self, roadmap: str, limit: int) -> list[Revision]:
        """What was decided on a roadmap, the last first."""
        rows = self._rows(queries.revisions_query(self._database, self._workspace, roadmap, limit=limit))
        return [Revision.of(row) for row in rows]

    def differences(self, roadmap: str, begin: Millis, end: Millis | None, known_at: Millis | None) -> list[Difference]:
        """What became of a roadmap between two moments.

        Raises:
            CliError: if there was none at the second.
        """
        was, then = Moment(begin, known_at), Moment(time.time_ns() // 1_000_000 if end is None else end, known_at)
        before, after = self._shown(roadmap, was, votes=False), self.shown(roadmap, then, votes=False)
        kinds = self._rows(queries.kinds_query(self._database, self._workspace, roadmap, after.head.by, was, then))
        names = {
            column.column: column.name for each in (before, after) if each is not None for column in each.head.parts
        }
        told = msgspec.convert(kinds, list[tuple[str, str]])
        return differences([] if before is None else before.items, after.items, dict(told), names)

    def _shown(self, roadmap: str, moment: Moment, *, votes: bool) -> Shown | None:
        heads = self._rows(queries.head_query(self._database, self._workspace, roadmap, moment))
        if not heads:
            return None
        head = msgspec.convert(heads[0], Head)
        query = queries.standing_query(
            self._database, self._workspace, roadmap, head.by, moment, limit=MOST_SHOWN, votes=votes
        )
        return Shown(head, [msgspec.convert(row, Standing) for row in self._rows(query)])

    def _rows(self, query: Query) -> list[tuple[object, ...]]:
        found = self._client.query(query.sql, parameters=dict(query.parameters)).result_rows
        return [tuple(row) for row in found]
