"""The load generator, as a process of its own: `python -m tests.bench.load KIND JSON`; its findings as a line of JSON.

`batch` and `single` keep some connections busy: each sends its next request when it has the answer to the last.
`steady` sends at a given rate, whatever the answers do.
"""

import asyncio
import sys
import time
from collections import Counter
from collections.abc import Iterator
from itertools import cycle
from random import Random

import msgspec
import uvloop

from tests.bench.connection import Answer, Connection, connect, request
from tests.bench.process import Watch
from tests.bench.steady import Steady, SteadyFindings, run_steady

WARM_UP_SECONDS = 1.0


class Busy(msgspec.Struct, frozen=True):
    """`votes` is how many a request carries; 1 means a request of its own for each vote."""

    port: int
    key: str
    connections: int
    seconds: float
    posts: int
    persons: int
    votes: int = 1
    ndjson: bool = False
    bodies: int = 8
    watched: dict[str, int] = {}
    """Whose processor time is wanted: process ids by name."""


class BusyFindings(msgspec.Struct, frozen=True):
    """`cores` is how many cores each of the watched was busy with, and the generator itself."""

    seconds: float
    requests: int
    accepted: int
    statuses: dict[int, int]
    latencies: list[float]
    cores: dict[str, float]


class ClosedLoop:
    """Keeps every connection busy until the time is over, and notes what came back after the warm-up."""

    def __init__(self, load: Busy, requests: Iterator[bytes]) -> None:
        self._load = load
        self._requests = requests
        self._begin = time.perf_counter() + min(WARM_UP_SECONDS, load.seconds / 4)
        self._end = self._begin + load.seconds
        self._watch = Watch(load.watched)
        self._busy = 0
        self._accepted = self._count = 0
        self._statuses: Counter[int] = Counter()
        self._latencies: list[float] = []
        self._over = asyncio.Event()

    async def run(self) -> BusyFindings:
        opened = [await connect(self._load.port, self._answered) for _ in range(self._load.connections)]
        for connection in opened:
            self._busy += 1
            connection.send(next(self._requests))
        await asyncio.sleep(self._begin - time.perf_counter())
        self._watch.begin()
        await asyncio.sleep(self._end - time.perf_counter())
        busy = self._watch.cores()
        await self._over.wait()
        return BusyFindings(
            self._load.seconds, self._count, self._accepted, dict(self._statuses), self._latencies, busy
        )

    def _answered(self, connection: Connection, answer: Answer) -> None:
        now = time.perf_counter()
        if self._begin <= now < self._end:
            self._count += 1
            self._statuses[answer.status] += 1
            self._latencies.append(answer.seconds)
            if answer.status == 200:
                self._accepted += 1 if self._load.votes == 1 else msgspec.json.decode(answer.body)["accepted"]
        if now < self._end:
            connection.send(next(self._requests))
            return
        self._busy -= 1
        if not self._busy:
            self._over.set()


def single_requests(load: Busy, count: int = 20_000) -> Iterator[bytes]:
    dice = Random(1)
    requests = []
    for _ in range(count):
        path = f"/v1/posts/post-{dice.randrange(load.posts)}/votes/person-{dice.randrange(load.persons)}"
        body = b'{"value":-1}' if dice.random() < 0.1 else b'{"value":1}'
        requests.append(request("PUT", path, load.key, body))
    return cycle(requests)


def batch_requests(load: Busy, count: int) -> Iterator[bytes]:
    """Some bodies, over and over: without ids each vote of each request is an event of its own."""
    dice = Random(2)
    requests = []
    for _ in range(count):
        votes = [_vote(dice, load) for _ in range(load.votes)]
        if load.ndjson:
            body, kind = b"\n".join(map(msgspec.json.encode, votes)), "application/x-ndjson"
        else:
            body, kind = msgspec.json.encode({"votes": votes}), "application/json"
        requests.append(request("POST", "/v1/votes:batch", load.key, body, kind))
    return cycle(requests)


def _vote(dice: Random, load: Busy) -> dict[str, str | int]:
    vote: dict[str, str | int] = {
        "post": f"post-{int(dice.random() ** 2 * load.posts)}",
        "person": f"person-{dice.randrange(load.persons)}",
        "value": dice.choices((1, -1, 0), (85, 8, 7))[0],
    }
    if dice.random() < 0.2:
        vote["importance"] = dice.randint(1, 3)
    return vote


async def run_busy(load: Busy) -> BusyFindings:
    requests = single_requests(load) if load.votes == 1 else batch_requests(load, load.bodies)
    return await ClosedLoop(load, requests).run()


async def run_steadily(load: Steady) -> SteadyFindings:
    one = Busy(load.port, load.key, 1, load.seconds, load.posts, load.persons, load.votes)
    return await run_steady(load, batch_requests(one, 50))


def main() -> None:
    kind, text = sys.argv[1:]
    if kind == "busy":
        found: msgspec.Struct = uvloop.run(run_busy(msgspec.json.decode(text, type=Busy)))
    else:
        found = uvloop.run(run_steadily(msgspec.json.decode(text, type=Steady)))
    sys.stdout.write(msgspec.json.encode(found).decode() + "\n")


if __name__ == "__main__":
    main()
