"""The generations in a schedule: a second one is built beside the first, followed, compared at a barrier, made live."""

from collections.abc import Callable, Mapping
from typing import Protocol

from events.position import Partition
from projections.generations import FOLLOWED, State
from services.projector.memory import MemoryView
from tests.simulation.log import BALLOTS
from tests.simulation.process import Key, Process, RunnerInProcess, World
from tests.simulation.verdict import judge_at, same

FIRST: Key = ("votes", 1)
SECOND: Key = ("votes", 2)
POSTS: Key = ("posts", 1)
_AT_ONCE = 6
_APPROACHES = 3
_MOST_ROUNDS = 200


class Surroundings(World, Protocol):
    """What the generations ask of the world."""

    views: dict[Key, MemoryView]
    processes: list[Process]
    delayed: list[Callable[[], None]]
    restored: bool
    furthest: dict[Partition, int]


class Lives:
    """Which generations there are. The second is built by a strict runner on the first process's disk."""

    def __init__(self, world: Surroundings) -> None:
        self.builder = Process(world, "builder", disk_of=world.processes[0], strict=True)
        self._world = world
        self._second: State | None = None
        world.views.update({FIRST: MemoryView(), POSTS: MemoryView()})

    @property
    def followed(self) -> list[Key]:
        """What projectors follow."""
        return [FIRST, POSTS, *([SECOND] if self._second in FOLLOWED else [])]

    @property
    def followed_views(self) -> Mapping[Key, MemoryView]:
        """What must be the fold of the log in the end."""
        return {key: self._world.views[key] for key in self.followed}

    def build(self) -> None:
        """Begin the next generation, or go on with it: some batches and a flush."""
        if self._second is None:
            self._world.note("generation 2 is being built")
            self._second = State.BUILDING
            self._world.views[SECOND] = MemoryView()
        if self._second is not State.BUILDING:
            return
        if not self.builder.alive:
            self.builder.start([SECOND])
            self.builder.take_up(BALLOTS)
        for runner in list(self.builder.runners):
            for partition in runner.partitions:
                start = runner.runner.folded(partition) or 0
                end = min(self._world.log.end(partition), start + _AT_ONCE)
                if start < end:
                    self.builder.deliver(runner, partition, start, end)
            self.builder.flush(runner)
        self._judge_builder()

    def finish_building(self) -> None:
        """Build until it has caught up, or stops at what cannot be read."""
        rounds = 0
        while self._second is State.BUILDING:
            rounds += 1
            assert rounds < _MOST_ROUNDS, "it is never built"
            self.build()

    def look(self) -> None:
        """Processes notice which generations there are."""
        for process in self._world.processes:
            if process.alive and not process.frozen:
                process.follow(self.followed)

    def meet(self) -> None:
        """A barrier: both generations come to the same position and hold; then one is verified, or made live."""
        world = self._world
        if self._second not in FOLLOWED or any(each.frozen or each.hangs for each in world.processes):
            return
        world.note("a barrier")
        self.look()
        for _ in range(_APPROACHES):
            sides = [self._standing(FIRST), self._standing(SECOND)]
            if None in sides or any(set(side) != set(BALLOTS) for side in sides if side is not None):
                world.note("somebody does not hold: no barrier")
                return
            first, second = sides
            target = {partition: max(first[partition], second[partition]) for partition in BALLOTS}
            if first == second:
                self._move(target)
                return
            self._approach(target)

    def _standing(self, key: Key) -> dict[Partition, int] | None:
        """Where a generation stands, all processes together, with everything durable."""
        found: dict[Partition, int] = {}
        for process, runner in self._runners(key):
            process.flush(runner)
            standing = runner.runner.standing() if runner in process.runners else None
            if standing is None:
                return None
            found.update(standing)
        return found

    def _approach(self, target: Mapping[Partition, int]) -> None:
        for key in (FIRST, SECOND):
            for process, runner in self._runners(key):
                for partition in runner.partitions:
                    start = runner.runner.folded(partition) or 0
                    if start < target[partition]:
                        process.deliver(runner, partition, start, target[partition])

    def _runners(self, key: Key) -> list[tuple[Process, RunnerInProcess]]:
        return [(process, each) for process in self._world.processes for each in process.runners if each.key == key]

    def _move(self, at: Mapping[Partition, int]) -> None:
        """Both hold. Unless somebody who is gone was further, what they show is what the log means up to here."""
        world = self._world
        if not world.restored and not world.delayed and not self._is_ahead(at):
            first, second = world.views[FIRST], world.views[SECOND]
            same("generation 2 at a barrier", second.tables, first.tables)
            judge_at(world.log, at, first)
        self._second = {
            State.READY: State.VERIFIED, State.VERIFIED: State.LIVE, State.LIVE: State.RETIRED,
            State.RETIRED: State.LIVE,
        }[self._second or State.READY]  # fmt: skip
        world.note(f"generation 2 is {self._second}")

    def _is_ahead(self, at: Mapping[Partition, int]) -> bool:
        """Whether any runner ever folded beyond."""
        return any(self._world.furthest.get(partition, 0) > offset for partition, offset in at.items())

    def _judge_builder(self) -> None:
        """Whether it is through; one that met what cannot be read must have said where that stands."""
        world, progress = self._world, self._world.views[SECOND].progress
        if (stopped := self.builder.stopped) is not None and "lost rows" not in str(stopped):
            said = [f"{topic}/{number} offset {offset}" for topic, number, offset in world.log.refused]
            assert any(place in str(stopped) for place in said), f"it stopped for no reason: {stopped}"
            self._second = State.DROPPED
        elif self.builder.alive and all(
            each in progress and progress[each].next_offset == world.log.end(each) for each in BALLOTS
        ):
            self.builder.die()
            self._second = State.READY
            world.note("generation 2 is ready")
