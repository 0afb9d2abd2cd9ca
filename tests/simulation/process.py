"""A simulated projector process: the real runners over ports that fail, and a disk that outlives it."""

from collections.abc import Callable, Collection, Mapping
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

EPOCH = "epoch"
_MOST_ASKED = 100
VOTES, POSTS = VotesProjection(), PostsProjection()
READS: Mapping[str, Collection[Partition]] = {VOTES.name: BALLOTS, POSTS.name: (LEDGER,)}


class World(Protocol):
    """What a process asks of the world."""

    log: SimulatedLog
    views: Mapping[str, MemoryView]
    letters: MemoryDeadLetters

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

    def __init__(self, process: "Process", projection: Projection) -> None:
        self.projection = projection
        self._cut_off = {True: False, False: False}
        self._flushing = False
        self.hanging: HangingFlush | None = None
        self.found_durable = 0
        """Where the state stood that it opened last."""
        self._process = process
        self._world = process.world
        self.runner = Runner(
            projection, View(self, process.world.views[projection.name]), Disk(process, self),
            DeadLetters(self, process.world.letters), EPOCH, partition_count=lambda _: BALLOT_PARTITIONS,
        )  # fmt: skip

    def fate(self, step: str, *, local: bool) -> Fate:
        """What becomes of the call that is made now; see `ports.Circumstances`."""
        who = f"{self._process.name} {self.projection.name}: {step}"
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
        place = (self._runner.projection.name, partition)
        if place in self._process.locked:
            # Time passes while it is asked for again and again: whatever hangs has its turn.
            self._asked += 1
            assert self._asked < _MOST_ASKED, f"the state of {place} is never closed"
            self._runner.go_on()
            raise ServiceAway("the state is open still")
        self._process.locked.add(place)
        values = self._process.disk.setdefault(place, MemoryStore())
        mark = values.mark()
        self._runner.found_durable = 0 if mark is None else mark.next_offset
        return Store(self._runner, values, lambda: self._process.locked.discard(place))


class Process:
    """Started and killed any number of times on its disk. `positions` is what it reads next in each of its partitions.

    A frozen one does nothing, and does not learn what it lost meanwhile.
    """

    def __init__(self, world: World, name: str) -> None:
        self.world = world
        self.name = name
        self.frozen = False
        self.runners: list[RunnerInProcess] = []
        self.positions: dict[Partition, int] = {}
        self.disk: dict[tuple[str, Partition], MemoryStore] = {}
        self.locked: set[tuple[str, Partition]] = set()

    @property
    def alive(self) -> bool:
        """Whether it was started and did not die since."""
        return bool(self.runners)

    def start(self) -> None:
        """Start it. It has no partitions yet."""
        self.runners = [RunnerInProcess(self, projection) for projection in (VOTES, POSTS)]

    def die(self) -> None:
        """As by kill -9."""
        for each in self.runners:
            if each.hanging is not None:
                each.hanging.kill()
        self.runners, self.positions, self.locked, self.frozen = [], {}, set(), False

    def take_up(self, partitions: Collection[Partition]) -> None:
        """Close what is no longer its own, open what is."""
        for partition in [each for each in self.positions if each not in partitions]:
            del self.positions[partition]
            self._living(lambda partition=partition: self._reader_of(partition).runner.close(partition))
        for partition in partitions:
            if partition not in self.positions:
                self._living(lambda partition=partition: self._open(partition))

    def deliver(self, partition: Partition, start: int, end: int) -> None:
        """Feed it what stands there, wherever it stands itself."""
        if partition not in self.positions:
            return
        batch = self.world.log.batch(partition, start, end)
        self.world.note(f"{self.name} gets {partition.topic}/{partition.partition} {start}-{end}")
        try:
            self._reader_of(partition).runner.feed(batch, self.world.log.end(partition))
            self.positions[partition] = end
        except Hole as hole:
            self.positions[partition] = hole.expected

    def flush(self, number: int, hang_at: int = 0) -> None:
        """Flush one of its runners."""
        self._living(lambda: self.runners[number].flush(hang_at))

    def go_on(self) -> None:
        """Let all that hangs go on."""
        for each in list(self.runners):
            self._living(each.go_on)

    def _open(self, partition: Partition) -> None:
        reader = self._reader_of(partition)
        start = self.positions[partition] = reader.runner.open(partition)
        self.world.note(f"{self.name} takes up {partition.topic}/{partition.partition} at {start}")
        self.world.check_taken_up(reader.found_durable, start)

    def _reader_of(self, partition: Partition) -> RunnerInProcess:
        return next(each for each in self.runners if partition in READS[each.projection.name])

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
            self.die()
