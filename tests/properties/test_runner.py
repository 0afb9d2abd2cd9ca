"""The runner comes back from any crash, at any step, to what the log says; and never takes a hole for nothing."""

import random
from collections.abc import Callable, Sequence
from copy import deepcopy

import pytest
from hypothesis import given
from hypothesis import strategies as st

from events.position import Partition, Position
from projections.fold import Row
from projections.table import Table
from projections.votes import VotesProjection
from services.projector import runner as runner_module
from services.projector.memory import MemoryDeadLetters, MemoryStore, MemoryStores, MemoryView
from services.projector.partition_run import Hole
from services.projector.ports import Mark, Progress, ServiceAway
from services.projector.runner import ProjectorStopped, Runner
from tests.properties.test_votes_fold import cut_points, fold, histories
from tests.support.ballots import TOPIC, MemoryLog, Vote

STEPS = ("before rows", "after rows", "before progress", "after progress", "before state", "after state")


class Crash(Exception):
    """The process died here."""


class CrashingView(MemoryView):
    """Calls `at(step)` around each effect; keeps every block that ever came."""

    def __init__(self) -> None:
        super().__init__()
        self.at: Callable[[str], None] = lambda _: None
        self.blocks: list[tuple[Table, Sequence[Row]]] = []

    def insert(self, table: Table, rows: Sequence[Row], token: str) -> None:
        self.at("before rows")
        self.blocks.append((table, list(rows)))
        super().insert(table, rows, token)
        self.at("after rows")

    def write_progress(self, progress: Sequence[Progress]) -> None:
        self.at("before progress")
        super().write_progress(progress)
        self.at("after progress")


class CrashingStores(MemoryStores):
    """Stores whose writes call `at` too."""

    def __init__(self, view: CrashingView) -> None:
        super().__init__()
        self._view = view

    def open(self, partition: Partition) -> MemoryStore:
        store = super().open(partition)
        view, write = self._view, MemoryStore.write

        def watched(changes: dict, mark: Mark, erased: Sequence[bytes] = ()) -> None:
            view.at("before state")
            write(store, changes, mark, erased)
            view.at("after state")

        store.write = watched
        return store


def start(log: MemoryLog, view: MemoryView, stores: MemoryStores, letters=None, epoch: str = "epoch", **kw) -> Runner:
    return Runner(
        VotesProjection(), view, stores, letters or MemoryDeadLetters(), epoch,
        partition_count=lambda _: log.partitions, **kw,
    )  # fmt: skip


def drive(log: MemoryLog, runner: Runner, cuts: Sequence[int]) -> None:
    """What a driver does: open, read on from there, flush now and then."""
    for partition in range(log.partitions):
        runner.open(Partition(TOPIC, partition))
    for batch in log.batches(cuts):
        runner.feed(batch)
        runner.flush()
    runner.flush()


@given(histories, cut_points, st.lists(st.tuples(st.sampled_from(STEPS), st.integers(0, 8)), max_size=6))
def test_any_crash_ends_in_the_fold_of_the_log(votes, cuts, crashes):
    log = MemoryLog().append(votes)
    view = CrashingView()
    stores = CrashingStores(view)
    for step, after in [*crashes, (None, 0)]:
        remaining = [after]

        def at(reached: str, step=step, remaining=remaining) -> None:
            if reached == step:
                remaining[0] -= 1
                if remaining[0] < 0:
                    raise Crash

        view.at = at
        try:
            drive(log, start(log, view, stores), cuts)
        except Crash:
            continue
    assert view.tables == fold(log).tables
    assert {p.partition: q.next_offset for p, q in view.progress.items()} == {
        number: len(records) for number, records in enumerate(log.records) if records
    }


@given(histories, cut_points, st.randoms(use_true_random=False))
def test_blocks_may_come_again_late_and_in_any_order(votes, cuts, rng: random.Random):
    """As from a projector that was frozen and wakes up."""
    log = MemoryLog().append(votes)
    view = CrashingView()
    drive(log, start(log, view, MemoryStores()), cuts)
    blocks = view.blocks * 2
    rng.shuffle(blocks)
    late = MemoryView()
    for table, rows in blocks:
        late.insert(table, rows, "")
    assert late.tables == view.tables


