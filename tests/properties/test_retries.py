"""A log where some records could not be read, and were retried, ends as one that was readable from the start."""

import base64
import random
from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from events.position import Partition, Position
from events.retries import RecordRetried, encode_retry
from projections.events import EventsProjection
from projections.fold import Projection
from projections.votes import VotesProjection, register
from services.projector.memory import MemoryDeadLetters, MemoryStores, MemoryView
from services.projector.runner import Runner
from tests.properties.test_votes_fold import NOVEMBER, cut_points, histories, shown_votes
from tests.support import naive
from tests.support.ballots import TOPIC, MemoryLog, Vote
from tests.support.partitioned_log import GARBLED, RETRIED_AT, Partitioned


def fold(
    projection: Projection, records: Partitioned, cuts: Sequence[int] = (), flush_every: int = 1
) -> tuple[MemoryView, MemoryDeadLetters]:
    view, letters, partitions = MemoryView(), MemoryDeadLetters(), len(records.values)
    runner = Runner(projection, view, MemoryStores(), letters, "epoch", partition_count=lambda _: partitions)
    for partition in range(partitions):
        runner.open(Partition(TOPIC, partition))
    for number, batch in enumerate(records.batches(cuts)):
        runner.feed(batch)
        if number % flush_every == 0:
            runner.flush()
    runner.flush()
    return view, letters


def without_versions(projection: Projection, view: MemoryView) -> dict:
    """What the tables say; but for what was believed before a retry, which no retry makes unbelieved."""
    tables = {}
    for table in projection.tables:
        if not table.remade:
            continue
        at = list(table.columns).index(table.version)
        rows = view.tables.get(table.name, {})
        tables[table.name] = {key: (*row[:at], *row[at + 1 :]) for key, row in rows.items()}
    return tables


def chosen(log: MemoryLog, choices: Sequence[int], retries: random.Random) -> list[tuple[int, int]]:
    """Some records, in any order; none whose event comes again behind it: where it does, that one is what counts."""
    last: dict[tuple, tuple[int, int]] = {}
    for partition, records in enumerate(log.records):
        for record in records:
            vote = record.vote
            last[vote.workspace, vote.post, vote.person, vote.id] = (partition, record.offset)
    picked = [place for number, place in enumerate(last.values()) if number in choices]
    retries.shuffle(picked)
    return picked


choices = st.sets(st.integers(0, 23), min_size=1, max_size=12)
orders = st.randoms(use_true_random=False)


@given(histories, histories, choices, orders, cut_points, st.integers(1, 5))
def test_retried_records_count_as_if_read_in_their_place(votes, later, choices, rng, cuts, flush_every):
    log = MemoryLog().append(votes)
    # Their ids are their own, so that none of these is what a retry carries.
    later = [Vote(v.post, v.person, v.value, v.time, f"later-{v.id}", v.importance, v.workspace) for v in later]
    picked = chosen(log, sorted(choices), rng)
    repeated = [*picked, *(place for place in picked if rng.random() < 0.5)]
    readable, retried = Partitioned(log), Partitioned(log)
    retried.garble(picked)
    half = len(later) // 2
    for each in (readable, retried):
        each.append_votes(later[:half])
    retried.append_retries(log, repeated)
    for partition, _ in repeated:  # later records stand at the same offsets in both
        readable.append(partition, GARBLED)
    for each in (readable, retried):
        each.append_votes(later[half:])
    projection = VotesProjection()
    expected, refused = fold(projection, readable, cuts, flush_every)
    found, letters = fold(projection, retried, cuts, flush_every)
    assert without_versions(projection, found) == without_versions(projection, expected)
    assert {place[1:] for place in letters.letters} == set(picked)
    assert len(refused.letters) == len(repeated)


@given(histories, choices, orders, cut_points, cut_points, st.integers(1, 5))
def test_cutting_changes_no_row(votes, choices, rng, cuts, other_cuts, flush_every):
    log = MemoryLog().append(votes)
    picked = chosen(log, sorted(choices), rng)
    records = Partitioned(log)
    records.garble(picked)
    records.append_retries(log, picked)
    for projection in (VotesProjection(), EventsProjection()):
        found, _ = fold(projection, records, cuts, flush_every)
        other, _ = fold(projection, records, other_cuts)
        assert found.tables == other.tables


@given(histories, choices, orders, cut_points)
def test_the_events_that_were_retried_are_rows_at_their_own_places(votes, choices, rng, cuts):
    log = MemoryLog().append(votes)
    picked = chosen(log, sorted(choices), rng)
    readable, retried = Partitioned(log), Partitioned(log)
    retried.garble(picked)
    retried.append_retries(log, picked)
    expected, _ = fold(EventsProjection(), readable, cuts)
    found, letters = fold(EventsProjection(), retried, cuts)
    rows = found.tables.get("event_log", {})
    markers = {key: row for key, row in rows.items() if row[5] == "groundswell.record.retried.v1"}
    assert {key: row for key, row in rows.items() if key not in markers} == expected.tables.get("event_log", {})
    assert len(markers) == len(picked) == len(letters.letters)


