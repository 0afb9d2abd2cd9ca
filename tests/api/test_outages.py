"""Kafka stopped and started under writing clients: what was acknowledged is there, and it is there once."""

import asyncio
from pathlib import Path

import httpx
import pytest

from events.log.reader import end_offsets, read
from events.position import Partition
from projections.votes import VotesProjection
from services.projector.memory import MemoryDeadLetters, MemoryStores, MemoryView
from services.projector.runner import Runner
from tests.support.kafka import KafkaProcess
from tests.support.stack import Api, own_database, own_log, serving


async def folded(api: Api, broker: KafkaProcess) -> MemoryView:
    """The fold of the whole log of ballots, in memory."""
    topics = api.services.topics
    settings = own_log(broker.bootstrap).model_copy(update={"topic_prefix": topics.prefix})
    partitions = [Partition(topics.ballots, number) for number in range(topics.count(topics.ballots))]
    view = MemoryView()
    runner = Runner(
        VotesProjection(), view, MemoryStores(), MemoryDeadLetters(), topics.epoch, partition_count=topics.count
    )
    for partition in partitions:
        runner.open(partition)
    async for batch in read(settings, dict.fromkeys(partitions, 0), await end_offsets(settings, partitions)):
        runner.feed(batch)
    runner.flush()
    return view


class Writer:
    """Votes of persons of its own, one after another; each again under the same id until it is acknowledged."""

    def __init__(self, client: httpx.AsyncClient, name: str) -> None:
        self._client = client
        self._name = name
        self.acknowledged: list[str] = []
        self.refused = 0

    async def write(self, stop: asyncio.Event) -> None:
        number = 0
        while not stop.is_set():
            person = f"{self._name}-{number}"
            answer = await self._client.put(f"/v1/posts/a/votes/{person}", json={"id": f"vote-{person}"})
            if answer.status_code == 200:
                self.acknowledged.append(person)
                number += 1
            else:
                assert answer.status_code == 503, answer.text
                assert answer.headers["retry-after"]
                self.refused += 1
                await asyncio.sleep(0.05)


@pytest.mark.parametrize("how", ["stop", "kill"])
async def test_nothing_acknowledged_is_lost_or_doubled(fragile_kafka: KafkaProcess, tmp_path: Path, how: str) -> None:
    log, database = own_log(fragile_kafka.bootstrap), own_database("http://127.0.0.1:1")
    async with serving(log, database, tmp_path) as api, await api.client("acme") as client:
        await client.put("/v1/boards/ideas", json={"name": "Ideas"})
        await client.put("/v1/posts/a", json={"board": "ideas", "title": "A"})
        stop = asyncio.Event()
        writers = [Writer(client, f"w{number}") for number in range(8)]
        writing = [asyncio.create_task(writer.write(stop)) for writer in writers]
        await asyncio.sleep(0.5)
        await asyncio.to_thread(fragile_kafka.stop if how == "stop" else fragile_kafka.kill)
        before = sum(len(writer.acknowledged) for writer in writers)
        while not all(writer.refused for writer in writers):
            await asyncio.sleep(0.05)
        fragile_kafka.restart(wait=False)
        await asyncio.to_thread(fragile_kafka.wait_ready)
        while sum(len(writer.acknowledged) for writer in writers) < before + 50:
            await asyncio.sleep(0.05)
        stop.set()
        await asyncio.gather(*writing)
        view = await folded(api, fragile_kafka)
    acknowledged = sorted(person for writer in writers for person in writer.acknowledged)
    votes = list(view.rows("votes"))
    assert set(acknowledged) <= {row[2] for row in votes}
    assert len(votes) <= len(acknowledged) + len(writers)  # and perhaps the ones that nobody waited for
    history = [row[7] for row in view.rows("vote_history") if row[9] != row[10]]
    assert len(history) == len(set(history)) == len(votes)


async def test_what_waits_for_kafka_is_bounded(fragile_kafka: KafkaProcess, tmp_path: Path) -> None:
    log, database = own_log(fragile_kafka.bootstrap), own_database("http://127.0.0.1:1")
    async with serving(log, database, tmp_path, max_in_flight_bytes=5000) as api, await api.client("acme") as client:
        await client.put("/v1/boards/ideas", json={"name": "Ideas"})
        await client.put("/v1/posts/a", json={"board": "ideas", "title": "A"})
        await asyncio.to_thread(fragile_kafka.kill)
        requests = [client.put(f"/v1/posts/a/votes/p{number}") for number in range(60)]
        answers = await asyncio.gather(*requests)
        assert {answer.status_code for answer in answers} == {503}
        kinds = {answer.json()["type"].rpartition(":")[2] for answer in answers}
        assert kinds == {"busy", "outcome-unknown"}
        decided = await client.put("/v1/boards/other", json={"name": "Other"})
        assert decided.status_code == 503
        assert "Idempotency-Key" in decided.json()["detail"] or "nothing was recorded" in decided.json()["detail"]