@given(histories, cut_points)
def test_what_comes_during_a_flush_sees_what_is_being_flushed(votes, cuts):
    log = MemoryLog().append(votes)
    view = CrashingView()
    runner = start(log, view, MemoryStores())
    for partition in range(log.partitions):
        runner.open(Partition(TOPIC, partition))
    batches = list(log.batches(cuts))

    def at(step: str) -> None:
        if batches and step in ("before rows", "after rows", "before progress"):
            runner.feed(batches.pop(0))

    view.at = at
    while batches:
        runner.feed(batches.pop(0))
        runner.flush()
    while runner.flush():
        pass
    assert view.tables == fold(log).tables


def one_partition(count: int) -> MemoryLog:
    return MemoryLog(partitions=1).append([Vote("p", f"n{i}", 1, 10**12 + i, f"e{i}") for i in range(count)])


ZERO = Partition(TOPIC, 0)


def test_a_hole_is_refused_with_the_offset_to_seek_to():
    log, view = one_partition(9), MemoryView()
    runner = start(log, view, MemoryStores())
    runner.open(ZERO)
    runner.feed(log.batch(0, 0, 3))
    with pytest.raises(Hole) as hole:
        runner.feed(log.batch(0, 5, 9))
    assert hole.value.expected == 3
    runner.feed(log.batch(0, 2, 9))  # what was folded already is trimmed
    runner.flush()
    assert view.tables == fold(log).tables


def test_a_restored_view_is_folded_again_from_the_start():
    log, stores = one_partition(9), MemoryStores()
    drive(log, start(log, MemoryView(), stores), [3, 6])
    restored = MemoryView()
    drive(log, start(log, restored, stores), [3, 6])
    assert restored.tables == fold(log).tables


@pytest.mark.parametrize("flushed", [0, 5])
def test_a_view_that_lost_only_the_last_flush_is_folded_again(flushed: int):
    log, stores, view = one_partition(9), MemoryStores(), MemoryView()
    runner = start(log, view, stores)
    runner.open(ZERO)
    runner.feed(log.batch(0, 0, flushed))
    runner.flush()
    restored = deepcopy(view)
    runner.feed(log.batch(0, flushed, 9))
    runner.flush()
    drive(log, start(log, restored, stores), [])
    assert restored.tables == view.tables == fold(log).tables


@pytest.mark.parametrize("step", STEPS)
def test_no_crash_costs_more_than_what_was_not_flushed(step: str):
    log, view = one_partition(9), CrashingView()
    stores = CrashingStores(view)
    runner = start(log, view, stores)
    runner.open(ZERO)
    runner.feed(log.batch(0, 0, 5))
    runner.flush()
    runner.feed(log.batch(0, 5, 7))

    def at(reached: str) -> None:
        if reached == step:
            raise Crash

    view.at = at
    with pytest.raises(Crash):
        runner.flush()
    view.at = lambda _: None
    assert start(log, view, stores).open(ZERO) == (7 if step == "after state" else 5)


def test_a_view_that_comes_back_empty_stops_the_projector_before_it_hides_that():
    log, stores, view = one_partition(9), MemoryStores(), CrashingView()
    runner = start(log, view, stores)
    runner.open(ZERO)
    runner.feed(log.batch(0, 0, 5))
    runner.flush()
    emptied = []

    def at(step: str) -> None:
        if not emptied:
            emptied.append(True)
            view.tables, view.progress = {}, {}
            raise ServiceAway("gone, and back without its data")

    view.at = at
    runner.feed(log.batch(0, 5, 7))
    with pytest.raises(ProjectorStopped, match="lost rows"):
        runner.flush()
    drive(log, start(log, view, stores), [])
    assert view.tables == fold(log).tables


