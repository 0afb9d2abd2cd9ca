"""The ledger of one process and of several, on real Kafka."""

import asyncio
import sqlite3
import threading
import time
import uuid
from collections.abc import Callable
from pathlib import Path

import pytest
from aiokafka import AIOKafkaProducer
from aiokafka.admin import AIOKafkaAdminClient, NewTopic
from eventsourcing.persistence import IntegrityError, OperationalError, StoredEvent

from events.ledger.commit import Commit, encode_commit
from events.ledger.errors import (
    CommitIdReused,
    CommitTooLarge,
    IndexInUse,
    LedgerStopped,
    LedgerUnavailable,
    OutcomeUnknown,
    TooManyPartitions,
    VersionConflict,
)
from events.ledger.index import AdmittedCommit
from events.ledger.ledger import Ledger
from events.ledger.recorders import make_commit
from events.ledger.settings import LedgerSettings
from events.settings import KafkaSettings

OpenLedger = Callable[..., Ledger]


def commit_of(originator: uuid.UUID, *versions: int, state: bytes = b"{}", commit_id: str | None = None) -> Commit:
    events = [StoredEvent(originator, version, "t", state) for version in versions]
    return make_commit(events, workspace="acme", commit_id=commit_id)


def contents(index: Path) -> dict[str, list[tuple[object, ...]]]:
    """All that an index holds, with the notification ids."""
    connection = sqlite3.connect(index)
    try:
        return {
            table: connection.execute(query).fetchall()
            for table, query in {
                "events": "SELECT rowid, * FROM stored_events ORDER BY rowid",
                "commits": "SELECT * FROM ledger_commits ORDER BY log_offset",
                "tracking": "SELECT * FROM tracking ORDER BY 1",
                "followed": "SELECT * FROM ledger_followed",
            }.items()
        }
    finally:
        connection.close()


async def append_raw(kafka: KafkaSettings, topic: str, *values: bytes) -> None:
    producer = AIOKafkaProducer(**kafka.client_options())
    await producer.start()
    try:
        for value in values:
            await producer.send_and_wait(topic, value, partition=0)
    finally:
        await producer.stop()


def test_a_save_tells_where_it_stands(open_ledger: OpenLedger) -> None:
    ledger = open_ledger()
    first = ledger.submit(commit_of(uuid.uuid4(), 1, 2)).result()
    second = ledger.submit(commit_of(uuid.uuid4(), 1)).result()
    assert (first.position.offset, list(first.notification_ids)) == (1, [1, 2])  # offset 0 is the log's marker
    assert (second.position.offset, list(second.notification_ids)) == (2, [3])


def test_the_same_commit_again_gives_the_same_receipt(open_ledger: OpenLedger) -> None:
    ledger, originator = open_ledger(), uuid.uuid4()
    first = ledger.submit(commit_of(originator, 1, commit_id="once")).result()
    again = ledger.submit(commit_of(originator, 1, commit_id="once")).result()
    assert again.repeated
    assert (again.position, list(again.notification_ids)) == (first.position, list(first.notification_ids))
    with pytest.raises(CommitIdReused):
        ledger.submit(commit_of(originator, 2, commit_id="once")).result()
    with pytest.raises(VersionConflict):
        ledger.submit(commit_of(originator, 1)).result()


def test_the_log_judges_what_another_process_could_not_know(
    open_ledger: OpenLedger, ledger_kafka: KafkaSettings
) -> None:
    """Copies, conflicts and reused ids that come by the log itself, as from writers that raced."""
    ledger, originator = open_ledger(), uuid.uuid4()
    first = commit_of(originator, 1, commit_id="a")
    values = [
        encode_commit(commit)
        for commit in (
            first,
            first,
            commit_of(originator, 1, state=b"[]", commit_id="b"),
            commit_of(originator, 2, commit_id="a"),
            commit_of(originator, 3, commit_id="c"),
            commit_of(originator, 2, commit_id="d"),
        )
    ]
    asyncio.run(append_raw(ledger_kafka, ledger.topics.ledger, *values))
    ledger.catch_up(10).result()
    heard: list[AdmittedCommit] = []
    ledger.listen(heard.append)
    assert [each.receipt.position.offset for each in heard] == [1, 6]
    assert [event.originator_version for each in heard for event in each.events] == [1, 2]


