"""Answering barriers: hold where we stand, or at the target, and say where that is."""

import logging
from collections.abc import Mapping, Sequence, Set

from events.position import Partition
from projections.clickhouse.barrier_log import Barrier
from services.projector.feeder import Feeder
from services.projector.passage import Passage
from services.projector.ports import Views
from services.projector.runner import Runner
from services.projector.serial_thread import SerialThread

logger = logging.getLogger(__name__)

Driver = tuple[Runner, Passage]


class Holding:
    """Closes passages while a barrier holds, and says so for each generation once all it folded is in its tables.

    The feeder's passage holds back all that the feeder feeds: a second for everybody is simpler than one projection
    that falls behind what the others have read.
    """

    def __init__(self, feeder: Feeder, views: Views, thread: SerialThread) -> None:
        self._feeder = feeder
        self._views = views
        self._thread = thread
        self._told: dict[tuple[str, int], Mapping[Partition, int]] = {}

    async def answer(self, barriers: Sequence[Barrier]) -> None:
        """Hold for these barriers, and for no other. Raises ServiceAway where ClickHouse is."""
        if not barriers:
            self.let_go()
            return
        concerned = [(barrier, runner, passage) for barrier in barriers for runner, passage in self._drivers(barrier)]
        self._close({id(passage) for _, _, passage in concerned}, barriers)
        for barrier, runner, _ in concerned:
            await self._acknowledge(barrier, runner)

    def close_first(self, barriers: Sequence[Barrier]) -> None:
        """Hold for these barriers, too, from now on; say nothing yet."""
        if barriers:
            self._close({id(passage) for each in barriers for _, passage in self._drivers(each)}, barriers)

    def let_go(self) -> None:
        """Hold for nobody."""
        self._told.clear()
        for passage in (self._feeder.passage, *(follower.passage for follower in self._feeder.followers)):
            passage.open()

    def _drivers(self, barrier: Barrier) -> Sequence[Driver]:
        """The runners that a barrier concerns, each with the passage that holds it."""
        drivers = [(runner, self._feeder.passage) for runner in self._feeder.fed]
        drivers += [(follower.runner, follower.passage) for follower in self._feeder.followers]
        return [
            (runner, passage)
            for runner, passage in drivers
            if runner.projection.name == barrier.projection and runner.generation in barrier.generations
        ]

    def _close(self, passages: Set[int], barriers: Sequence[Barrier]) -> None:
        targets = {partition: at for barrier in barriers for partition, at in barrier.targets.items()}
        for passage in (self._feeder.passage, *(follower.passage for follower in self._feeder.followers)):
            if id(passage) in passages:
                passage.close(targets)
            else:
                passage.open()

    async def _acknowledge(self, barrier: Barrier, runner: Runner) -> None:
        if (standing := self._standing(runner)) is None:
            return
        told = self._told.get((barrier.barrier, runner.generation))
        if told == standing:
            return
        await self._thread.call(lambda: self._views.acknowledge(barrier, runner.generation, standing))
        self._told[barrier.barrier, runner.generation] = standing
        if told is None:
            logger.info(
                "held barrier=%s projection=%s generation=%d", barrier.barrier, barrier.projection, runner.generation
            )

    def _standing(self, runner: Runner) -> Mapping[Partition, int] | None:
        """Where it stands in each partition; None while something of it is still on its way."""
        if (
            not self._feeder.settled
            or self._feeder.passage.busy
            or any(follower.passage.busy for follower in self._feeder.followers)
        ):
            return None
        return runner.standing()