@pytest.mark.parametrize("step", ["before rows", "before progress"])
def test_a_view_restored_in_the_middle_of_a_flush_gets_all_of_the_flush_again(step: str):
    """A backup from right before the flush: its progress is as it was, and the first table's new rows are gone."""
    log, stores, view = one_partition(9), MemoryStores(), CrashingView()
    runner = start(log, view, stores)
    runner.open(ZERO)
    runner.feed(log.batch(0, 0, 5))
    runner.flush()
    backup = deepcopy(view.tables)
    blocks = len(view.blocks)

    def at(reached: str) -> None:
        if reached == step and len(view.blocks) > blocks:
            view.at = lambda _: None
            view.tables = backup
            raise ServiceAway("gone, and back as it was")

    view.at = at
    runner.feed(log.batch(0, 5, 9))
    runner.flush()
    assert view.tables == fold(log).tables


def test_a_partition_with_nothing_to_flush_is_let_go_of_while_a_flush_hangs(monkeypatch):
    monkeypatch.setattr(runner_module, "CLOSE_PATIENCE_SECONDS", 0.0)
    log, view, stores = MemoryLog(partitions=2).append([Vote("p", "ann", 1, 10**12, "e")]), CrashingView(), Closing()
    busy, idle = sorted((Partition(TOPIC, number) for number in range(2)), key=lambda p: not log.records[p.partition])
    runner = start(log, view, stores)
    runner.open(busy), runner.open(idle)
    runner.feed(log.batch(busy.partition, 0, 1))
    closed_meanwhile: list[Partition] = []

    def at(step: str) -> None:
        runner.close(idle), runner.close(busy)
        closed_meanwhile.extend(stores.closed)

    view.at = at
    runner.flush()
    assert closed_meanwhile == [], "what a flush still works with stays open"
    assert sorted(stores.closed) == sorted([idle, busy])


def test_a_partition_let_go_of_in_a_flush_is_missed_too_where_the_view_lost_it():
    log, view, stores = one_partition(9), CrashingView(), MemoryStores()
    runner = start(log, view, stores)
    runner.open(ZERO)
    runner.feed(log.batch(0, 0, 5))
    runner.flush()

    def at(step: str) -> None:
        if step == "before progress":
            view.at = lambda _: None
            runner.close(ZERO)
            view.tables, view.progress = {}, {}
            raise ServiceAway("gone, and back without its data")

    view.at = at
    runner.feed(log.batch(0, 5, 9))
    with pytest.raises(ProjectorStopped, match="lost rows"):
        runner.flush()
    assert view.progress == {}


def test_a_partition_taken_up_again_while_a_flush_of_it_ends_goes_on_after_that_flush():
    log, view, stores = one_partition(9), CrashingView(), MemoryStores()
    other = start(log, view, stores)
    other.open(ZERO)
    other.feed(log.batch(0, 0, 5))

    class Busy(MemoryStores):
        """The state can be had once the flush that works with it has ended."""

        def open(self, partition: Partition) -> MemoryStore:
            if other.flush():
                raise ServiceAway("open still")
            return stores.open(partition)

    assert start(log, view, Busy()).open(ZERO) == 5


class Closing(MemoryStores):
    """Stores that tell which of them were closed."""

    def __init__(self) -> None:
        super().__init__()
        self.closed: list[Partition] = []

    def open(self, partition: Partition) -> MemoryStore:
        store = super().open(partition)
        store.close = lambda: self.closed.append(partition)
        return store


def test_state_of_another_code_or_epoch_is_thrown_away():
    log, stores, view = one_partition(4), MemoryStores(), MemoryView()
    drive(log, start(log, view, stores), [])
    mark = stores.open(ZERO).mark()
    assert mark is not None
    stores.open(ZERO).write({}, mark._replace(code=mark.code + 1))
    assert start(log, view, stores).open(ZERO) == 0
    stores.open(ZERO).write({}, mark._replace(epoch="another"))
    assert start(log, view, stores).open(ZERO) == 0


def test_tables_of_another_log_are_refused():
    log, view = one_partition(4), MemoryView()
    drive(log, start(log, view, MemoryStores()), [])
    with pytest.raises(ProjectorStopped, match="another log"):
        start(log, view, MemoryStores(), epoch="another").open(ZERO)