def test_listeners_hear_everything_once_in_order(open_ledger: OpenLedger) -> None:
    ledger = open_ledger()
    for _ in range(3):
        ledger.submit(commit_of(uuid.uuid4(), 1, 2)).result()
    heard: list[AdmittedCommit] = []
    ledger.listen(heard.append)
    ledger.submit(commit_of(uuid.uuid4(), 1)).result()
    assert [id for each in heard for id in each.receipt.notification_ids] == [1, 2, 3, 4, 5, 6, 7]
    assert {each.workspace for each in heard} == {"acme"}


def test_an_index_goes_on_where_it_was_and_is_built_again_the_same(open_ledger: OpenLedger, tmp_path: Path) -> None:
    index = tmp_path / "folder" / "index.sqlite"
    ledger, originator = open_ledger(index), uuid.uuid4()
    for version in range(1, 20):
        ledger.submit(commit_of(originator, version)).result()
        with pytest.raises(IntegrityError):
            ledger.submit(commit_of(originator, version)).result()
    ledger.close()
    before = contents(index)
    assert len(before["events"]) == 19

    open_ledger(index).close()
    assert contents(index) == before

    for file in index.parent.iterdir():
        file.unlink()
    open_ledger(index).close()
    assert contents(index) == before


def test_an_index_of_another_log_is_not_believed(open_ledger: OpenLedger, tmp_path: Path) -> None:
    index = tmp_path / "index.sqlite"
    ledger = open_ledger(index)
    ledger.submit(commit_of(uuid.uuid4(), 1)).result()
    ledger.close()
    other = KafkaSettings(
        KAFKA_BOOTSTRAP_SERVERS=ledger._kafka.bootstrap_servers,
        GROUNDSWELL_TOPIC_PREFIX=f"ledger-{uuid.uuid4().hex[:12]}",
    )
    ledger = open_ledger(index, kafka=other)
    receipt = ledger.submit(commit_of(uuid.uuid4(), 1)).result()
    assert list(receipt.notification_ids) == [1]


def test_an_index_that_is_no_database_or_ahead_of_the_log_is_built_again(
    open_ledger: OpenLedger, tmp_path: Path
) -> None:
    index = tmp_path / "index.sqlite"
    index.write_bytes(b"this is no database, but longer than its header would be" * 20)
    ledger = open_ledger(index)
    ledger.submit(commit_of(uuid.uuid4(), 1)).result()
    ledger.close()
    before = contents(index)
    connection = sqlite3.connect(index)
    connection.execute("UPDATE ledger_followed SET next_offset=99")
    connection.execute("DELETE FROM stored_events")
    connection.commit()
    connection.close()
    open_ledger(index).close()
    assert contents(index) == before


def test_an_index_has_one_process(open_ledger: OpenLedger, tmp_path: Path) -> None:
    open_ledger(tmp_path / "index.sqlite")
    with pytest.raises(IndexInUse, match="each its own path"):
        open_ledger(tmp_path / "index.sqlite")


@pytest.mark.parametrize("value", [b"no json", b'{"specversion":"1.0","type":"groundswell.ledger.commit.v2","id":"1"}'])
def test_what_cannot_be_read_stops_the_follower(
    open_ledger: OpenLedger, ledger_kafka: KafkaSettings, value: bytes, tmp_path: Path
) -> None:
    ledger = open_ledger(tmp_path / "index.sqlite")
    good = commit_of(uuid.uuid4(), 1)
    asyncio.run(append_raw(ledger_kafka, ledger.topics.ledger, encode_commit(good), value))
    with pytest.raises(OperationalError, match="offset 2 can't be read"):
        ledger.catch_up(10).result()
    with pytest.raises(LedgerStopped, match="upgrade this process"):
        ledger.submit(commit_of(uuid.uuid4(), 1)).result()
    assert ledger.failure is not None
    assert ledger.index.next_offset == 2
    assert ledger.index.find_commit("acme", good.id) is not None
    ledger.close()
    with pytest.raises(LedgerStopped, match="offset 2 can't be read"):
        open_ledger(tmp_path / "index.sqlite")


