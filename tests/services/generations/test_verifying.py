"""Comparing two generations that nobody follows: equal, different, accepted, behind."""

from collections.abc import Iterator, Sequence

import pytest

from events.position import Partition
from projections.catalog import create_generation, new_generation
from projections.clickhouse.generation_log import read_generations
from projections.generations import Generation, GenerationRefused, State
from projections.votes import VotesProjection
from services.generations.projection_log import ProjectionLog
from services.generations.switching import roll_back, switch
from services.generations.verifying import Verdict, Verification, checksums, verify
from services.projector.clickhouse_view import ClickHouseView
from services.projector.memory import MemoryDeadLetters, MemoryStores
from services.projector.runner import Runner
from tests.support.ballots import TOPIC, MemoryLog, Vote
from tests.support.views import Database, database

VOTES = VotesProjection()
PARTITIONS = 3


class UnfollowedLog(ProjectionLog):
    """A log that no projector follows."""

    def is_followed(self, generation: Generation) -> bool:
        return False


LOG = UnfollowedLog(None, [Partition(TOPIC, number) for number in range(PARTITIONS)])  # type: ignore[arg-type]


@pytest.fixture
def place(clickhouse_url: str) -> Iterator[Database]:
    with database(clickhouse_url) as made:
        yield made


def ballots(count: int) -> MemoryLog:
    return MemoryLog(PARTITIONS).append(
        [
            Vote(
                post=f"post-{number % 5}", person=f"person-{number % 17}", value=(1, 1, -1, 0)[number % 4],
                time=1_790_000_000_000 + number * 1000, id=f"vote-{number}",
            )
            for number in range(count)
        ]
    )  # fmt: skip


def build(place: Database, log: MemoryLog, number: int = 2) -> None:
    """Fold a log into a generation beside the live one, and enter it as ready."""
    name = place.settings.database
    made = new_generation(VOTES, number, name, State.BUILDING, at=1)
    create_generation(place.client, name, VOTES, made)
    view = ClickHouseView(place.settings, VOTES, number)
    runner = Runner(VOTES, view, MemoryStores(), MemoryDeadLetters(), "epoch", partition_count=lambda _: PARTITIONS)
    for partition in LOG.partitions:
        runner.open(partition)
    for batch in log.batches(()):
        runner.feed(batch)
    runner.flush()
    enter(place, made.enter(State.READY, at=2))


def enter(place: Database, generation: Generation) -> None:
    from projections.clickhouse.generation_log import enter_generations

    enter_generations(place.client, place.settings.database, [generation])


def compared(place: Database, **how: object) -> Verification:
    return verify(place.client, place.settings.database, "votes", LOG, **how)  # type: ignore[arg-type]


def states(place: Database) -> Sequence[str]:
    return [str(each.state) for each in read_generations(place.client, place.settings.database, "votes")]


def test_two_folds_of_one_log_are_equal_whatever_their_blocks(place: Database):
    log = ballots(400)
    place.fold_votes(log, cuts=(7, 50, 51, 200))
    build(place, log)
    done = compared(place)
    assert done.verdict is Verdict.EQUAL
    assert sum(done.positions.values()) == 400
    assert {each.table for each in done.tables} == {
        "votes", "vote_history", "vote_corrections", "tallies", "tally_periods", "standings",
    }  # fmt: skip
    assert all(each.live is not None and each.live.rows for each in done.tables if each.table != "vote_corrections")
    assert states(place) == ["live", "verified"]
    left = place.client.query(f"SHOW TABLES FROM {place.settings.database} LIKE '%held%'").result_rows
    assert left == []


def test_rows_that_differ_are_counted_and_shown_and_nothing_is_verified(place: Database):
    log = ballots(100)
    place.fold_votes(log)
    build(place, log)
    name = place.settings.database
    place.client.command(
        f"INSERT INTO {name}.tallies_g2 SELECT * REPLACE (up + 100 AS up, version + 1 AS version) "
        f"FROM {name}.tallies_g2 FINAL WHERE post = 'post-3' AND partition = 1"
    )
    place.client.command(f"INSERT INTO {name}.votes_g1 (workspace, post, person, value) VALUES ('w', 'x', 'y', 1)")
    done = compared(place, examples=3)
    assert done.verdict is Verdict.DIFFERENT
    assert not done.passed
    tables = {each.table: each for each in done.tables}
    assert [name for name, each in tables.items() if not each.equal] == ["votes", "tallies"]
    assert tables["tallies"].differing == tables["votes"].differing == 1
    (tally,) = tables["tallies"].examples
    assert (tally.key["post"], tally.key["partition"]) == ("post-3", "1")
    assert tally.live is not None
    assert tally.other is not None
    assert list(tally.live) == ["up"]
    assert int(tally.other["up"]) == int(tally.live["up"]) + 100
    (vote,) = tables["votes"].examples
    assert vote.other is None
    assert states(place) == ["live", "ready"]
    with pytest.raises(GenerationRefused, match="verify votes first"):
        switch(place.client, name, "votes", LOG)

    accepted = compared(place, accept="the live one was tampered with")
    assert accepted.passed
    entered = read_generations(place.client, name, "votes")[1]
    assert (entered.state, entered.note) == (State.VERIFIED, "different: accepted, the live one was tampered with")
    assert not compared(place).passed
    assert states(place) == ["live", "ready"]


def test_one_that_stands_behind_with_nobody_to_follow_it_is_not_compared(place: Database):
    log, longer = ballots(100), ballots(130)
    place.fold_votes(longer)
    build(place, log)
    with pytest.raises(GenerationRefused, match="generation 2 of votes stands 30 records behind and nobody follows it"):
        compared(place)
    with pytest.raises(GenerationRefused, match="30 records behind"):
        compared(place, accept="whatever")


def test_a_live_one_that_stands_still_is_left_behind_only_on_purpose(place: Database):
    place.fold_votes(ballots(100))
    build(place, ballots(130))
    with pytest.raises(GenerationRefused, match=r"generation 1 of votes stands 30 records behind .*--accept REASON"):
        compared(place)
    assert compared(place, accept="its code is gone").verdict is Verdict.NOT_COMPARED
    name = place.settings.database
    switch(place.client, name, "votes", LOG)
    assert states(place) == ["retired", "live"]
    with pytest.raises(GenerationRefused, match=r"30 records behind .*--force"):
        roll_back(place.client, name, "votes", LOG)
    assert states(place) == ["retired", "live"]
    roll_back(place.client, name, "votes", LOG, force=True)
    assert states(place) == ["live", "retired"]
    assert place.rows("SELECT count() FROM groundswell.vote_timeline") == [(100,)]


def test_checksums_depend_on_what_is_shown_alone(place: Database):
    log, name = ballots(200), place.settings.database
    place.fold_votes(log, cuts=(3, 60))
    build(place, log)
    live, other = read_generations(place.client, name, "votes")
    _, before = checksums(place.client, name, live)
    assert before == checksums(place.client, name, other)[1]
    place.client.command(f"INSERT INTO {name}.votes_g1 SELECT * FROM {name}.votes_g1")
    assert checksums(place.client, name, live)[1] == before
    place.client.command(
        f"INSERT INTO {name}.votes_g1 SELECT * REPLACE (importance + 1 AS importance) FROM {name}.votes_g1 LIMIT 1"
    )
    after = checksums(place.client, name, live)[1]
    assert after["votes"] != before["votes"]
    assert {**after, "votes": before["votes"]} == before
