"""Votes at a steady rate, whatever the answers do; and for some of them, when the ranking shows them."""

import asyncio
import time
from collections import Counter, deque
from collections.abc import Iterator

import msgspec

from tests.bench.connection import Answer, Caller, Connection, connect, connect_caller, request
from tests.bench.process import Watch

WRITERS = 16
READERS = 100
RETRY_SECONDS = 0.05


class Steady(msgspec.Struct, frozen=True):
    """`rate` votes a second in requests of `votes`; each `every`-th request is followed until it is ranked."""

    port: int
    key: str
    rate: int
    votes: int
    seconds: float
    every: int
    posts: int
    persons: int
    watched: dict[str, int] = {}


class SteadyFindings(msgspec.Struct, frozen=True):
    """Seconds: from when a request was due to its answer, and from that answer to a ranking that includes it."""

    votes: int
    seconds: float
    statuses: dict[int, int]
    acknowledged: list[float]
    ranked: list[float]
    unranked: int
    cores: dict[str, float]


class _Sender:
    """Sends what is due over whichever connection is idle."""

    def __init__(self, load: Steady, followers: "_Followers") -> None:
        self.statuses: Counter[int] = Counter()
        self.acknowledged: list[float] = []
        self._load = load
        self._followers = followers
        self._idle: deque[Connection] = deque()
        self._due: deque[tuple[float, bytes]] = deque()
        self._since: dict[Connection, float] = {}

    async def connect(self) -> None:
        for _ in range(WRITERS):
            self._idle.append(await connect(self._load.port, self._answered))

    def send(self, due: float, body: bytes) -> None:
        self._due.append((due, body))
        self._go()

    def _go(self) -> None:
        while self._due and self._idle:
            connection = self._idle.popleft()
            self._since[connection], body = self._due.popleft()
            connection.send(body)

    def _answered(self, connection: Connection, answer: Answer) -> None:
        now = time.perf_counter()
        self.statuses[answer.status] += 1
        self.acknowledged.append(now - self._since[connection])
        if answer.status == 200 and sum(self.statuses.values()) % self._load.every == 0:
            self._followers.follow(msgspec.json.decode(answer.body)["position"], now)
        self._idle.append(connection)
        self._go()


class _Followers:
    """Asks for the ranking that includes a position, as somebody would who wants to see their own vote."""

    def __init__(self, load: Steady) -> None:
        self.ranked: list[float] = []
        self.unranked = 0
        self._load = load
        self._idle: asyncio.Queue[Caller] = asyncio.Queue()
        self._tasks: set[asyncio.Task[None]] = set()

    async def connect(self) -> None:
        for _ in range(READERS):
            self._idle.put_nowait(await connect_caller(self._load.port))

    def follow(self, position: str, since: float) -> None:
        task = asyncio.create_task(self._follow(position, since))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def finished(self) -> None:
        await asyncio.gather(*self._tasks)

    async def _follow(self, position: str, since: float) -> None:
        caller = await self._idle.get()
        try:
            for _ in range(10):
                answer = await caller.call(request("GET", f"/v1/ranking?after={position}", self._load.key))
                if answer.status == 200:
                    self.ranked.append(time.perf_counter() - since)
                    return
                await asyncio.sleep(RETRY_SECONDS)
            self.unranked += 1
        finally:
            self._idle.put_nowait(caller)


async def run_steady(load: Steady, requests: Iterator[bytes]) -> SteadyFindings:
    """Send for so long, then wait for all answers."""
    followers = _Followers(load)
    sender = _Sender(load, followers)
    await sender.connect()
    await followers.connect()
    began, watch = time.perf_counter(), Watch(load.watched)
    interval = load.votes / load.rate
    count = int(load.seconds / interval)
    for number in range(count):
        due = began + number * interval
        await asyncio.sleep(max(0.0, due - time.perf_counter()))
        sender.send(due, next(requests))
    while len(sender.acknowledged) < count:
        await asyncio.sleep(0.01)
    seconds = time.perf_counter() - began
    busy = watch.cores()
    await followers.finished()
    return SteadyFindings(
        count * load.votes,
        seconds,
        dict(sender.statuses),
        sender.acknowledged,
        followers.ranked,
        followers.unranked,
        busy,
    )
