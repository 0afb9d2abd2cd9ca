"""Writes of which nobody knows whether Kafka has them: what was acknowledged is there, and nothing counts twice."""

import asyncio
import sqlite3
import time
import uuid
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import httpx
import pytest

from events.ballots import decode_ballot, partition_of
from events.domain.application import Feedback
from events.ledger.ledger import Ledger
from events.ledger.settings import LedgerSettings
from events.log import appender as appending
from events.log.appender import Appender, AppendError, Record
from events.log.opening import open_log
from events.position import Position
from events.settings import KafkaSettings
from projections.clickhouse.settings import ClickHouseSettings
from projections.votes.tables import TALLIES, VOTE_HISTORY
from tests.support.api_process import ApiProcess, WritingClient
from tests.support.ballots import Vote
from tests.support.clickhouse import ClickHouseProcess
from tests.support.doubtful_kafka import doubtful_kafka
from tests.support.doubtful_proxy import CUT, DELAYED, DROPPED, DoubtfulProxy
from tests.support.fold_of_the_log import Folded, fold, in_own_loop, read_whole_log
from tests.support.saving_clients import SavingClients

SEED = 7_012
TIMEOUT_SECONDS = 1.0
"""For an acknowledgement, where the test can say so."""
DELAY_SECONDS = 2.0
WRITERS = 24
POSTS = 4
SECONDS = 90.0


class DoubtfulLog(NamedTuple):
    """One log by two ways, and the proxy on one of them."""

    direct: KafkaSettings
    doubtful: KafkaSettings
    proxy: DoubtfulProxy


@pytest.fixture(scope="module")
def doubtful_ways(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, DoubtfulProxy]]:
    with (
        DoubtfulProxy(seed=SEED, trouble=0.05, delay_seconds=DELAY_SECONDS) as proxy,
        doubtful_kafka(tmp_path_factory.mktemp("doubtful-kafka"), proxy) as broker,
    ):
        yield broker.bootstrap, proxy


@pytest.fixture
def log(doubtful_ways: tuple[str, DoubtfulProxy]) -> Iterator[DoubtfulLog]:
    bootstrap, proxy = doubtful_ways
    prefix = f"d{uuid.uuid4().hex[:10]}"
    proxy.troubles.clear()
    proxy.delay_seconds = DELAY_SECONDS
    yield DoubtfulLog(
        KafkaSettings(bootstrap_servers=bootstrap, topic_prefix=prefix),
        KafkaSettings(bootstrap_servers=f"127.0.0.1:{proxy.port}", topic_prefix=prefix),
        proxy,
    )
    proxy.troubled = False


def had_enough(proxy: DoubtfulProxy, delayed: int = 4) -> bool:
    return proxy.troubles[DROPPED] >= 8 and proxy.troubles[CUT] >= 4 and proxy.troubles[DELAYED] >= delayed


def folded(log: DoubtfulLog) -> Folded:
    return fold(in_own_loop(read_whole_log(log.direct)))


def counted(tables: Folded) -> dict[str, int]:
    """Up-votes of each post, all partitions together."""
    sums: dict[str, int] = {}
    for row in tables.tables[TALLIES.name].values():
        sums[str(row[1])] = sums.get(str(row[1]), 0) + int(row[3])
    return sums


async def write_votes(log: DoubtfulLog) -> dict[str, Position]:
    """Votes of ever new persons, each sent until it is acknowledged: where each is, as the appender said."""
    topics = await open_log(log.direct, wait_seconds=60)
    partitions = topics.count(topics.ballots)
    appender = Appender(log.doubtful, topics.ballots, partitions)
    await appender.start()
    acknowledged: dict[str, Position] = {}
    until = time.monotonic() + SECONDS

    async def write(writer: int) -> None:
        number = 0
        while not had_enough(log.proxy):
            assert time.monotonic() < until, log.proxy.troubles
            vote = Vote(
                f"post-{number % POSTS}", f"person-{writer}-{number}", 1, 1_790_000_000_000, f"{writer}-{number}"
            )
            while vote.id not in acknowledged:
                try:
                    record = Record(vote.key, vote.encode())
                    acknowledged[vote.id] = await appender.submit(partition_of(vote.key, partitions), [record])
                except AppendError:
                    await asyncio.sleep(0.05)
            number += 1

    log.proxy.troubled = True
    await asyncio.gather(*(write(writer) for writer in range(WRITERS)))
    log.proxy.troubled = False
    await appender.stop()
    return acknowledged