def test_an_event_that_came_again_meanwhile_counts_where_it_was_read():
    votes = [
        Vote("p", "ann", 1, NOVEMBER, "e"),
        Vote("p", "ann", 1, NOVEMBER, "e"),
        Vote("p", "ann", -1, NOVEMBER, "f"),
    ]
    log = MemoryLog(partitions=1).append(votes)
    records = Partitioned(log)
    records.garble([(0, 0)])
    before, _ = fold(VotesProjection(), records)
    records.append_retries(log, [(0, 0)])
    after, _ = fold(VotesProjection(), records)
    assert after.tables == before.tables
    assert shown_votes(after) == naive.standing(log)


def test_what_a_bounded_timeline_no_longer_reaches_is_left_alone():
    """Whether it was folded, nobody knows any more: stating it anew could take back what its row says."""
    flips = 2 * register.LONGEST_TIMELINE
    log = MemoryLog(partitions=1).append([Vote("p", "ann", i % 2, NOVEMBER + i, f"e{i}") for i in range(flips)])
    records = Partitioned(log)
    before, _ = fold(VotesProjection(), records)
    records.append_retries(log, [(0, 1)])
    after, letters = fold(VotesProjection(), records)
    assert after.tables == before.tables
    assert not letters.letters


VOTE = Vote("p", "ann", 1, NOVEMBER, "e")


def marker_of(value: bytes = VOTE.encode(), **changed: object) -> bytes:
    position = Position(TOPIC, 0, 0)
    made = RecordRetried.of(position, RETRIED_AT, value, source="acme", subject="p", at=RETRIED_AT)
    encoded = encode_retry(made, b"")
    for name, other in changed.items():
        encoded = encoded.replace(str(getattr(made.data, name)).encode(), str(other).encode())
    return encoded


@pytest.mark.parametrize("projection", [VotesProjection(), EventsProjection()], ids=lambda each: each.name)
@pytest.mark.parametrize(
    ("marker", "reason"),
    [
        (marker_of(GARBLED), "offset 0: not an event of this stream"),
        (marker_of(marker_of()), "offset 0: "),
        (marker_of(Vote("p", "ann", 1, NOVEMBER, "e", workspace="globex").encode()), "another workspace"),
        (marker_of(topic="groundswell.ledger"), "another partition"),
        (marker_of().replace(b'"partition":0', b'"partition":1'), "another partition"),
        (marker_of().replace(b'"offset":0', b'"offset":1'), "does not come before"),
        (marker_of().replace(b'"offset":0', b'"offset":-1'), "offset"),
        (marker_of(value_base64="???"), "base64|Only base64|Non-base64|padding"),
        (marker_of(recorded="9999-01-01T00:00:00.000Z"), "1970 and 2100"),
        (marker_of().replace(b'"value_base64"', b'"value"'), "value_base64"),
    ],
    ids=[
        "unreadable", "a retry", "foreign", "topic", "partition", "later", "negative", "no base64", "no time",
        "no value",
    ],
)  # fmt: skip
def test_a_retry_that_is_not_as_it_must_be_is_refused_and_changes_nothing(projection, marker: bytes, reason: str):
    records = Partitioned(MemoryLog(partitions=1).append([VOTE]))
    records.garble([(0, 0)])
    records.append(0, marker)
    view, letters = fold(projection, records)
    assert not any(view.tables.values())
    assert set(letters.letters) == {(TOPIC, 0, 0), (TOPIC, 0, 1)}
    said = letters.letters[TOPIC, 0, 1].reason
    assert any(each in said for each in reason.split("|")), said


def test_a_vote_of_another_partition_cannot_come_in_by_a_retry():
    log = MemoryLog(partitions=2).append([VOTE])
    (home,) = [number for number, records in enumerate(log.records) if records]
    other = 1 - home
    records = Partitioned(log)
    records.append(other, GARBLED)
    records.append(other, marker_of().replace(b'"partition":0', b'"partition":%d' % other))
    view, letters = fold(VotesProjection(), records)
    assert len(shown_votes(view)) == 1
    assert "not its person's" in letters.letters[TOPIC, other, 1].reason


def test_a_ballot_may_speak_of_retries():
    """What only looks like a marker keeps its own reason."""
    vote = Vote("groundswell.record.retried.v1", "ann", 1, NOVEMBER, "e")
    records = Partitioned(MemoryLog(partitions=1).append([vote]))
    records.append(0, GARBLED + base64.b64decode("eA=="))
    view, letters = fold(VotesProjection(), records)
    assert shown_votes(view).keys() == {("acme", vote.post, "ann")}
    assert "not an event of this stream" in letters.letters[TOPIC, 0, 1].reason
