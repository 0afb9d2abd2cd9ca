"""Rebuilding, proving and switching in a test's installation, as the commands do."""

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

import clickhouse_connect
from clickhouse_connect.driver.client import Client

from events.settings import KafkaSettings
from projections.catalog import BY_NAME
from projections.clickhouse.generation_log import read_generations
from projections.clickhouse.settings import ClickHouseSettings
from services.generations.projection_log import ProjectionLog
from services.projector.settings import ProjectorSettings
from services.rebuild.choice import Choice
from services.rebuild.rebuild import Rebuild, Rebuilt
from services.rebuild.standing import Standing
from tests.support.installation import Installation


class Place(Protocol):
    """Where a test rebuilds: a log, a database and a folder."""

    @property
    def kafka(self) -> KafkaSettings: ...

    @property
    def clickhouse(self) -> ClickHouseSettings: ...

    @property
    def data(self) -> Path: ...


@dataclass
class Seen:
    """A watch that keeps what it was told."""

    choice: Choice | None = None
    standing: Standing = field(default_factory=Standing)
    texts: list[str] = field(default_factory=list)

    def chosen(self, choice: Choice, standing: Standing) -> None:
        self.choice, self.standing = choice, standing

    def came(self) -> None:
        pass

    def said(self, text: str) -> None:
        self.texts.append(text)


def log_of(place: Place, name: str) -> ProjectionLog:
    return ProjectionLog.of(place.kafka, BY_NAME[name])


def rebuild(place: Place, name: str, watch: Seen | None = None, *, processes: int = 2, skip: bool = False) -> Rebuilt:
    """Build what is to be built next."""
    settings = ProjectorSettings(data=place.data)
    wanted = Rebuild(
        BY_NAME[name], place.kafka, place.clickhouse, settings, processes=processes, skip_dead_letters=skip
    )
    return wanted.run(watch or Seen())


def states(place: Place, name: str) -> dict[int, str]:
    """Each generation's state."""
    with client_of(place) as client:
        found = read_generations(client, place.clickhouse.database, name)
    return {each.generation: str(each.state) for each in found}


@contextmanager
def client_of(place: Place) -> Iterator[Client]:
    client = clickhouse_connect.get_client(
        **place.clickhouse.client_options(), database="default", autogenerate_session_id=False
    )
    try:
        yield client
    finally:
        client.close()


MARKED_VIEWS = ("votes", "vote_history", "vote_timeline", "tallies", "tally_periods", "standings")


def mark(client: Client, installation: Installation, generation: int) -> None:
    """Put a row into each of a generation's tables that no other one has: so a reader knows which one it reads."""
    database = installation.clickhouse.database
    for table, columns, values in (
        ("votes", "workspace, value", "'marked', 1"),
        ("vote_history", "workspace, value_after", "'marked', 1"),
        ("tallies", "workspace", "'marked'"),
        ("tally_periods", "workspace", "'marked'"),
        ("standings", "workspace", "'marked'"),
    ):
        client.command(f"INSERT INTO {database}.{table}_g{generation} ({columns}) SELECT {values}")


class RankingReader:
    """Reads the ranking, and every view that it stands on, ten times a second, and counts what none may ever see."""

    SQL = """WITH marks AS ({marks})
SELECT (SELECT count() FROM {db}.vote_timeline), (SELECT groupArray(mark) FROM (SELECT mark FROM marks ORDER BY view)),
  (SELECT sum(voters) FROM {db}.ranking)"""

    def __init__(self, installation: Installation) -> None:
        self._installation = installation
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._run, name="ranking reader")
        self.reads = 0
        self.errors: list[str] = []
        self.steps_back: list[str] = []
        self.seen: set[tuple[int, ...]] = set()
        """For each of `MARKED_VIEWS`, how many marked rows one query saw."""

    def __enter__(self) -> "RankingReader":
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stopping.set()
        self._thread.join()

    def _run(self) -> None:
        database = self._installation.clickhouse.database
        marks = " UNION ALL ".join(
            f"SELECT '{view}' AS view, countIf(workspace = 'marked') AS mark FROM {database}.{view}"
            for view in MARKED_VIEWS
        )
        sql, timeline = self.SQL.format(db=database, marks=marks), 0
        with client_of(self._installation) as client:
            while not self._stopping.is_set():
                began = time.monotonic()
                try:
                    row = client.query(sql, settings={"max_threads": 1}).result_rows[0]
                except Exception as error:
                    self.errors.append(str(error))
                else:
                    self.reads += 1
                    self.seen.add(tuple(row[1]))
                    changes = row[0] - max(row[1])
                    if changes < timeline:
                        self.steps_back.append(f"the history had {timeline} changes and has {changes}")
                    timeline = max(timeline, changes)
                time.sleep(max(0.05, 0.1 - (time.monotonic() - began)))
