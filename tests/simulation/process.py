"""A simulated projector process: the real runners over ports that fail, and a disk that outlives it."""

from collections.abc import Callable, Collection, Mapping
from contextlib import suppress
from typing import Protocol

from events.position import Partition
from projections.fold import Projection
from projections.posts import PostsProjection
from projections.votes import VotesProjection
from services.projector.memory import MemoryDeadLetters, MemoryStore, MemoryView
from services.projector.partition_run import Hole
from services.projector.ports import ServiceAway
from services.projector.runner import ProjectorStopped, Runner
from tests.simulation.hanging import HangingFlush
from tests.simulation.log import BALLOT_PARTITIONS, BALLOTS, LEDGER, SimulatedLog
from tests.simulation.ports import Crash, DeadLetters, Fate, Store, View

Key = tuple[str, int]
"""A projection's name and a generation."""

Place = tuple[str, int, Partition]
"""Whose state it is: a projection's, a generation's, a partition's."""

EPOCH = "epoch"
_MOST_ASKED = 100
PROJECTIONS: Mapping[str, Projection] = {each.name: each for each in (VotesProjection(), PostsProjection())}
READS: Mapping[str, Collection[Partition]] = {"votes": BALLOTS, "posts": (LEDGER,)}


class World(Protocol):
    """What a process asks of the world."""

    log: SimulatedLog
    views: Mapping[Key, MemoryView]
    letters: MemoryDeadLetters
    furthest: dict[Partition, int]
    """Up to where anybody ever folded."""

    def note(self, what: str) -> None:
        """Keep for whoever reads the schedule."""
        ...

    def fate(self, *, local: bool) -> Fate:
        """What becomes of a call."""
        ...

    def delay(self, effect: Callable[[], None]) -> None:
        """Let something happen later."""
        ...

    def check_progress(self) -> None:
        """Fail if any progress is ahead of its rows."""
        ...

    def check_taken_up(self, durable: int, start: int) -> None:
        """Fail if more has to be folded again than ever has to."""
        ...


class RunnerInProcess:
    """One runner with its own lines to the view and the dead letters, and the flush of it that hangs, if one does."""

    def __init__(self, process: "Process", key: Key) -> None:
        self.key = key
        self._cut_off = {True: False, False: False}
        self._flushing = False
        self.hanging: HangingFlush | None = None
        self.found_durable = 0
        """Where the state stood that it opened last."""
        self._process = process
        self._world = process.world
        self.runner = Runner(
            PROJECTIONS[key[0]], View(self, process.world.views[key]), Disk(process, self),
            DeadLetters(self, process.world.letters), EPOCH, generation=key[1],
            partition_count=lambda _: BALLOT_PARTITIONS, strict=process.strict,
        )  # fmt: skip

    @property
    def partitions(self) -> Collection[Partition]:
        """What it has open."""
        return [each for each in READS[self.key[0]] if self.runner.folded(each) is not None]

    def fate(self, step: str, *, local: bool) -> Fate:
        """What becomes of the call that is made now; see `ports.Circumstances`."""
        who = f"{self._process.name} {self.key[0]} {self.key[1]}: {step}"
        hanging = self.hanging
        if hanging is not None and hanging.running and hanging.pass_call():
            self._world.note(f"{who} is woken")
        if self._cut_off[self._flushing] and not local:
            self._cut_off[self._flushing] = False
            self._world.note(f"{who} finds its connection gone")
            return Fate.REFUSED
        fate = self._world.fate(local=local)
        self._world.note(f"{who} {fate.name}" if fate is not Fate.DONE else who)
        return fate

    def cut_off(self) -> None:
        """The view was restarted: the next call finds its connection gone, that of a flush and that of any other."""
        self._cut_off = {True: True, False: True}

    def delay(self, effect: Callable[[], None]) -> None:
        """Let something happen later; see `ports.Circumstances`."""
        self._world.delay(effect)

    def flush(self, hang_at: int) -> None:
        """Flush; where `hang_at` is not 0, hang in that call. Raises what a flush raises, and `Crash`."""
        if self.hanging is not None:
            return
        if hang_at:
            self.hanging = HangingFlush(self.runner.flush, hang_at)
            self.go_on()
        else:
            self._as_flusher(self.runner.flush)

    def go_on(self) -> None:
        """Let the flush that hangs go on, until it hangs again or ends. Raises as `flush` does."""
        hanging = self.hanging
        if hanging is not None:
            self._as_flusher(hanging.go_on)
            if hanging.over:
                self.hanging = None

    def _as_flusher(self, flush: Callable[[], object]) -> None:
        """A flush has a connection of its own."""
        self._flushing = True
        try:
            flush()
        finally:
            self._flushing = False
        self._world.check_progress()


