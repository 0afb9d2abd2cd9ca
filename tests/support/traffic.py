"""Traffic on a log: ballots and commits that come steadily, as a busy product with bad manners sends them.

Some ballots change or withdraw what stands, some come late, some come twice, some are no events at all; some commits
are void. What Kafka did not acknowledge is sent again until it does.
"""

import asyncio
import random
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Self

from events.ballots import ballot_key, partition_of
from events.domain.event import DomainEvent
from events.domain.mapper import to_stored
from events.domain.originators import Recorded, originator_of
from events.domain.roadmaps.events import Column, ItemDated, ItemMoved, ItemPlaced, ItemRemoved, RoadmapCreated
from events.domain.roadmaps.targets import Target
from events.domain.vocabulary import (
    BoardCreated,
    PostClosed,
    PostEdited,
    PostReopened,
    PostSubmitted,
)
from events.ledger.commit import encode_commit
from events.ledger.recorders import make_commit
from events.log.appender import Appender, AppendError, Record
from events.log.opening import open_log
from events.log.topics import Topics
from events.settings import KafkaSettings
from events.times import format_time
from tests.support.ballots import Vote

WORKSPACES = ("acme", "globex")
POSTS = 40
PERSONS = 400
BEGAN = 1_790_000_000_000
YEAR_MS = 365 * 24 * 3600 * 1000
TICK_SECONDS = 0.05

GARBAGE = (b"", b"\xff\xfe", b"{}", b"null", b'{"specversion":"1.0"', b"\x00" * 40, b"[1]\n[2]", b'"\xc3"')


class Imagination:
    """Makes records up, always the same ones for a seed."""

    def __init__(self, seed: int, *, flawless: bool = False) -> None:
        self._dice = random.Random(seed)
        self._flawless = flawless
        self._made = 0
        self._known: list[tuple[str, Record]] = []
        self._versions: dict[tuple[str, str], int] = {}
        self._placed: set[tuple[str, str]] = set()

    def ballot(self) -> tuple[str | None, Record]:
        """A record, and the id of its event; None if it is none."""
        dice, chance = self._dice, self._dice.random()
        if self._flawless:
            chance = max(chance, 0.003)
        self._made += 1
        if chance < 0.003:
            return None, Record(f"acme/{dice.randrange(PERSONS)}".encode(), dice.choice(GARBAGE))
        if chance < 0.05 and self._known:
            return dice.choice(self._known)
        moment = BEGAN + self._made * 37
        if chance < 0.15:
            moment -= dice.randrange(YEAR_MS)
        value = dice.choice((1, 1, 1, 1, -1, 0, 0))
        vote = Vote(
            post=f"post-{dice.randrange(POSTS)}", person=f"person-{dice.randrange(PERSONS)}", value=value, time=moment,
            id=f"vote-{self._made}", importance=dice.randint(1, 3), workspace=dice.choice(WORKSPACES),
        )  # fmt: skip
        key = vote.key if self._flawless or chance > 0.152 else ballot_key("nobody", vote.person)
        made = (vote.id, Record(key, vote.encode()))
        if len(self._known) < 5000:
            self._known.append(made)
        return made if key == vote.key else (None, made[1])

    def commit(self) -> Record:
        """A commit on a board or a post; now and then one that is void, because its version is not the next."""
        dice = self._dice
        workspace = dice.choice(WORKSPACES)
        self._made += 1
        if (workspace, "board") not in self._versions:
            return self._commit(workspace, "board", BoardCreated(board="board", name="Ideas", at=self._now()))
        post = f"post-{dice.randrange(POSTS)}"
        if dice.random() < 0.2:
            return self._commit(workspace, "roadmap", self._on_roadmap(workspace, post))
        if (workspace, post) not in self._versions:
            return self._commit(workspace, post, PostSubmitted(post=post, board="board", title=post, at=self._now()))
        event = dice.choice((
            PostEdited(post=post, title=f"{post} #{self._made}", at=self._now()),
            PostClosed(post=post, reason="done", at=self._now()),
            PostReopened(post=post, at=self._now()),
        ))  # fmt: skip
        return self._commit(workspace, post, event, void=dice.random() < 0.1)

    def _commit(self, workspace: str, subject: str, event: DomainEvent, *, void: bool = False) -> Record:
        version = self._versions.get((workspace, subject), 0) + 1
        if not void:
            self._versions[workspace, subject] = version
        kind = subject if subject in ("board", "roadmap") else "post"
        stored = to_stored(Recorded(originator_of(workspace, kind, subject), version + 5 * void, event))
        commit = make_commit([stored], workspace=workspace, commit_id=f"commit-{self._made}")
        return Record(workspace.encode(), encode_commit(commit))

    def _on_roadmap(self, workspace: str, post: str) -> DomainEvent:
        """What is decided next on the one roadmap of a workspace."""
        dice, at = self._dice, self._now()
        if (workspace, "roadmap") not in self._versions:
            columns = (Column(column="now", name="Now"), Column(column="next", name="Next"))
            return RoadmapCreated(roadmap="roadmap", name="Roadmap", by="time", columns=columns, at=at)
        what = {"roadmap": "roadmap", "post": post, "at": at}
        place = {"column": dice.choice(("now", "next")), "rank": f"rank-{dice.randrange(1000)}"}
        if (workspace, post) not in self._placed:
            self._placed.add((workspace, post))
            return ItemPlaced(**what, **place, reason="asked for")
        if dice.random() < 0.3:
            self._placed.discard((workspace, post))
            return ItemRemoved(**what, reason="not now")
        target = Target(f"2027-{dice.randint(1, 12):02}-01", "month")
        return dice.choice((ItemMoved(**what, **place), ItemDated(**what, target=target, reason="late")))

    def _now(self) -> str:
        return format_time(BEGAN + self._made * 37)


