"""Any order, duplication, lateness and cutting of a vote history folds to what the history plainly means."""

import random
from collections import defaultdict
from datetime import UTC, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from events.position import Partition
from projections.votes import VotesProjection, register, trend
from services.projector.memory import MemoryDeadLetters, MemoryStores, MemoryView
from services.projector.runner import Runner
from tests.support import naive
from tests.support.ballots import TOPIC, MemoryLog, Vote

NOVEMBER = int(datetime(2026, 11, 1, tzinfo=UTC).timestamp() * 1000)
"""Times lie around it, so that histories cross the edge of a month."""

HOUR = 3_600_000
moments = st.one_of(
    st.integers(-5, 5).map(lambda hours: NOVEMBER + hours * HOUR),
    st.integers(NOVEMBER - 90 * 24 * HOUR, NOVEMBER + 20 * 24 * HOUR),
)
votes = st.builds(
    Vote,
    post=st.sampled_from(["dark-mode", "export"]),
    person=st.sampled_from(["ann", "ben", "cem"]),
    value=st.sampled_from([1, 1, -1, 0]),
    time=moments,
    id=st.integers(0, 12).map(str),
    importance=st.integers(1, 3),
    workspace=st.sampled_from(["acme", "acme", "globex"]),
)
histories = st.lists(votes, max_size=24)
cut_points = st.lists(st.integers(0, 1000), max_size=6)


def fold(log: MemoryLog, cuts: list[int] = (), flush_every: int = 1) -> MemoryView:
    view, letters = MemoryView(), MemoryDeadLetters()
    runner = Runner(VotesProjection(), view, MemoryStores(), letters, "epoch", partition_count=lambda _: log.partitions)
    for partition in range(log.partitions):
        assert runner.open(Partition(TOPIC, partition)) == 0
    for number, batch in enumerate(log.batches(cuts)):
        runner.feed(batch)
        if number % flush_every == 0:
            runner.flush()
    runner.flush()
    assert not letters.letters
    return view


def shown_votes(view: MemoryView) -> dict:
    return {row[:3]: row[3:6] for row in view.rows("votes") if row[3] != 0}


def shown_tallies(view: MemoryView) -> dict:
    """Summed over the partitions, as ClickHouse does at read time."""
    sums: dict = defaultdict(lambda: [0, 0, 0, []])
    for workspace, post, _, up, down, importance, partial, *_ in view.rows("tallies"):
        total = sums[workspace, post]
        total[0] += up
        total[1] += down
        total[2] += importance
        if up:
            total[3].append(partial)
    return {
        key: (up, down, importance, partials) for key, (up, down, importance, partials) in sums.items() if up or down
    }


def shown_history(view: MemoryView) -> dict:
    return {
        (workspace, post, person, event_id): (value_before, value, importance_before, importance, occurred)
        for (
            workspace, post, person, _, _, occurred, _, event_id, _,
            value_before, value, importance_before, importance, *_
        ) in view.rows("vote_history")
    }  # fmt: skip


def combine(partials: list[float]) -> float:
    return max(partials) + naive.log2(sum(2 ** (p - max(partials)) for p in partials)) if partials else 0.0


def assert_tallies(actual: dict, expected: dict) -> None:
    assert {key: value[:3] for key, value in actual.items()} == {key: value[:3] for key, value in expected.items()}
    for key, (*_, partials) in actual.items():
        assert combine(partials) == pytest.approx(expected[key][3], abs=1e-6)


@given(histories, cut_points, st.integers(1, 5))
def test_rows_are_what_the_history_means(votes, cuts, flush_every):
    log = MemoryLog().append(votes)
    view = fold(log, cuts, flush_every)
    assert shown_votes(view) == naive.standing(log)
    assert shown_history(view) == naive.history(log)
    assert_tallies(shown_tallies(view), naive.tallies(naive.standing(log).items()))


@given(histories, cut_points, cut_points, st.integers(1, 5), st.integers(1, 5))
def test_cutting_changes_no_row(votes, cuts, other_cuts, flush_every, other_flush_every):
    log = MemoryLog().append(votes)
    view, other = fold(log, cuts, flush_every), fold(log, other_cuts, other_flush_every)
    assert view.tables == other.tables


