"""Releases against real Kafka: each post moves once, whatever happens to the sagas; what is scheduled comes once."""

import asyncio
import os
import shutil
import signal
import time
from collections import Counter
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from events.domain.application import Feedback
from events.domain.commands import PutBoard, PutPost
from events.domain.gates.commands import PassCheck, SetGate
from events.domain.gates.events import Check
from events.domain.mapper import to_recorded
from events.domain.originators import originator_of
from events.domain.post import Post
from events.domain.posts.commands import DeletePost
from events.domain.releases.commands import PublishRelease, PutRelease, ScheduleRelease
from events.domain.releases.release import Release
from events.ledger.settings import LedgerSettings
from events.times import format_time
from services.sagas import publishing
from services.sagas.following import Following
from services.sagas.part import Surroundings
from services.sagas.publishing import PublishingClock
from services.sagas.shipping import ShippingSaga
from services.stack.process import tethered
from tests.support.doomed_sagas import command
from tests.support.kafka import KafkaProcess
from tests.support.log import TestLog, new_log

W = "acme"
POSTS = tuple("abcdef")


class Releases:
    """A log with a release of six posts, of which one was deleted."""

    def __init__(self, log: TestLog, feedback: Feedback) -> None:
        self.log = log
        self.feedback = feedback

    def begin(self) -> None:
        self.feedback.execute(PutBoard(workspace=W, board="ideas", name="Ideas"))
        for post in POSTS:
            self.feedback.execute(PutPost(workspace=W, post=post, board="ideas", title=f"Post {post}"))
        self.feedback.execute(PutRelease(workspace=W, release="r", title="Spring", posts=POSTS))
        self.feedback.execute(DeletePost(workspace=W, post="d"))

    @property
    def release(self) -> Release:
        found = self.feedback.load(originator_of(W, "release", "r"))
        assert isinstance(found, Release)
        return found

    async def until(self, condition: Callable[[Release], bool]) -> None:
        async with asyncio.timeout(60):
            while True:
                await asyncio.to_thread(self.feedback.ledger.catch_up(20).result)
                if condition(self.release):
                    return
                await asyncio.sleep(0.05)

    def counts(self) -> Counter[str]:
        """How often each type of event is on the ledger."""
        events = [to_recorded(each).event for each in self.feedback.recorder.select_notifications(start=1, limit=1000)]
        return Counter(type(event).__name__ for event in events)

    def check(self) -> None:
        """Every post but the deleted one is shipped, by one event each, and the release says so."""
        counts = self.counts()
        assert (counts["ReleasePublished"], counts["PostStatusChanged"]) == (1, 5)
        assert (counts["ReleasePostMoved"], counts["ReleasePostNotMoved"]) == (5, 1)
        assert self.release.settled == {**dict.fromkeys(POSTS, ""), "d": "it was deleted"}
        for post in POSTS:
            found = self.feedback.load(originator_of(W, "post", post))
            assert isinstance(found, Post)
            assert (found.kind == "shipped") == (post != "d")


@asynccontextmanager
async def sagas(releases: Releases, folder: Path) -> AsyncIterator[None]:
    """Both parts on an index of their own, as a process of its own would run them."""
    folder.mkdir(parents=True, exist_ok=True)
    index = LedgerSettings(index=folder / "ledger.sqlite")
    feedback = await asyncio.to_thread(Feedback, releases.log.settings, index)
    surroundings = Surroundings(releases.log.settings, releases.log.topics, feedback)
    parts = (Following(ShippingSaga(feedback), surroundings), PublishingClock(surroundings))
    tasks = [asyncio.create_task(part.run()) for part in parts]
    try:
        yield
        assert not any(task.done() for task in tasks), tasks
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.wait(tasks)
        await asyncio.to_thread(feedback.close)


@pytest.fixture
async def releases(kafka: KafkaProcess) -> AsyncIterator[Releases]:
    log = await new_log(kafka.bootstrap)
    feedback = await asyncio.to_thread(Feedback, log.settings, LedgerSettings())
    made = Releases(log, feedback)
    await asyncio.to_thread(made.begin)
    yield made
    await asyncio.to_thread(feedback.close)


def settled(release: Release) -> bool:
    return release.state == "published" and not release.unsettled