class Traffic:
    """Appends from a thread of its own between `start` (or `with`) and `stop`. Made by a seed, which it prints."""

    def __init__(self, kafka: KafkaSettings, *, seed: int, per_second: int = 1000, flawless: bool = False) -> None:
        print(f"traffic seed={seed} per_second={per_second}")  # noqa: T201 - pytest shows it where a test fails
        self.acknowledged: set[str] = set()
        """The ids of the ballots that are on the log, as Kafka said."""
        self.refusals = 0
        """How often Kafka did not acknowledge."""
        self._kafka = kafka
        self._imagination = Imagination(seed, flawless=flawless)
        self._tick = max(1, round(per_second * TICK_SECONDS))
        self._stopping = threading.Event()
        self._pausing = threading.Event()
        self._idle = threading.Event()
        self._failure: BaseException | None = None
        self._thread = threading.Thread(target=self._run, name="traffic")

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        """No more; returns when all that was begun is acknowledged."""
        self._stopping.set()
        self._thread.join()
        if self._failure is not None:
            raise self._failure

    @contextmanager
    def paused(self) -> Iterator[None]:
        """Nothing is appended inside, and all that was begun is acknowledged."""
        self._idle.clear()
        self._pausing.set()
        while not self._idle.wait(0.1):
            assert self._thread.is_alive(), "the traffic has ended"
        yield
        self._pausing.clear()

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    def _run(self) -> None:
        try:
            asyncio.run(self._append_on())
        except BaseException as error:
            self._failure = error

    async def _append_on(self) -> None:
        topics = await open_log(self._kafka, wait_seconds=60)
        ballots = Appender(self._kafka, topics.ballots, topics.count(topics.ballots))
        ledger = Appender(self._kafka, topics.ledger, topics.count(topics.ledger))
        await ballots.start()
        await ledger.start()
        try:
            while not self._stopping.is_set():
                began = time.monotonic()
                if self._pausing.is_set():
                    self._idle.set()
                    await asyncio.sleep(TICK_SECONDS)
                    continue
                await self._append_ballots(ballots, topics)
                await self._until_acknowledged(ledger, {0: [self._imagination.commit()]})
                await asyncio.sleep(max(0.0, TICK_SECONDS - (time.monotonic() - began)))
        finally:
            await ballots.stop()
            await ledger.stop()

    async def _append_ballots(self, ballots: Appender, topics: Topics) -> None:
        made = [self._imagination.ballot() for _ in range(self._tick)]
        partitioned: dict[int, list[Record]] = {}
        for _, record in made:
            number = partition_of(record.key, topics.count(topics.ballots))
            partitioned.setdefault(number, []).append(record)
        await self._until_acknowledged(ballots, partitioned)
        self.acknowledged.update(id for id, _ in made if id is not None)

    async def _until_acknowledged(self, appender: Appender, partitioned: dict[int, Sequence[Record]]) -> None:
        while True:
            try:
                await appender.append(partitioned.items())
            except AppendError:
                self.refusals += 1
                await asyncio.sleep(0.2)
            else:
                return
