"""The view `events`: the log itself, decoded, in SQL."""

import base64
import json

from events.domain.vocabulary import BoardCreated, PostSubmitted
from events.position import Partition
from events.times import format_time
from projections.events import EventsProjection
from projections.events.cloudevents import carried_by
from projections.events.queries import FeedEvent, Wanted, feed_query, following
from tests.support.ballots import TOPIC, MemoryLog, Vote
from tests.support.ledger import LEDGER_TOPIC, MemoryLedger
from tests.support.partitioned_log import Partitioned
from tests.support.views import Database

AT = 1_790_000_000_000


def test_every_ballot_and_every_admitted_event_is_there(database: Database):
    log = MemoryLog(partitions=1).append(
        [Vote("p", "ann", 1, AT, "e1", importance=2, by="agent"), Vote("p", "ann", 0, AT + 1, "e2")]
    )
    ledger = MemoryLedger()
    ledger.commit("board", "ideas", 1, BoardCreated(board="ideas", name="Ideas", at=format_time(AT)), commit_id="made")
    ledger.commit("post", "p", 2, PostSubmitted(post="p", board="ideas", title="void", at=format_time(AT)))
    runner = database.runner(EventsProjection(), 1)
    for topic, batch in ((TOPIC, log.batch(0, 0, 2)), (LEDGER_TOPIC, ledger.batch())):
        runner.open(Partition(topic, 0))
        runner.feed(batch)
    runner.flush()
    rows = database.rows(
        "SELECT workspace, topic, partition, offset, type, id, subject, actor, data FROM groundswell.events "
        "ORDER BY topic, offset"
    )
    assert [row[:8] for row in rows] == [
        ("acme", TOPIC, 0, 0, "groundswell.vote.cast.v1", "e1", "p", "agent"),
        ("acme", TOPIC, 0, 1, "groundswell.vote.withdrawn.v1", "e2", "p", "ann"),
        ("acme", LEDGER_TOPIC, 0, 0, "groundswell.board.created.v1", "made/0", "ideas", "tester"),
    ]
    assert json.loads(rows[0][8]) == {"person": "ann", "importance": 2, "by": "agent"}
    assert json.loads(rows[2][8])["name"] == "Ideas"


def test_a_retried_ballot_is_there_at_its_own_place_and_its_retry_where_the_feed_comes_to_it(database: Database):
    log = MemoryLog(partitions=1).append([Vote("p", "ann", 1, AT, "e1"), Vote("p", "ann", -1, AT + 1, "e2")])
    records = Partitioned(log)
    records.garble([(0, 0)])
    records.append_retries(log, [(0, 0)])
    runner = database.runner(EventsProjection(), 1)
    runner.open(Partition(TOPIC, 0))
    for batch in records.batches():
        runner.feed(batch)
    runner.flush()
    rows = database.rows(
        "SELECT offset, type, id, subject, actor, recorded_at < toDateTime('2030-01-01') AS early "
        "FROM groundswell.events WHERE workspace = 'acme' ORDER BY offset"
    )
    assert rows == [
        (0, "groundswell.vote.cast.v1", "e1", "p", "ann", 1),
        (1, "groundswell.vote.cast.v1", "e2", "p", "ann", 1),
        (2, "groundswell.record.retried.v1", f"retry/{TOPIC}/0/0", "p", "", 0),
    ]
    query = feed_query(database.settings.database, "acme", {Partition(TOPIC, 0): 2}, limit=10, behind=1)
    (found,) = database.client.query(query.sql, dict(query.parameters)).result_rows
    (carried,) = [record.vote.encode() for record in log.records[0][:1]]
    assert base64.b64decode(json.loads(found[10])["value_base64"]) == carried


def test_a_retry_gives_its_event_to_whoever_wants_that(database: Database):
    log = MemoryLog(partitions=1).append([Vote("p", "ann", 1, AT, "e1", by="sue"), Vote("p", "ann", -1, AT + 1, "e2")])
    records = Partitioned(log)
    records.garble([(0, 0)])
    records.append_retries(log, [(0, 0)])
    runner = database.runner(EventsProjection(), 1)
    runner.open(Partition(TOPIC, 0))
    for batch in records.batches():
        runner.feed(batch)
    runner.flush()
    wanted = Wanted(types=("groundswell.vote.cast",), internal=False, webhook="crm")
    query = feed_query(database.settings.database, "acme", {Partition(TOPIC, 0): 1}, limit=10, behind=1, wanted=wanted)
    found = [FeedEvent(*row) for row in database.client.query(query.sql, dict(query.parameters)).result_rows]
    carried = [carried_by(event) for event in found]
    assert [(event.id, event.type, event.actor, event.offset) for event in carried if event is not None] == [
        ("e2", "groundswell.vote.cast.v1", "ann", 1),
        ("e1", "groundswell.vote.cast.v1", "sue", 2),
    ]
    assert carried[0] is found[0]
    assert all(wanted.includes(event.type, event.data) for event in carried if event is not None)
    assert not wanted.includes("groundswell.vote.withdrawn.v1", "{}")
    for hidden in ("groundswell.ruling.merged.v1", "groundswell.key.created.v1", "groundswell.roadmap.created.v1"):
        assert not Wanted(internal=False, webhook="crm").includes(hidden, "{}")
    assert not Wanted(internal=False).includes("groundswell.comment.written.v1", '{"internal":true}')
    assert Wanted().includes("groundswell.key.created.v1", '{"internal":true}')


def test_what_is_asked_for_by_subject_and_before_a_position(database: Database):
    votes = [Vote(post, "ann", 1, AT + number, f"e{number}") for number, post in enumerate("abab")]
    runner = database.runner(EventsProjection(), 1)
    runner.open(Partition(TOPIC, 0))
    runner.feed(MemoryLog(partitions=1).append(votes).batch(0, 0, 4))
    runner.flush()
    at = Partition(TOPIC, 0)
    query = feed_query(
        database.settings.database, "acme", {at: 0}, limit=10, behind=1, before={at: 3}, wanted=Wanted(subject="b")
    )
    found = [FeedEvent(*row) for row in database.client.query(query.sql, dict(query.parameters)).result_rows]
    assert [event.id for event in found] == ["e1"]
    assert following({at: 0}, {at: 9}, found, 10) == {at: 9}
    assert following({at: 0}, {at: 9}, found, 1) == {at: 2}