async def test_what_is_scheduled_is_published_once_by_two_at_once(
    releases: Releases, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """And once more from nothing: a replay publishes and moves nothing."""
    monkeypatch.setattr(publishing, "LOOK_SECONDS", 0.05)
    soon = format_time(time.time_ns() // 1_000_000 + 1500)
    await asyncio.to_thread(releases.feedback.execute, ScheduleRelease(workspace=W, release="r", publish_at=soon))
    async with sagas(releases, tmp_path / "one"), sagas(releases, tmp_path / "other"):
        await releases.until(settled)
    releases.check()
    assert releases.release.published_at is not None
    assert releases.release.published_at >= soon
    before = releases.counts()
    shutil.rmtree(tmp_path)
    async with sagas(releases, tmp_path):
        await asyncio.to_thread(
            releases.feedback.execute, PutRelease(workspace=W, release="r", title="Spring!", posts=POSTS[:5])
        )
        await asyncio.to_thread(
            releases.feedback.execute, PutRelease(workspace=W, release="q", title="Next", posts=("a",))
        )
        await asyncio.to_thread(releases.feedback.execute, PublishRelease(workspace=W, release="q"))

        def done(_: Release) -> bool:
            found = releases.feedback.load(originator_of(W, "release", "q"))
            return isinstance(found, Release) and settled(found)

        await releases.until(done)
    more = releases.counts() - before
    assert more == Counter(ReleaseEdited=1, ReleaseDrafted=1, ReleasePublished=1, ReleasePostMoved=1)


async def test_what_is_held_goes_out_when_its_gates_close(
    releases: Releases, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Two processes hold it and publish it, one of them begun after it was held: each once."""
    monkeypatch.setattr(publishing, "LOOK_SECONDS", 0.05)
    do, tested = releases.feedback.execute, Check(check="tested", name="Tested")
    await asyncio.to_thread(do, SetGate(workspace=W, board="ideas", checks=(tested,)))
    soon = format_time(time.time_ns() // 1_000_000 + 500)
    await asyncio.to_thread(do, ScheduleRelease(workspace=W, release="r", publish_at=soon))
    async with sagas(releases, tmp_path / "one"):
        await releases.until(lambda release: release.held.startswith("the gate is open: a lacks tested; b lacks"))
        async with sagas(releases, tmp_path / "other"):
            for post in POSTS:
                if post != "d":
                    passed = PassCheck(workspace=W, post=post, check="tested", evidence="77 of 77")
                    await asyncio.to_thread(do, passed)
            await releases.until(settled)
    releases.check()
    assert releases.counts()["GatePassed"] == 5
    assert not releases.release.held


async def test_what_could_not_be_moved_is_once_nothing_holds_it(releases: Releases, tmp_path: Path) -> None:
    """By two processes, one of them begun after it was said why: once."""
    do = releases.feedback.execute
    await asyncio.to_thread(do, PublishRelease(workspace=W, release="r"))
    async with sagas(releases, tmp_path / "one"):
        await releases.until(settled)
        releases.check()
        async with sagas(releases, tmp_path / "other"):
            await asyncio.to_thread(do, DeletePost(workspace=W, post="d", deleted=False))
            await releases.until(lambda release: not release.not_moved)
    assert releases.release.settled == dict.fromkeys(POSTS, "")
    counts = releases.counts()
    assert (counts["PostStatusChanged"], counts["ReleasePostMoved"], counts["ReleasePostNotMoved"]) == (6, 6, 1)


async def test_killed_between_any_two_posts_it_goes_on(releases: Releases, tmp_path: Path) -> None:
    await asyncio.to_thread(releases.feedback.execute, PublishRelease(workspace=W, release="r"))
    environment = os.environ | {
        "KAFKA_BOOTSTRAP_SERVERS": releases.log.settings.bootstrap_servers,
        "GROUNDSWELL_TOPIC_PREFIX": releases.log.settings.topic_prefix,
        "GROUNDSWELL_DATA": str(tmp_path / "doomed"),
        "CLICKHOUSE_URL": "http://127.0.0.1:9",
    }
    for when, nth in (("after decision", 2), ("before decision", 2)):
        process = await asyncio.create_subprocess_exec(
            *command(when, nth), env=environment, preexec_fn=tethered(), stderr=asyncio.subprocess.PIPE
        )
        async with asyncio.timeout(60):
            _, said = await process.communicate()
        assert process.returncode == -signal.SIGKILL, said.decode()
    await asyncio.to_thread(releases.feedback.ledger.catch_up(20).result)
    assert len(releases.release.settled) == 3
    async with sagas(releases, tmp_path / "last"):
        await releases.until(settled)
    releases.check()