def test_what_cannot_be_read_goes_to_dead_letters_and_holds_nothing_up():
    log, view, letters = one_partition(6), MemoryView(), MemoryDeadLetters()
    runner = start(log, view, MemoryStores(), letters)
    runner.open(ZERO)
    batch = log.batch(0, 0, 6)
    batch.values[2] = b"\xff not json"
    batch.values[4] = None
    runner.feed(batch)
    runner.flush()
    assert sorted(letters.letters) == [(TOPIC, 0, 2), (TOPIC, 0, 4)]
    assert letters.letters[TOPIC, 0, 2].value == b"\xff not json"
    assert len(list(view.rows("votes"))) == 4
    assert runner.durable(ZERO) == 6


def test_dead_letters_are_kept_before_the_position_moves():
    log, stores = one_partition(3), MemoryStores()

    class NoLetters:
        def put(self, letters: Sequence[object]) -> None:
            raise Crash

    runner = start(log, MemoryView(), stores, NoLetters())
    runner.open(ZERO)
    batch = log.batch(0, 0, 3)
    batch.values[1] = b"{}"
    runner.feed(batch)
    with pytest.raises(Crash):
        runner.flush()
    assert stores.open(ZERO).mark() is None


def test_the_projector_stops_when_most_cannot_be_read():
    log, stores = one_partition(400), MemoryStores()
    runner = start(log, MemoryView(), stores)
    runner.open(ZERO)
    batch = log.batch(0, 0, 400)
    batch.values[:] = [b"{}"] * 300 + list(batch.values[300:])
    with pytest.raises(ProjectorStopped, match="300 of the last 400"):
        runner.feed(batch)
    with pytest.raises(ProjectorStopped):
        runner.flush()
    assert stores.open(ZERO).mark() is None


def test_a_strict_runner_stops_at_the_first_and_names_its_position():
    log = one_partition(4)
    runner = start(log, MemoryView(), MemoryStores(), strict=True)
    runner.open(ZERO)
    batch = log.batch(0, 0, 4)
    batch.values[1] = b"{}"
    with pytest.raises(ProjectorStopped, match=f"{TOPIC}/0 offset 1"):
        runner.feed(batch)


def test_a_strict_runner_passes_over_what_is_known_and_says_who_refused_it():
    log, letters = one_partition(4), MemoryDeadLetters()
    known = frozenset({Position(TOPIC, 0, 1)})
    runner = start(log, MemoryView(), MemoryStores(), letters, strict=True, known_refusals=known, generation=3)
    runner.open(ZERO)
    batch = log.batch(0, 0, 4)
    batch.values[1] = b"{}"
    runner.feed(batch)
    runner.flush()
    (letter,) = letters.letters.values()
    assert (letter.position.offset, letter.generation, letter.code) == (1, 3, VotesProjection().code)
    assert runner.durable(ZERO) == 4


def test_a_view_that_is_away_is_asked_again_with_the_same_rows():
    log, view = one_partition(5), CrashingView()
    failures = iter([True, True, False] + [False] * 100)

    def at(step: str) -> None:
        if step in ("before rows", "after rows") and next(failures):
            raise ServiceAway("gone")

    view.at = at
    runner = start(log, view, MemoryStores())
    runner.open(ZERO)
    runner.feed(log.batch(0, 0, 5))
    runner.flush()
    assert view.tables == fold(log).tables
    assert runner.gathered() == 0


def test_a_vote_in_a_partition_that_is_not_its_person_s_is_refused():
    log, letters = MemoryLog(partitions=2).append([Vote("p", "ann", 1, 10**12, "e")]), MemoryDeadLetters()
    (partition,) = [number for number, records in enumerate(log.records) if records]
    view = MemoryView()
    runner = start(log, view, MemoryStores(), letters)
    runner.open(ZERO), runner.open(Partition(TOPIC, 1))
    misplaced = log.batch(partition, 0, 1)
    object.__setattr__(misplaced, "partition", 1 - partition)
    runner.feed(misplaced)
    runner.flush()
    assert [letter.reason for letter in letters.letters.values()] == [
        "the record stands in a partition that is not its person's",
    ]
    assert not list(view.rows("votes"))
