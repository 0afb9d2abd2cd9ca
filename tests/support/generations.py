"""Rebuilding, proving and switching in a test's installation, as the commands do."""

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

import clickhouse_connect
from clickhouse_connect.driver.client import Client

from events.log.topics import topic_name
from events.position import Partition
from projections.catalog import PROJECTIONS
from projections.clickhouse.generation_log import read_generations
from projections.fold import Projection
from services.projector.settings import ProjectorSettings
from services.rebuild.choice import Choice
from services.rebuild.rebuild import Rebuild, Rebuilt
from services.rebuild.standing import Standing
from tests.support.installation import Installation


class Silent:
    """A watch that keeps what was said."""

    def __init__(self) -> None:
        self.texts: list[str] = []

    def chosen(self, choice: Choice, standing: Standing) -> None:
        pass

    def came(self) -> None:
        pass

    def said(self, text: str) -> None:
        self.texts.append(text)


def projection_named(name: str) -> Projection:
    return next(each for each in PROJECTIONS if each.name == name)


def partitions(installation: Installation, name: str) -> list[Partition]:
    topics = installation.topics
    names = [topic_name(topics.prefix, spec) for spec in projection_named(name).topics]
    return [Partition(topic, number) for topic in names for number in range(topics.count(topic))]


def rebuild(installation: Installation, name: str, *, processes: int = 2) -> Rebuilt:
    settings = ProjectorSettings(data=installation.data)
    return Rebuild(
        projection_named(name), installation.kafka, installation.clickhouse, settings, processes=processes
    ).run(Silent())


def states(installation: Installation, name: str) -> dict[int, str]:
    with client_of(installation) as client:
        found = read_generations(client, installation.clickhouse.database, name)
    return {each.generation: str(each.state) for each in found}


@contextmanager
def client_of(installation: Installation) -> Iterator[Client]:
    client = clickhouse_connect.get_client(
        **installation.clickhouse.client_options(), database="default", autogenerate_session_id=False
    )
    try:
        yield client
    finally:
        client.close()


class RankingReader:
    """Reads the ranking every 50 ms, and counts what no reader may ever see."""

    SQL = """SELECT
  (SELECT sum(up) + sum(down) FROM {db}.tallies), (SELECT sum(up) + sum(down) FROM {db}.standings),
  (SELECT sum(toInt64(value_after != 0) - toInt64(value_before != 0)) FROM {db}.vote_history),
  (SELECT count() FROM {db}.vote_timeline), (SELECT count() FROM {db}.votes),
  (SELECT sum(voters) FROM {db}.ranking)"""

    def __init__(self, installation: Installation) -> None:
        self._installation = installation
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._run, name="ranking reader")
        self.reads = 0
        self.errors: list[str] = []
        self.steps_back: list[str] = []

    def __enter__(self) -> "RankingReader":
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stopping.set()
        self._thread.join()

    def _run(self) -> None:
        sql = self.SQL.format(db=self._installation.clickhouse.database)
        timeline = 0
        with client_of(self._installation) as client:
            while not self._stopping.is_set():
                began = time.monotonic()
                try:
                    row = client.query(sql).result_rows[0]
                except Exception as error:
                    self.errors.append(str(error))
                else:
                    self.reads += 1
                    if row[3] < timeline:
                        self.steps_back.append(f"the history had {timeline} changes and has {row[3]}")
                    timeline = max(timeline, row[3])
                time.sleep(max(0.0, 0.05 - (time.monotonic() - began)))
