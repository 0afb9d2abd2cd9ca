"""The view `events`: the log itself, decoded, in SQL."""

import base64
import json

from events.domain.vocabulary import BoardCreated, PostSubmitted
from events.position import Partition
from events.times import format_time
from projections.events import EventsProjection
from projections.events.queries import feed_query
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