def test_a_commit_that_no_broker_would_take_is_refused_alone(open_ledger: OpenLedger) -> None:
    ledger = open_ledger()
    small = [ledger.submit(commit_of(uuid.uuid4(), 1)) for _ in range(20)]
    with pytest.raises(CommitTooLarge):
        ledger.submit(commit_of(uuid.uuid4(), 1, state=b'"' + b"x" * 1_100_000 + b'"')).result()
    large = ledger.submit(commit_of(uuid.uuid4(), 1, state=b'"' + b"x" * 1_000_000 + b'"'))
    for save in [*small, large]:
        save.result()


def test_a_ledger_of_several_partitions_is_refused(open_ledger: OpenLedger, ledger_kafka: KafkaSettings) -> None:
    async def create() -> None:
        admin = AIOKafkaAdminClient(**ledger_kafka.client_options())
        await admin.start()
        await admin.create_topics([NewTopic(f"{ledger_kafka.topic_prefix}.ledger", 3, 1)])
        await admin.close()

    asyncio.run(create())
    with pytest.raises(TooManyPartitions, match="3 partitions"):
        open_ledger()


def test_after_close_nothing_is_saved(open_ledger: OpenLedger) -> None:
    ledger = open_ledger()
    ledger.close()
    ledger.close()
    with pytest.raises(LedgerStopped):
        ledger.submit(commit_of(uuid.uuid4(), 1)).result()
    with pytest.raises(LedgerStopped):
        ledger.listen(print)


def test_whoever_calls_while_it_closes_gets_an_answer(open_ledger: OpenLedger) -> None:
    ledger = open_ledger()
    answers: list[BaseException | None] = []

    def save_on() -> None:
        while not answers or not isinstance(answers[-1], LedgerStopped):
            answers.append(ledger.submit(commit_of(uuid.uuid4(), 1)).exception(timeout=10))

    threads = [threading.Thread(target=save_on) for _ in range(8)]
    for thread in threads:
        thread.start()
    time.sleep(0.2)
    ledger.close()
    for thread in threads:
        thread.join(20)
        assert not thread.is_alive(), "it waits for an answer that never comes"
    kinds = {type(answer) for answer in answers}
    assert kinds <= {type(None), LedgerStopped, OutcomeUnknown, LedgerUnavailable}


def test_without_kafka_it_says_where_it_looked() -> None:
    ledger = Ledger(
        KafkaSettings(KAFKA_BOOTSTRAP_SERVERS="127.0.0.1:9"),
        LedgerSettings(GROUNDSWELL_LEDGER_CONNECT_SECONDS=0.5),
    )
    with pytest.raises(LedgerUnavailable, match=r"127\.0\.0\.1:9 can't be reached"):
        ledger.start()


def test_what_is_in_flight_is_bounded(open_ledger: OpenLedger) -> None:
    ledger = open_ledger(in_flight_bytes=20_000)
    saves = [ledger.submit(commit_of(uuid.uuid4(), 1, state=b'"' + b"x" * 1000 + b'"')) for _ in range(200)]
    outcomes = [save.exception() for save in saves]
    assert outcomes[0] is None
    assert any(isinstance(outcome, LedgerUnavailable) for outcome in outcomes)
    admitted = [commit for commit in outcomes if commit is None]
    heard: list[AdmittedCommit] = []
    ledger.listen(heard.append)
    assert len(heard) == len(admitted), "what was refused was not appended"
    ledger.submit(commit_of(uuid.uuid4(), 1)).result()
