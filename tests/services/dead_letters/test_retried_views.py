"""Refused by a projector, fixed, retried: the views are those of a log that was read in its place all along."""

import logging
import re
import uuid
from collections.abc import Iterator
from pathlib import Path

import clickhouse_connect
import msgspec
import pytest

from events.ballots import partition_of
from events.log.appender import Appender, Record
from events.reactions import ReactionData, ReactionGiven, encode_reaction
from projections.catalog import FIRST_GENERATION, install
from projections.events import EventsProjection
from projections.fold import Projection, Row
from projections.reactions import ReactionsProjection
from projections.table import Table
from projections.votes import VotesProjection
from services.cli.program import run
from services.projector.clickhouse_view import ClickHouseView
from services.projector.kafka_dead_letters import KafkaDeadLetters
from services.projector.rocks import RocksStores
from services.projector.runner import Runner
from tests.support.ballots import Vote
from tests.support.broken_projection import BrokenProjection
from tests.support.clickhouse import ClickHouseProcess
from tests.support.fold_of_the_log import WholeLog, fold, in_own_loop, read_whole_log
from tests.support.installation import Installation
from tests.support.installed import borrowed
from tests.support.kafka import KafkaProcess

AT = 1_790_000_000_000
REACTION = Record(
    b"acme/ann",
    encode_reaction(
        ReactionGiven(
            id="tap-1", source="acme", subject="c-1", time="2026-11-01T00:00:00.000Z", data=ReactionData("ann", "like")
        )
    ),
)
GARBAGE = Record(b"acme/ann", b"\xff\xfe nonsense")


@pytest.fixture
def installation(kafka: KafkaProcess, clickhouse: ClickHouseProcess, tmp_path: Path) -> Iterator[Installation]:
    with borrowed(clickhouse.url) as database:
        made = Installation(kafka, clickhouse, tmp_path, f"d{uuid.uuid4().hex[:10]}", database=database)
        yield made
        made.end()


def made_votes() -> list[Vote]:
    """Votes that are changed and withdrawn, some late; every fifth speaks of a post that the broken code chokes on."""
    posts = ("dark-mode", "export", "bad-post", "api", "search")
    return [
        Vote(
            post=posts[n % 5], person=f"person-{n % 7}", value=(1, -1, 1, 0)[n % 4],
            time=AT + n * 60_000 - (n % 9 == 4) * 40 * 86_400_000, id=f"vote-{n}", importance=1 + n % 3,
        )
        for n in range(70)
    ]  # fmt: skip


def is_bad(value: bytes | None) -> bool:
    """Every other vote on the bad post: what is refused has neighbours that are not."""
    found = re.search(rb'"id":"vote-(\d+)".*"subject":"bad-post"', value or b"")
    return found is not None and int(found[1]) % 2 == 0


def is_reaction(value: bytes | None) -> bool:
    return b"groundswell.reaction." in (value or b"")


async def append(installation: Installation, records: list[Record], topic: str = "") -> None:
    topics = installation.topics
    topic = topic or topics.ballots
    appender = Appender(installation.kafka, topic, topics.count(topic))
    await appender.start()
    for record in records:
        await appender.append([(partition_of(record.key, appender.partitions), [record])])
    await appender.stop()


def fold_with(installation: Installation, projection: Projection, log: WholeLog) -> None:
    """Fold as the projector does, into its tables, its state and its dead letters."""
    letters = KafkaDeadLetters(installation.kafka, log.topics)
    letters.start()
    state = installation.data / "state" / "0" / projection.name / str(FIRST_GENERATION)
    view = ClickHouseView(installation.clickhouse, projection, FIRST_GENERATION)
    runner = Runner(
        projection, view, RocksStores(state), letters, log.topics.epoch, partition_count=log.topics.count,
        generation=FIRST_GENERATION,
    )  # fmt: skip
    for partition in log.topics.partitions_of(projection.topics):
        runner.open(partition)
    for batch in log.batches:
        runner.feed(batch)
    runner.flush()
    runner.stop()
    letters.stop()


