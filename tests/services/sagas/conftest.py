"""A log with decisions on it, and the sagas that run along it."""

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager, suppress
from functools import partial
from pathlib import Path

import pytest

from events.domain.application import Feedback
from events.domain.budgets.commands import SetBudget
from events.domain.commands import PutBoard, PutPost
from events.domain.merging.commands import MergePost, UnmergePost
from events.ledger.settings import LedgerSettings
from events.log.kept_position import KeptPosition, PositionUnknown, group_of_saga
from events.log.reader import end_offsets, read
from events.position import Partition
from events.rulings import Ruling, decode_ruling
from services.sagas.part import Part, Surroundings
from services.sagas.rulings import RulingsPart
from tests.support.kafka import KafkaProcess
from tests.support.log import TestLog, new_log
from tests.support.world import WORKSPACE

SECONDS = 60.0


class DecidedLog:
    """A log, and what its ballots must hold after its decisions."""

    def __init__(self, log: TestLog, feedback: Feedback) -> None:
        self.log = log
        self.feedback = feedback
        self.ledger = Partition(log.topics.ledger, 0)

    def decide(self) -> None:
        """Merges, an unmerge, a budget with posts that stand there, and one that comes."""
        board = PutBoard(workspace=WORKSPACE, board="ideas", name="Ideas")
        posts = [PutPost(workspace=WORKSPACE, post=post, board="ideas", title=post) for post in "abcd"]
        merges = [MergePost(workspace=WORKSPACE, post=post, into=into) for post, into in ("ab", "bc")]
        unmerge = UnmergePost(workspace=WORKSPACE, post="b")
        budget = SetBudget(workspace=WORKSPACE, board="ideas", votes=2)
        late = PutPost(workspace=WORKSPACE, post="e", board="ideas", title="e")
        for command in (board, *posts, *merges, unmerge, budget, late):
            self.feedback.execute(command)

    async def until_at(self, offset: int) -> None:
        """Wait until the rulings' saga stands there; at 0, until Kafka says where: a new broker needs a moment."""
        group = group_of_saga(self.log.topics, "rulings")
        async with asyncio.timeout(SECONDS), KeptPosition(self.log.settings, group, self.ledger) as kept:
            while True:
                with suppress(PositionUnknown):
                    if await kept.read() >= offset:
                        return
                await asyncio.sleep(0.05)

    async def until_done(self) -> None:
        """Wait until the saga has done with everything that was decided by now."""
        await self.until_at((await end_offsets(self.log.settings, [self.ledger]))[self.ledger])

    async def rulings(self) -> list[list[Ruling]]:
        """What every partition of the ballots holds."""
        ends = await end_offsets(self.log.settings, self.log.ballots)
        found: list[list[Ruling]] = [[] for _ in self.log.ballots]
        async for batch in read(self.log.settings, dict.fromkeys(ends, 0), ends):
            found[batch.partition] += [decode_ruling(value or b"") for value in batch.values]
        return found


Running = Callable[[Path], AbstractAsyncContextManager[Part]]


@pytest.fixture
async def decided(kafka: KafkaProcess) -> AsyncIterator[DecidedLog]:
    """One whose sagas have not run yet."""
    async with decided_on(kafka) as found:
        yield found


@asynccontextmanager
async def decided_on(kafka: KafkaProcess) -> AsyncIterator[DecidedLog]:
    """One on a broker."""
    log = await new_log(kafka.bootstrap)
    feedback = await asyncio.to_thread(Feedback, log.settings, LedgerSettings())
    found = DecidedLog(log, feedback)
    await asyncio.to_thread(found.decide)
    yield found
    await asyncio.to_thread(feedback.close)


@pytest.fixture
def running(decided: DecidedLog) -> Running:
    """Runs the rulings' saga on an index in a folder, as a process of its own would."""
    return partial(running_on, decided)


@asynccontextmanager
async def running_on(decided: DecidedLog, folder: Path) -> AsyncIterator[Part]:
    """The same on any log."""
    folder.mkdir(exist_ok=True)
    settings = LedgerSettings(index=folder / "ledger.sqlite")
    feedback = await asyncio.to_thread(Feedback, decided.log.settings, settings)
    part = RulingsPart(Surroundings(decided.log.settings, decided.log.topics, feedback))
    task = asyncio.create_task(part.run())
    try:
        yield part
        assert not task.done(), task
    finally:
        task.cancel()
        await asyncio.wait([task])
        await asyncio.to_thread(feedback.close)


def told(found: Sequence[Ruling]) -> list[str]:
    """What rulings say, in short."""
    return [f"{type(each).__name__} {each.subject} {' '.join(map(str, _said(each)))}".rstrip() for each in found]


def _said(ruling: Ruling) -> tuple[object, ...]:
    data = ruling.data
    return tuple(getattr(data, name) for name in ("into", "posts", "votes") if getattr(data, name, None) is not None)
