"""Answering barriers: hold where we stand, or at the target, and say where that is."""

import logging
from collections.abc import Mapping, Sequence

from events.position import Partition
from projections.clickhouse.barrier_log import Barrier
from services.projector.feeder import Feeder
from services.projector.gate import Gate
from services.projector.ports import Views
from services.projector.runner import Runner
from services.projector.serial_thread import SerialThread

logger = logging.getLogger(__name__)

Driver = tuple[Runner, Gate]


class Holding:
    """Closes gates while a barrier holds, and acknowledges it for each generation once all it folded is in its tables.

    A gate of the feeder holds back all that the feeder feeds: a second for everybody is simpler than one projection
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
        concerned = [(barrier, runner, gate) for barrier in barriers for runner, gate in self._drivers(barrier)]
        self._close({id(gate): gate for _, _, gate in concerned}, barriers)
        for barrier, runner, _ in concerned:
            await self._acknowledge(barrier, runner)

    def let_go(self) -> None:
        """Hold for nobody."""
        self._told.clear()
        for gate in (self._feeder.gate, *(follower.gate for follower in self._feeder.followers)):
            gate.open()

    def _drivers(self, barrier: Barrier) -> Sequence[Driver]:
        """The runners that a barrier concerns, each with the gate that holds it."""
        drivers = [(runner, self._feeder.gate) for runner in self._feeder.fed]
        drivers += [(follower.runner, follower.gate) for follower in self._feeder.followers]
        return [
            (runner, gate)
            for runner, gate in drivers
            if runner.projection.name == barrier.projection and runner.generation in barrier.generations
        ]

    def _close(self, gates: Mapping[int, Gate], barriers: Sequence[Barrier]) -> None:
        targets = {partition: at for barrier in barriers for partition, at in barrier.targets.items()}
        for gate in (self._feeder.gate, *(follower.gate for follower in self._feeder.followers)):
            if id(gate) in gates:
                gate.close(targets)
            else:
                gate.open()

    async def _acknowledge(self, barrier: Barrier, runner: Runner) -> None:
        if (standing := self._standing(runner)) is None:
            return
        if self._told.get((barrier.barrier, runner.generation)) == standing:
            return
        await self._thread.call(lambda: self._views.acknowledge(barrier, runner.generation, standing))
        self._told[barrier.barrier, runner.generation] = standing
        logger.info(
            "held barrier=%s projection=%s generation=%d", barrier.barrier, barrier.projection, runner.generation
        )

    def _standing(self, runner: Runner) -> Mapping[Partition, int] | None:
        """Where it stands in each partition; None while something of it is still on its way."""
        if self._feeder.feeding or any(follower.feeding for follower in self._feeder.followers):
            return None
        return runner.standing()
