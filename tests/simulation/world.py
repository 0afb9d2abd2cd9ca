"""One schedule: what happens to two projectors, their disks and their view, all of it drawn from one seed."""

import random
from collections.abc import Callable, Mapping, Sequence

from events.position import Partition
from projections.fold import Row
from services.projector.memory import MemoryDeadLetters, MemoryView
from services.projector.ports import Progress
from tests.simulation.lives import Lives
from tests.simulation.log import PARTITIONS, SimulatedLog
from tests.simulation.ports import Fate
from tests.simulation.process import READS, Key, Process
from tests.simulation.verdict import verdict

_LOCAL_FATES = (Fate.CRASH_BEFORE, Fate.CRASH_AFTER)
_FATES = (*_LOCAL_FATES, Fate.REFUSED, Fate.ANSWER_LOST, Fate.ANSWER_LOST, Fate.DELAYED)

_MOST_ROUNDS = 30

Backup = Mapping[Key, tuple[dict[str, dict[Row, Row]], dict[Partition, Progress]]]


class Broken(AssertionError):
    """The schedule showed a fault: its seed, what was wrong, and all that happened."""

    def __init__(self, seed: int, wrong: str, notes: Sequence[str]) -> None:
        schedule = "\n".join(f"{number:4} {note}" for number, note in enumerate(notes))
        super().__init__(f"seed {seed}: {wrong}\nAgain: pytest tests/simulation --seed {seed}\n{schedule}")
        self.wrong = wrong


def play(seed: int) -> list[str]:
    """Play a schedule to its end: what happened in it.

    Raises:
        Broken: if the tables are not the fold of the log in the end, or a promise was broken on the way.
    """
    world = SimulatedWorld(seed)
    try:
        world.live()
        world.heal()
        verdict(world.log, world.lives.followed_views, world.letters)
    except Exception as error:
        raise Broken(seed, f"{type(error).__name__}: {error}", world.notes) from error
    finally:
        for process in (*world.processes, world.lives.builder):
            process.die()
    return world.notes


