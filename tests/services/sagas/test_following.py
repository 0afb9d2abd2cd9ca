"""What a saga may rely on: every decision, in order, again where it failed, and no further than where it stands."""

import asyncio
from collections.abc import Sequence

import pytest

from events.domain.commands import PutBoard
from events.log.kept_position import KeptPosition, group_of_saga
from services.sagas import following
from services.sagas.following import Decided, Following
from services.sagas.part import Surroundings
from tests.services.sagas.conftest import DecidedLog
from tests.support.world import WORKSPACE


class Renames:
    """Hears of every board's event, and fails now and then."""

    name = "renames"

    def __init__(self, failures: int = 0) -> None:
        self.done: list[str] = []
        self.heard = 0
        self.failures = failures
        self.unreadable = False

    def decide(self, decided: Decided) -> Sequence[str]:
        self.heard += 1
        if self.unreadable:
            raise ValueError("what is this?")
        return [event.name for event in decided.events if hasattr(event, "name")]

    async def act(self, work: Sequence[str]) -> None:
        if self.failures:
            self.failures -= 1
            raise OSError("away")
        self.done += work


def part_of(decided: DecidedLog, saga: Renames) -> Following[str]:
    return Following(saga, Surroundings(decided.log.settings, decided.log.topics, decided.feedback))


async def rename(decided: DecidedLog, *names: str) -> None:
    for name in names:
        await asyncio.to_thread(decided.feedback.execute, PutBoard(workspace=WORKSPACE, board="ideas", name=name))


async def until(saga: Renames, count: int) -> None:
    async with asyncio.timeout(60):
        while len(saga.done) < count:
            await asyncio.sleep(0.02)


async def stopped(task: "asyncio.Task[None]") -> None:
    task.cancel()
    await asyncio.wait([task])


async def test_what_failed_is_done_again_and_in_order(decided: DecidedLog, caplog: pytest.LogCaptureFixture) -> None:
    saga = Renames(failures=2)
    part = part_of(decided, saga)
    task = asyncio.create_task(part.run())
    await rename(decided, "One", "Two")
    await until(saga, 3)
    assert saga.done == ["Ideas", "One", "Two"]
    assert part.complaint() is None
    assert "trying again part=renames reason=OSError('away')" in caplog.text
    await stopped(task)


async def test_it_complains_while_it_gets_nowhere(decided: DecidedLog, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(following, "STUCK_SECONDS", 0.0)
    saga = Renames(failures=1_000)
    part = part_of(decided, saga)
    task = asyncio.create_task(part.run())
    async with asyncio.timeout(60):
        while part.complaint() is None:
            await asyncio.sleep(0.02)
    assert part.complaint() == "renames gets nowhere: OSError: away"
    saga.failures = 0
    await until(saga, 1)
    await stopped(task)


async def test_another_process_begins_where_it_stands_and_remembers_all(decided: DecidedLog) -> None:
    first = Renames()
    task = asyncio.create_task(part_of(decided, first).run())
    await until(first, 1)
    async with KeptPosition(decided.log.settings, group_of_saga(decided.log.topics, "renames"), decided.ledger) as kept:
        async with asyncio.timeout(60):
            while not await kept.read():
                await asyncio.sleep(0.02)
        await stopped(task)
        await rename(decided, "One")
        second = Renames()
        task = asyncio.create_task(part_of(decided, second).run())
        await until(second, 1)
        assert second.done == ["One"]
        assert second.heard == first.heard  # on the same ledger: all of it, from its start
        await stopped(task)


async def test_one_that_cannot_read_a_decision_ends_and_stays_before_it(decided: DecidedLog) -> None:
    saga = Renames()
    saga.unreadable = True
    part = part_of(decided, saga)
    async with asyncio.timeout(60):
        with pytest.raises(ValueError, match="what is this"):
            await part.run()
    assert saga.heard == 1
    async with KeptPosition(decided.log.settings, group_of_saga(decided.log.topics, "renames"), decided.ledger) as kept:
        assert await kept.read() == 0
