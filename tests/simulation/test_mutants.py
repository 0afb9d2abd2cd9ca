"""The simulation sees what it is there to see: whoever breaks one of the projector's rules is caught."""

import math
from collections.abc import Callable, Sequence
from typing import TypeVar

import pytest

from events.log.batch import RecordBatch
from projections.fold import Row, Sealed
from projections.table import Table
from projections.votes import tallies
from projections.votes.fold import VotesFold
from projections.votes.tables import TALLIES
from projections.votes.tallies import Tallies
from projections.votes.tally import Tally, decode_tally
from services.projector import runner
from services.projector.memory import MemoryView
from services.projector.partition_run import PartitionRun, Portion, State
from services.projector.patience import Patience
from services.projector.ports import ServiceAway, StateStore
from services.projector.runner import Runner
from tests.simulation import ports, verdict
from tests.simulation.world import Broken, play

WITHIN = 1000
"""Seeds until a mutant must be caught."""

T = TypeVar("T")
Mutate = Callable[[pytest.MonkeyPatch], None]


def state_before_rows(patch: pytest.MonkeyPatch) -> None:
    seal = PartitionRun.seal

    def seal_and_write(run: PartitionRun) -> Portion | None:
        portion = seal(run)
        if portion is not None:
            run.store.write(portion.changes, portion.mark)
        return portion

    patch.setattr(PartitionRun, "seal", seal_and_write)


def progress_before_rows(patch: pytest.MonkeyPatch) -> None:
    put, insert = Runner._put, Runner._insert
    patch.setattr(Runner, "_insert", lambda *_: None)
    patch.setattr(Runner, "_put", lambda each, taken: (put(each, taken), insert(each, taken)))


def state_before_progress(patch: pytest.MonkeyPatch) -> None:
    put = Runner._put

    def write_and_put(each: Runner, taken: Sequence[tuple[PartitionRun, Portion]]) -> None:
        each._insert(taken)
        for run, portion in taken:
            run.store.write(portion.changes, portion.mark)
        put(each, taken)

    patch.setattr(Runner, "_put", write_and_put)


def no_second_try(patch: pytest.MonkeyPatch) -> None:
    def call_once(patience: Patience, call: Callable[[], T]) -> T | None:
        try:
            return call()
        except ServiceAway:
            return None

    patch.setattr(Patience, "call", call_once)


def only_the_call_that_failed_again(patch: pytest.MonkeyPatch) -> None:
    """A view that comes back from a backup lacks what this flush put in before."""
    insert = ports.View.insert

    def insert_patiently(view: ports.View, table: Table, rows: Sequence[Row], token: str) -> None:
        while True:
            try:
                return insert(view, table, rows, token)
            except ServiceAway:
                continue

    patch.setattr(ports.View, "insert", insert_patiently)