class SimulatedWorld:
    """Everything there is, and the dice. Nothing else is random, and nothing depends on time."""

    def __init__(self, seed: int) -> None:
        self.dice = random.Random(seed)
        self.notes: list[str] = []
        self.note = self.notes.append
        self.log = SimulatedLog(self.dice, garbage=self.dice.choice((0.0, 0.0, 0.05)))
        self.views: dict[Key, MemoryView] = {}
        self.letters = MemoryDeadLetters()
        self.delayed: list[Callable[[], None]] = []
        self.restored = False
        self.furthest: dict[Partition, int] = {}
        self.processes = [Process(self, name) for name in ("ann", "ben")]
        self.lives = Lives(self)
        self._trouble = self.dice.choice((0.0, 0.02, 0.08, 0.2))
        self._owners = dict.fromkeys(PARTITIONS, self.processes[0])
        self._backups: list[Backup] = []
        self._acts, self._weights = zip(*self._possible().items(), strict=True)

    # --- what processes ask ---

    def fate(self, *, local: bool) -> Fate:
        """What becomes of a call."""
        if self.dice.random() >= self._trouble:
            return Fate.DONE
        return self.dice.choice(_LOCAL_FATES if local else _FATES)

    def delay(self, effect: Callable[[], None]) -> None:
        """Let something happen later."""
        self.delayed.append(effect)

    def check_progress(self) -> None:
        """Fail if any progress is ahead of its rows."""
        for key, view in self.views.items():
            shown: set[Row] = {row[3:5] for row in view.rows("vote_history")}
            shown.update(view.tables.get("post_history", ()))
            for partition, progress in view.progress.items():
                missing = self.log.owed(partition, progress.next_offset) - shown
                assert not missing, f"{key} {partition} stands at {progress.next_offset} without {sorted(missing)}"

    def check_taken_up(self, durable: int, start: int) -> None:
        """Fail if more has to be folded again than ever has to: only what a view lost is folded from the start."""
        assert start == durable or (start == 0 and self.restored), f"durable up to {durable}, goes on at {start}"

    # --- the schedule ---

    def live(self) -> None:
        """The part with all the trouble."""
        self._share_out()
        self.log.append(self.dice.randint(3, 15))
        for _ in range(self.dice.randint(15, 45)):
            self.dice.choices(self._acts, self._weights)[0]()

    def heal(self) -> None:
        """No more trouble: everybody is started and woken, and catches up."""
        self.note("all troubles end")
        self._trouble = 0.0
        for _ in range(self.dice.randint(0, len(self.delayed))):
            self._arrive()
        for process in self.processes:
            if process.frozen and self.dice.random() < 0.5:
                process.die()
            self._wake(process)
        self.log.append_everywhere()
        self.lives.finish_building()
        rounds = 0
        while any(self._lags(key) for key in self.lives.followed):
            rounds += 1
            assert rounds < _MOST_ROUNDS, "it never catches up"
            self._catch_up()
        self.lives.meet()
        while self.delayed:
            self._arrive()
        self.check_progress()

    def _catch_up(self) -> None:
        """Everybody reads to the end."""
        self._share_out()
        self.lives.look()
        for process in self.processes:
            for runner in list(process.runners):
                for partition in runner.partitions:
                    start = runner.runner.folded(partition)
                    process.deliver(runner, partition, start or 0, self.log.end(partition))
                process.flush(runner)

    def _possible(self) -> dict[Callable[[], None], int]:
        building = self.dice.random() < 0.5
        return {
            self._append: 15,
            self._deliver: 40,
            self._flush: 30,
            self._share_out: 8,
            self._kill: 3,
            self._freeze: 3,
            self._go_on: 12,
            self._arrive: 4,
            self._back_up: 3,
            self._restore: 2,
            self._lose_state: 2,
            self.lives.build: 20 * building,
            self.lives.look: 8 * building,
            self.lives.meet: 8 * building,
        }

    def _append(self) -> None:
        self.log.append(self.dice.randint(1, 4))

    def _deliver(self) -> None:
        """What comes next, cut anywhere; or some of it again; or with a hole before it."""
        process = self.dice.choice(self.processes)
        if process.frozen or not process.alive:
            return
        runner = self.dice.choice(process.runners)
        if not runner.partitions:
            return
        partition = self.dice.choice(list(runner.partitions))
        start, end = runner.runner.folded(partition) or 0, self.log.end(partition)
        chance = self.dice.random()
        if chance < 0.1:
            start = self.dice.randint(0, start)
        elif chance < 0.15:
            start = self.dice.randint(start, end)
        if start < end:
            process.deliver(runner, partition, start, min(end, start + self.dice.randint(1, 8)))

    def _flush(self) -> None:
        process = self.dice.choice(self.processes)
        if process.alive and not process.frozen:
            hang_at = self.dice.choice((0, 0, 0, 0, 0, self.dice.randint(1, 9)))
            process.flush(self.dice.choice(process.runners), hang_at)

    def _share_out(self) -> None:
        """Start what is dead, and share the partitions out anew among those that are not frozen."""
        for process in self.processes:
            if not process.alive:
                process.start(self.lives.followed)
        members = [process for process in self.processes if not process.frozen]
        if not members:
            return
        for partition in PARTITIONS:
            self._owners[partition] = self.dice.choice(members)
        for process in members:
            process.take_up([partition for partition, owner in self._owners.items() if owner is process])

    def _kill(self) -> None:
        process = self.dice.choice(self.processes)
        self.note(f"{process.name} is killed")
        process.die()

    def _freeze(self) -> None:
        process = self.dice.choice(self.processes)
        if process.alive:
            self.note(f"{process.name} is frozen")
            process.frozen = True

    def _go_on(self) -> None:
        self._wake(self.dice.choice(self.processes))

    def _wake(self, process: Process) -> None:
        """Let it do what it was at, and then learn what it has lost."""
        if process.frozen:
            self.note(f"{process.name} wakes")
            process.frozen = False
        process.go_on()
        process.take_up([each for each in process.partitions if self._owners[each] is process])

    def _arrive(self) -> None:
        if self.delayed:
            self.note("a late request arrives")
            self.delayed.pop(self.dice.randrange(len(self.delayed)))()

    def _back_up(self) -> None:
        """Progress first: of what comes while the tables are copied, no backup may know only the progress."""
        self.note("the view is backed up")
        self._backups.append({key: _copy(view) for key, view in self.views.items()})

    def _restore(self) -> None:
        """The view goes away and comes back as it was. What was on its way is gone, and so is every connection."""
        backup = self.dice.choice([{}, *self._backups])
        self.note("the view is restored")
        self.restored = True
        self.delayed.clear()
        for key, view in self.views.items():
            tables, progress = backup.get(key, ({}, {}))
            view.tables, view.progress = {name: dict(rows) for name, rows in tables.items()}, dict(progress)
        for process in (*self.processes, self.lives.builder):
            for runner in process.runners:
                # Who asks nothing meanwhile may find a new connection, and nothing amiss.
                if runner.hanging is not None or self.dice.random() < 0.5:
                    runner.cut_off()

    def _lose_state(self) -> None:
        dead = [process for process in self.processes if not process.alive]
        if dead:
            process = self.dice.choice(dead)
            places = [place for place in process.disk if place not in process.locked]
            if places:
                lost = self.dice.choice(places)
                self.note(f"{process.name} loses its state of {lost}")
                del process.disk[lost]

    def _lags(self, key: Key) -> bool:
        progress = self.views[key].progress
        return any(
            partition not in progress or progress[partition].next_offset < self.log.end(partition)
            for partition in READS[key[0]]
        )


def _copy(view: MemoryView) -> tuple[dict[str, dict[Row, Row]], dict[Partition, Progress]]:
    progress = dict(view.progress)
    return {name: dict(rows) for name, rows in view.tables.items()}, progress