def stored(installation: Installation, table: Table) -> list[Row]:
    """A table's rows without their versions."""
    columns = ", ".join(
        f"toUnixTimestamp64Milli(`{name}`)" if kind.startswith("DateTime64")
        else f"toInt32(`{name}`)" if kind == "Date" else f"`{name}`"
        for name, kind in table.columns.items() if name != table.version
    )  # fmt: skip
    settings = installation.clickhouse
    with clickhouse_connect.get_client(**settings.client_options(), autogenerate_session_id=False) as client:
        query = f"SELECT {columns} FROM {settings.database}.{table.stored_as(FIRST_GENERATION)} FINAL"
        return sorted(tuple(row) for row in client.query(query).result_rows)


def without_version(table: Table, rows: dict[Row, Row]) -> list[Row]:
    at = list(table.columns).index(table.version)
    return sorted((*row[:at], *row[at + 1 :]) for row in rows.values())


def command(capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, str]:
    code = run(["dead-letters", *arguments])
    return code, capsys.readouterr().out


def test_what_was_refused_is_listed_and_retried_into_its_place(
    installation: Installation, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    logging.getLogger("services.projector").setLevel(logging.ERROR)
    monkeypatch.setenv("KAFKA_BOOTSTRAP_SERVERS", installation.kafka.bootstrap_servers)
    monkeypatch.setenv("GROUNDSWELL_TOPIC_PREFIX", installation.kafka.topic_prefix)
    votes = made_votes()
    bad = [vote for vote in votes if is_bad(vote.encode())]
    in_own_loop(append(installation, [Record(each.key, each.encode()) for each in votes[:50]] + [GARBAGE]))
    in_own_loop(append(installation, [REACTION], installation.topics.reactions))
    with clickhouse_connect.get_client(**installation.clickhouse.client_options()) as client:
        install(client, installation.clickhouse.database)
    log = in_own_loop(read_whole_log(installation.kafka))
    for projection in (VotesProjection(), EventsProjection()):
        fold_with(installation, BrokenProjection(projection, is_bad), log)
    fold_with(installation, BrokenProjection(ReactionsProjection(), is_reaction), log)

    projector = installation.projector()  # the fixed one
    projector.start()
    in_own_loop(append(installation, [Record(each.key, each.encode()) for each in votes[50:] if each not in bad]))
    installation.catch_up(projector)
    listed = msgspec.json.decode(command(capsys, "list", "--json", "--projection", "votes")[1])
    refused_before = [each for each in bad if each in votes[:50]]
    assert {(each["state"], each["generation"], each["times"]) for each in listed} == {("refused", 1, 1)}
    assert len(listed) == len(refused_before) + 1
    votes_table = VotesProjection().tables[0]
    expected = fold(in_own_loop(read_whole_log(installation.kafka)))
    assert stored(installation, votes_table) != without_version(votes_table, expected.tables[votes_table.name])

    code, said = command(capsys, "retry", "--all")
    assert code == 1
    assert said.count("retried: ") == len(refused_before) + 1
    assert said.count("left as it is: ") == 1
    assert "votes still refuses it: not an event of this stream" in said
    assert command(capsys, "retry", listed[0]["place"])[0] == 0  # twice is harmless
    installation.catch_up(projector)
    expected = fold(in_own_loop(read_whole_log(installation.kafka)))  # the fixed code reads all of it in its place
    assert expected.tables["reactions"]
    tables = (*ReactionsProjection().tables, *VotesProjection().tables, *EventsProjection().tables)
    for table in (table for table in tables if table.remade):
        assert stored(installation, table) == without_version(table, expected.tables[table.name]), table.name
    listed = msgspec.json.decode(command(capsys, "list", "--json", "--projection", "votes")[1])
    assert sorted(each["state"] for each in listed) == ["refused", *["retried"] * len(refused_before)]
    assert projector.stop() == 0
