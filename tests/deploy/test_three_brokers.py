"""The same processes on three brokers: what was acknowledged is counted once, whichever broker dies."""

import asyncio
import time
import uuid
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import httpx
import pytest

from events.domain.application import Feedback
from events.ledger.settings import LedgerSettings
from events.log.topics import Topics
from tests.support.api_process import ApiProcess, WritingClient
from tests.support.clickhouse import ClickHouseProcess
from tests.support.fold_of_the_log import in_own_loop
from tests.support.installation import Installation
from tests.support.installed import borrowed
from tests.support.kafka_cluster import KafkaCluster
from tests.support.live_projector import LiveProjector

PERSONS = 24
"""So many that all twelve partitions of ballots are written to, but for bad luck, which changes nothing."""


@dataclass
class House:
    """All processes over one log on the cluster, and a key."""

    cluster: KafkaCluster
    installation: Installation
    api: ApiProcess
    projector: LiveProjector
    key: str = ""

    @property
    def topics(self) -> Topics:
        return self.installation.topics

    def client(self) -> httpx.Client:
        headers = {"authorization": f"Bearer {self.key}"}
        return httpx.Client(base_url=self.api.url, headers=headers, timeout=60)

    def until_whole(self) -> None:
        """Every replica is in sync again, also of what Kafka keeps for itself."""
        topics = (self.topics.ballots, self.topics.ledger, "__consumer_offsets")
        until(lambda: self.cluster.whole(*topics), "all replicas are in sync again")

    def standing(self, post: str) -> Sequence[object]:
        """Whose votes stand on a post, once ClickHouse is proved to be the fold of the log; each counted once."""
        self._supervise()
        self.installation.catch_up(self.projector)
        folded = self.installation.compare()
        votes = [row[2] for row in folded.tables["votes"].values() if row[1] == post and row[3]]
        changes = [row for row in folded.tables["vote_history"].values() if row[1] == post and row[9] != row[10]]
        assert len(changes) == len(votes)
        return votes

    def _supervise(self) -> None:
        """As a supervisor does: aiokafka's fetcher may break while leaders change; then the projector ends with 1."""
        if not self.projector.running:
            assert self.projector.wait() == 1, self.projector.printed[-3000:]
            self.projector.start()


def until(condition: Callable[[], bool], what: str, seconds: float = 60.0) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, f"waited {seconds:.0f} s until {what}"
        time.sleep(0.1)


@pytest.fixture(scope="module")
def house(
    kafka_cluster: KafkaCluster, clickhouse: ClickHouseProcess, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[House]:
    data, name = tmp_path_factory.mktemp("house"), f"c{uuid.uuid4().hex[:10]}"
    settings = kafka_cluster.settings(name)
    with borrowed(clickhouse.url) as database:
        installation = Installation(
            kafka_cluster.nodes[1], clickhouse, data, name, settings=settings, database=database
        )
        house = House(
            kafka_cluster, installation, ApiProcess(settings, installation.clickhouse, data), installation.projector()
        )
        try:
            house.projector.start()
            house.api.start()
            feedback = Feedback(settings, LedgerSettings())
            try:
                house.key = feedback.create_key("acme", "admin")[0].text
            finally:
                feedback.close()
            with house.client() as client:
                until(lambda: client.put("/v1/boards/ideas", json={"name": "Ideas"}).is_success, "the key is known")
                for post in ("dark-mode", "offline"):
                    client.put(f"/v1/posts/{post}", json={"board": "ideas", "title": post}).raise_for_status()
            yield house
        finally:
            house.api.kill()
            installation.end()


def test_leaders_die_under_load(house: House) -> None:
    """One is killed; then, when that one is back and has everything, whoever leads in its place."""
    client, killed = WritingClient(house.api, house.key, "dark-mode"), []

    def goes_on() -> None:
        before = len(client.acknowledged)
        until(lambda: len(client.acknowledged) >= before + 200, "votes are taken again")

    try:
        goes_on()
        for _ in range(2):
            leader = house.cluster.replicas(house.topics.ballots)[0].leader
            killed.append(leader)
            house.cluster.nodes[leader].kill()
            goes_on()
            house.cluster.nodes[leader].restart()
            house.until_whole()
    finally:
        client.stop()
    assert len(set(killed)) == 2
    assert set(house.standing("dark-mode")) == client.acknowledged


def test_with_two_of_three_down_nothing_is_acknowledged(house: House) -> None:
    """Each write is answered 503 and when to try again; reads go on; when the two are back, so are the writes."""
    away = (1, 2)
    for node in away:
        house.cluster.nodes[node].kill()
    try:
        answers = in_own_loop(_write(house))
        with house.client() as client:
            assert client.get("/v1/ranking").status_code == 200
        for answer in answers:
            assert answer.status_code == 503, answer.text
            assert int(answer.headers["retry-after"]) > 0
    finally:
        for node in away:
            house.cluster.nodes[node].restart(wait=False)
    for node in away:
        house.cluster.nodes[node].wait_ready()
    until(lambda: all(answer.is_success for answer in in_own_loop(_write(house))), "writes are taken again")
    assert sorted(map(str, house.standing("offline"))) == [_person(number) for number in range(PERSONS)]


async def _write(house: House) -> list[httpx.Response]:
    """Votes of all persons and a decision, all at once, each time under the same ids."""
    headers = {"authorization": f"Bearer {house.key}", "idempotency-key": "more"}
    async with httpx.AsyncClient(base_url=house.api.url, headers=headers, timeout=60) as client:
        votes = [
            client.put(f"/v1/posts/offline/votes/{_person(number)}", json={"id": f"vote-{number}"})
            for number in range(PERSONS)
        ]
        return await asyncio.gather(*votes, client.put("/v1/boards/more", json={"name": "More"}))


def _person(number: int) -> str:
    return f"person-{number:02}"