def what_a_view_lost_goes_unnoticed(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(Runner, "_check_kept", lambda *_: None)


def a_view_is_trusted_as_long_as_it_answers(patch: pytest.MonkeyPatch) -> None:
    """It may have been away while nobody asked."""
    patch.setattr(runner, "QUIET_SECONDS", math.inf)


def a_start_believes_its_state(patch: pytest.MonkeyPatch) -> None:
    def resume(each: Runner, partition: object, store: StateStore, progress: object) -> int:
        mark = store.mark()
        return 0 if mark is None else mark.next_offset

    patch.setattr(Runner, "_resume", resume)


def a_start_believes_the_view(patch: pytest.MonkeyPatch) -> None:
    """As whoever resumes at a group's committed offset does."""
    resume = Runner._resume

    def go_on_there(each: Runner, partition: object, store: StateStore, progress: object) -> int:
        start = resume(each, partition, store, progress)
        return max(start, getattr(progress, "next_offset", 0))

    patch.setattr(Runner, "_resume", go_on_there)


def deltas_for_tallies(patch: pytest.MonkeyPatch) -> None:
    """Rows that say what changed, in a table that adds them up."""
    seal, insert = Tallies._seal_standing, MemoryView.insert

    def seal_changes(work: Tallies, partition: int, changes: dict[bytes, bytes | None]) -> list[Row]:
        keys = [tallies._tally_key(key) for key, tally in work.standing.items() if tally.version >= 0]
        before = [Tally() if value is None else decode_tally(value) for value in work.read(keys)] if keys else []
        rows = seal(work, partition, changes)
        return [
            (*row[:3], row[3] - was.up, row[4] - was.down, row[5] - was.importance, *row[6:])
            for row, was in zip(rows, before, strict=True)
        ]

    def insert_or_add(view: MemoryView, table: Table, rows: Sequence[Row], token: str) -> None:
        if table.name == TALLIES.name:
            stored = view.tables.get(table.name, {})
            known = [stored.get(row[:3], (0,) * len(row)) for row in rows]
            rows = [
                (*row[:3], *(row[n] + was[n] for n in (3, 4, 5)), *row[6:])
                for row, was in zip(rows, known, strict=True)
            ]
        insert(view, table, rows, token)

    patch.setattr(Tallies, "_seal_standing", seal_changes)
    patch.setattr(MemoryView, "insert", insert_or_add)


def a_version_that_does_not_grow(patch: pytest.MonkeyPatch) -> None:
    seal = VotesFold.seal

    def seal_unversioned(fold: VotesFold) -> Sealed:
        sealed = seal(fold)
        return sealed._replace(rows={name: [(*row[:-1], 0) for row in rows] for name, rows in sealed.rows.items()})

    patch.setattr(VotesFold, "seal", seal_unversioned)


def a_sum_whose_version_does_not_grow(patch: pytest.MonkeyPatch) -> None:
    standing = ports.standing
    for module in (ports, verdict):
        patch.setattr(module, "standing", lambda key, parts: (*standing(key, parts)[:-1], 0))


def holes_are_jumped_over(patch: pytest.MonkeyPatch) -> None:
    feed = PartitionRun.feed

    def feed_regardless(run: PartitionRun, batch: RecordBatch) -> object:
        run.folded = max(run.folded, batch.start)
        return feed(run, batch)

    patch.setattr(PartitionRun, "feed", feed_regardless)


def what_is_being_flushed_is_not_seen(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(State, "__call__", lambda state, keys: state._store.read(keys))


def dead_letters_are_dropped_where_kafka_is_away(patch: pytest.MonkeyPatch) -> None:
    put = ports.DeadLetters.put

    def put_once(letters: ports.DeadLetters, refused: Sequence[object]) -> None:
        try:
            put(letters, refused)
        except ServiceAway:
            return

    patch.setattr(ports.DeadLetters, "put", put_once)


def what_is_let_go_of_stays_open(patch: pytest.MonkeyPatch) -> None:
    """Where a flush is under way."""
    close = Runner._close_let_go
    patch.setattr(Runner, "_close_let_go", lambda each, seconds: close(each, seconds) if each._runs else None)


MUTANTS: Sequence[Mutate] = (
    state_before_rows,
    progress_before_rows,
    state_before_progress,
    no_second_try,
    only_the_call_that_failed_again,
    what_a_view_lost_goes_unnoticed,
    a_view_is_trusted_as_long_as_it_answers,
    a_start_believes_its_state,
    a_start_believes_the_view,
    deltas_for_tallies,
    a_version_that_does_not_grow,
    a_sum_whose_version_does_not_grow,
    holes_are_jumped_over,
    what_is_being_flushed_is_not_seen,
    dead_letters_are_dropped_where_kafka_is_away,
    what_is_let_go_of_stays_open,
)


@pytest.mark.parametrize("mutate", MUTANTS, ids=lambda mutate: mutate.__name__)
def test_it_is_caught(mutate: Mutate, monkeypatch: pytest.MonkeyPatch) -> None:
    mutate(monkeypatch)
    for seed in range(WITHIN):
        try:
            play(seed)
        except Broken as broken:
            print(f"caught after {seed + 1} schedules: {broken.wrong}")  # noqa: T201 - pytest shows it with -s
            return
    pytest.fail(f"{WITHIN} schedules went well without it")