@given(histories, st.randoms(use_true_random=False), st.lists(st.integers(0, 1000), max_size=10))
def test_order_and_duplicates_change_nothing_but_where_things_stand_in_the_log(votes, rng, repeated):
    """Where no two events of a vote share a time or an id with other contents: the log's order says nothing then."""
    distinct: dict = {}
    for number, vote in enumerate(votes):
        distinct[number] = Vote(
            vote.post, vote.person, vote.value, vote.time + number, f"e{number}", vote.importance, vote.workspace
        )
    plain = list(distinct.values())
    shuffled = plain + [plain[index % len(plain)] for index in repeated if plain]
    rng.shuffle(shuffled)
    view, other = fold(MemoryLog().append(plain)), fold(MemoryLog().append(shuffled))
    assert shown_votes(view) == shown_votes(other)
    assert shown_history(view) == shown_history(other)
    tallied, other_tallied = shown_tallies(view), shown_tallies(other)
    # Sums of weights are exact: not even the last bit of a trend knows the order.
    assert tallied == other_tallied
    assert months(view) == months(other)


def months(view: MemoryView) -> dict:
    """Each month's net changes; a month that only ever saw changes that no longer hold nets to nothing."""
    return {row[:4]: row[4:8] for row in view.rows("tally_periods") if any(row[4:7])}


@given(histories, cut_points, moments)
def test_as_of_is_the_months_before_and_the_changes_of_this_one(votes, cuts, moment):
    log = MemoryLog().append(votes)
    view = fold(log, cuts)
    month = datetime.fromtimestamp(moment / 1000, UTC).replace(day=1, hour=0, minute=0, second=0, microsecond=0)
    begin = int(month.timestamp() * 1000)
    sums: dict = defaultdict(lambda: [0, 0, 0, 0.0])
    for workspace, post, _, day, up, down, importance, weight, *_ in view.rows("tally_periods"):
        if day * 24 * HOUR < begin:
            age = (moment - day * 24 * HOUR) / trend.HALF_LIFE
            for index, net in enumerate((up, down, importance, weight * 2**-age)):
                sums[workspace, post][index] += net
    for row in view.rows("vote_history"):
        workspace, post, occurred = row[0], row[1], row[5]
        if begin <= occurred <= moment:
            before, after = (row[9], row[11], row[13]), (row[10], row[12], row[14])
            for sign, (value, importance, since) in ((-1, before), (1, after)):
                total = sums[workspace, post]
                total[0] += sign * (value > 0)
                total[1] += sign * (value < 0)
                total[2] += sign * (importance if value > 0 else 0)
                total[3] += sign * (2 ** -((moment - since) / trend.HALF_LIFE) if value > 0 else 0)
    expected = naive.tallies(naive.standing(log, as_of=moment).items())
    shown = {key: tuple(total[:3]) for key, total in sums.items() if any(total[:3])}
    assert shown == {key: value[:3] for key, value in expected.items()}
    for key, value in expected.items():
        if value[0]:
            at = (moment - naive.Y2000_MS) / naive.HALF_LIFE_MS
            assert naive.log2(sums[key][3]) + at == pytest.approx(value[3], abs=1e-6)


@given(histories, st.integers(0, 40))
def test_an_unvote_never_raises_a_trend(votes, choice):
    standing = sorted(naive.standing(MemoryLog().append(votes)))
    if not standing:
        return
    workspace, post, person = standing[choice % len(standing)]
    latest = max(vote.time for vote in votes)
    withdrawal = Vote(post, person, 0, latest + 1, "withdrawal", workspace=workspace)
    before = shown_tallies(fold(MemoryLog().append(votes)))
    after = shown_tallies(fold(MemoryLog().append([*votes, withdrawal])))
    key = (workspace, post)
    assert combine(after.get(key, (0, 0, 0, []))[3]) <= combine(before[key][3])


@settings(deadline=None, max_examples=5)
@given(st.integers(0, 2**32))
def test_a_person_who_flips_for_ever_is_bounded_and_counted_right(seed):
    rng = random.Random(seed)
    flips = 3 * register.LONGEST_TIMELINE
    log = MemoryLog(partitions=1).append(
        [Vote("dark-mode", "ann", rng.choice([1, -1, 0]), NOVEMBER + number, f"e{number}") for number in range(flips)]
    )
    view, stores = MemoryView(), MemoryStores()
    runner = Runner(VotesProjection(), view, stores, MemoryDeadLetters(), "epoch", partition_count=lambda _: 1)
    partition = Partition(TOPIC, 0)
    runner.open(partition)
    for batch in log.batches(range(0, flips, 100)):
        runner.feed(batch)
        runner.flush()
    assert shown_votes(view) == naive.standing(log)
    assert shown_history(view) == naive.history(log)
    state = stores.open(partition).read([b"racme\0dark-mode\0ann"])[0]
    assert len(register.decode_register(state).entries) <= register.LONGEST_TIMELINE