def test_votes_through_the_appender(log: DoubtfulLog, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(appending, "ACKNOWLEDGE_SECONDS", TIMEOUT_SECONDS)
    monkeypatch.setattr(appending, "REQUEST_TIMEOUT_MS", int(TIMEOUT_SECONDS * 1000))
    acknowledged = in_own_loop(write_votes(log))
    time.sleep(DELAY_SECONDS)  # what is on its way still comes now
    whole = in_own_loop(read_whole_log(log.direct))
    there = {
        (batch.topic, batch.partition, offset): decode_ballot(value or b"").id
        for batch in whole.batches
        if batch.topic == whole.topics.ballots
        for offset, value in zip(batch.offsets, batch.values, strict=True)
    }
    assert {position: there.get(position) for position in acknowledged.values()} == {
        position: id for id, position in acknowledged.items()
    }
    assert len(there) > len(acknowledged), "nothing was sent twice: there was no doubt"
    votes = [id.split("-") for id in acknowledged]
    assert counted(fold(whole)) == {
        f"post-{post}": sum(int(number) % POSTS == post for _, number in votes) for post in range(POSTS)
    }


def test_votes_through_the_api(log: DoubtfulLog, clickhouse: ClickHouseProcess, tmp_path: Path) -> None:
    feedback = Feedback(log.direct, LedgerSettings())
    try:
        key = feedback.create_key("acme", "admin")[0].text
    finally:
        feedback.close()
    settings = ClickHouseSettings(url=clickhouse.url, database=log.direct.topic_prefix)
    api = ApiProcess(log.doubtful, settings, tmp_path)
    api.start()
    try:
        with httpx.Client(base_url=api.url, headers={"authorization": f"Bearer {key}"}, timeout=30) as client:
            client.put("/v1/boards/ideas", json={"name": "Ideas"}).raise_for_status()
            client.put("/v1/posts/dark-mode", json={"board": "ideas", "title": "Dark mode"}).raise_for_status()
        log.proxy.delay_seconds = appending.ACKNOWLEDGE_SECONDS + 1.0
        log.proxy.troubled = True
        writing = WritingClient(api, key, "dark-mode")
        until = time.monotonic() + SECONDS
        while not had_enough(log.proxy, delayed=2):
            assert time.monotonic() < until, log.proxy.troubles
            time.sleep(0.05)
        log.proxy.troubled = False
        writing.stop()
    finally:
        api.kill()
    assert any(answer.status == 503 for answer in writing.answers), "nobody was in doubt"
    found = folded(log)
    assert {row[2] for row in found.tables[VOTE_HISTORY.name].values()} == writing.acknowledged
    assert counted(found) == {"dark-mode": len(writing.acknowledged)}


def test_commits_through_the_ledger(log: DoubtfulLog, tmp_path: Path) -> None:
    index, fresh = tmp_path / "index", tmp_path / "fresh"
    ledger = Ledger(log.doubtful, LedgerSettings(index=index, save_seconds=TIMEOUT_SECONDS))
    ledger.start()
    clients = SavingClients(ledger, threads=8)
    log.proxy.troubled = True
    until = time.monotonic() + SECONDS
    while not had_enough(log.proxy) and time.monotonic() < until:
        time.sleep(0.05)
    log.proxy.troubled = False
    clients.stop()
    assert had_enough(log.proxy), log.proxy.troubles
    assert clients.unknown, "nothing was in doubt"
    time.sleep(DELAY_SECONDS)
    ledger.catch_up(30).result()
    for commit in clients.unknown:  # saved again under its id, it is there once
        ledger.submit(commit).result()
    ledger.close()
    other = Ledger(log.direct, LedgerSettings(index=fresh))
    other.start()
    other.close()
    admitted = [id for (id,) in rows(fresh, "SELECT id FROM ledger_commits")]
    assert sorted(admitted) == sorted(commit.id for commit in [*clients.succeeded, *clients.unknown])
    events = "SELECT rowid, originator_id, originator_version FROM stored_events ORDER BY rowid"
    assert rows(fresh, events) == rows(index, events)
    assert len(rows(fresh, events)) == len(admitted)


def rows(index: Path, query: str) -> list[tuple[object, ...]]:
    connection = sqlite3.connect(index)
    try:
        return connection.execute(query).fetchall()
    finally:
        connection.close()