class Disk:
    """The states of one runner, on its process's disk."""

    def __init__(self, process: "Process", runner: RunnerInProcess) -> None:
        self._process = process
        self._runner = runner
        self._asked = 0

    def open(self, partition: Partition) -> Store:
        """The partition's store."""
        place = (*self._runner.key, partition)
        if place in self._process.locked:
            # Time passes while it is asked for again and again: whatever hangs has its turn.
            self._asked += 1
            assert self._asked < _MOST_ASKED, f"the state of {place} is never closed"
            self._runner.go_on()
            raise ServiceAway("the state is open still")
        self._process.locked[place] = self._process
        values = self._process.disk.setdefault(place, MemoryStore())
        mark = values.mark()
        self._runner.found_durable = 0 if mark is None else mark.next_offset
        return Store(self._runner, values, lambda: self._process.locked.pop(place, None))


class Process:
    """Started and killed any number of times on its disk, which it may share with another; `strict` as a rebuild is.

    A frozen one does nothing, and does not learn what it lost meanwhile.
    """

    def __init__(self, world: World, name: str, *, disk_of: "Process | None" = None, strict: bool = False) -> None:
        self.world = world
        self.name = name
        self.strict = strict
        self.frozen = False
        self.runners: list[RunnerInProcess] = []
        self.partitions: list[Partition] = []
        self.stopped: ProjectorStopped | None = None
        """Why it stopped last, where it did so by itself."""
        self.disk: dict[Place, MemoryStore] = {} if disk_of is None else disk_of.disk
        self.locked: dict[Place, Process] = {} if disk_of is None else disk_of.locked

    @property
    def alive(self) -> bool:
        """Whether it was started and did not die since."""
        return bool(self.runners)

    @property
    def hangs(self) -> bool:
        """Whether any of its flushes does."""
        return any(each.hanging is not None for each in self.runners)

    def start(self, keys: Collection[Key]) -> None:
        """Start it. It has no partitions yet."""
        self.world.note(f"{self.name} starts")
        self.stopped = None
        self.runners = [RunnerInProcess(self, key) for key in keys]

    def die(self) -> None:
        """As by kill -9."""
        for each in self.runners:
            if each.hanging is not None:
                each.hanging.kill()
        for place in [place for place, owner in self.locked.items() if owner is self]:
            del self.locked[place]
        self.runners, self.partitions, self.frozen = [], [], False

    def follow(self, keys: Collection[Key]) -> None:
        """Run these generations from now on."""
        for each in [each for each in self.runners if each.key not in keys]:
            self._living(each.go_on)
            if each in self.runners:
                self.runners.remove(each)
                for partition in each.partitions:
                    each.runner.close(partition)
        for key in keys:
            if self.alive and all(each.key != key for each in self.runners):
                each = RunnerInProcess(self, key)
                self.runners.append(each)
                self._open(each, self.partitions)

    def take_up(self, partitions: Collection[Partition]) -> None:
        """Close what is no longer its own, open what is."""
        self.partitions = list(partitions)
        for each in list(self.runners):
            if not self.alive:
                return
            for partition in each.partitions:
                if partition not in partitions:
                    each.runner.close(partition)
            self._open(each, partitions)

    def deliver(self, to: RunnerInProcess, partition: Partition, start: int, end: int) -> None:
        """Feed a runner what stands there, wherever it stands itself."""
        self.world.note(
            f"{self.name} {to.key[0]} {to.key[1]} gets {partition.topic}/{partition.partition} {start}-{end}"
        )
        batch = self.world.log.batch(partition, start, end)
        self.world.furthest[partition] = max(self.world.furthest.get(partition, 0), end)
        with suppress(Hole):  # it is read on from where the runner stands
            self._living(lambda: to.runner.feed(batch, self.world.log.end(partition)))

    def flush(self, runner: RunnerInProcess, hang_at: int = 0) -> None:
        """Flush one of its runners."""
        self._living(lambda: runner.flush(hang_at))

    def go_on(self) -> None:
        """Let all that hangs go on."""
        for each in list(self.runners):
            self._living(each.go_on)

    def _open(self, each: RunnerInProcess, partitions: Collection[Partition]) -> None:
        for partition in READS[each.key[0]]:
            if partition in partitions and partition not in each.partitions:
                self._living(lambda partition=partition: self._open_one(each, partition))

    def _open_one(self, each: RunnerInProcess, partition: Partition) -> None:
        if each not in self.runners:
            return
        start = each.runner.open(partition)
        self.world.note(
            f"{self.name} {each.key[0]} {each.key[1]} takes up {partition.topic}/{partition.partition} at {start}"
        )
        self.world.check_taken_up(each.found_durable, start)

    def _living(self, act: Callable[[], object]) -> None:
        """Let it act, unless it died; it may die of that."""
        if not self.alive:
            return
        try:
            act()
        except Crash:
            self.world.note(f"{self.name} dies")
            self.die()
        except ProjectorStopped as stopped:
            self.world.note(f"{self.name} stops: {stopped}")
            self.stopped = stopped
            self.die()
