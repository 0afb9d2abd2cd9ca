"""`groundswell dead-letters` on a log in real Kafka; no projector runs, the letters are put as one would."""

import asyncio
import base64
import random
from collections.abc import Sequence
from typing import NamedTuple

import msgspec
import pytest

from events.ballots import decode_ballot, partition_of
from events.domain.mapper import to_stored
from events.domain.originators import Recorded, originator_of
from events.domain.vocabulary import BoardCreated
from events.ledger.commit import encode_commit
from events.ledger.recorders import make_commit
from events.log.appender import Appender, Record
from events.position import Position
from events.refusals import MAX_KEPT_BYTES
from events.retries import RETRIED_TYPE, decode_retry
from events.times import format_time
from services.cli.program import run
from services.dead_letters.records import records_at
from services.dead_letters.refusals import known_refusals
from services.projector.kafka_dead_letters import KafkaDeadLetters
from services.projector.ports import DeadLetter
from tests.support.ballots import Vote
from tests.support.fold_of_the_log import in_own_loop
from tests.support.kafka import KafkaProcess
from tests.support.log import TestLog, new_log

RECORDED = 1_790_000_000_000
VOTE = Vote("dark-mode", "ann", 1, RECORDED, "vote-1", importance=2)


class Said(NamedTuple):
    code: int
    out: str
    err: str

    def json(self) -> list:
        return msgspec.json.decode(self.out)


class Letters:
    """A log of one's own, and dead letters on it."""

    def __init__(self, log: TestLog, capsys: pytest.CaptureFixture[str]) -> None:
        self.log = log
        self._capsys = capsys

    def append(self, record: Record, topic: str | None = None, partition: int | None = None) -> Position:
        topic = topic or self.log.topics.ballots
        count = self.log.topics.count(topic)

        async def append() -> Position:
            appender = Appender(self.log.settings, topic, count)
            await appender.start()
            try:
                return await appender.submit(
                    partition_of(record.key, count) if partition is None else partition, [record]
                )
            finally:
                await appender.stop()

        return in_own_loop(append())

    def refuse(self, *refused: tuple[Position, Record], projection: str = "votes", reason: str = "broken") -> None:
        letters = KafkaDeadLetters(self.log.settings, self.log.topics)
        letters.start()
        letters.put(
            [DeadLetter(at, RECORDED, record.key, record.value, projection, reason, 2, 7) for at, record in refused]
        )
        letters.stop()

    def refused(self, record: Record, projection: str = "votes", **where: object) -> Position:
        position = self.append(record, **where)
        self.refuse((position, record), projection=projection)
        return position

    def run(self, *arguments: object) -> Said:
        code = run([str(each) for each in arguments])
        return Said(code, *self._capsys.readouterr())

    def at(self, place: str) -> bytes:
        topic, _, rest = place.partition("/")
        partition, _, offset = rest.partition("@")
        position = Position(topic, int(partition), int(offset))
        return in_own_loop(records_at(self.log.settings, self.log.topics, [position]))[position].value or b""


@pytest.fixture
def letters(kafka: KafkaProcess, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Letters:
    log = in_own_loop(new_log(kafka.bootstrap))
    monkeypatch.setenv("KAFKA_BOOTSTRAP_SERVERS", log.settings.bootstrap_servers)
    monkeypatch.setenv("GROUNDSWELL_TOPIC_PREFIX", log.settings.topic_prefix)
    return Letters(log, capsys)


def place(position: Position) -> str:
    return f"{position.topic}/{position.partition}@{position.offset}"


def ballot(vote: Vote = VOTE) -> Record:
    return Record(vote.key, vote.encode())


def test_a_refused_record_is_one_line_however_often_it_was_refused(letters: Letters) -> None:
    record = Record(b"acme/ann", b"rub\x1bbish\xff")
    first, other = letters.append(record), letters.append(record)
    letters.refuse((first, record), (other, record))
    letters.refuse((first, record), reason="still\nbroken")
    letters.refuse((first, record), projection="events")
    letters.append(Record(b"", b"no letter"), letters.log.topics.dead_letters)

    listed = letters.run("dead-letters", "list", "--json").json()
    assert [(each["place"], each["projection"], each["times"], each["number"]) for each in listed] == [
        (place(other), "votes", 1, 1), (place(first), "votes", 2, 0), (place(first), "events", 1, 3),
    ]  # fmt: skip
    twice = listed[1]
    assert (twice["reason"], twice["generation"], twice["code"], twice["state"]) == ("still\nbroken", 2, 7, "refused")
    assert (twice["recorded_at"], twice["value_bytes"]) == (format_time(RECORDED), 9)
    assert twice["first_seen"] < twice["last_seen"]
    said = letters.run("dead-letters", "list")
    assert len(said.out.splitlines()) == 1 + 3
    assert "still\ufffdbroken" in said.out
    assert "1 records that are no dead letters of ours" in said.err
    assert len(letters.run("dead-letters", "list", "--projection", "events", "--json").json()) == 1
    limited = letters.run("dead-letters", "list", "--limit", 1)
    assert place(first) in limited.out
    assert "the last 1 of 3" in limited.err
    assert "no dead letters of posts" in letters.run("dead-letters", "list", "--projection", "posts").err
    assert in_own_loop(known_refusals(letters.log.settings, "votes")) == {first, other}


def test_a_record_is_shown_whole(letters: Letters) -> None:
    text = Record(b"acme/ann", '{"Grüße":\x1b}'.encode())
    position = letters.refused(text)
    letters.refuse((position, text), projection="events")
    short = place(position).partition(".")[2]
    for name in (0, 1, place(position), short):
        said = letters.run("dead-letters", "show", name)
        assert said.code == 0
        assert '{"Grüße":\ufffd}' in said.out
        assert said.out.count("reason") == 2
    long = Record(b"acme/ann", b"\xfe" * (MAX_KEPT_BYTES + 1))
    position = letters.refused(long)
    shown = msgspec.json.decode(letters.run("dead-letters", "show", place(position), "--json").out)
    assert base64.b64decode(shown["value_base64"]) == long.value, "the letter holds less: the log has it whole"
    assert (shown["value_text"], shown["key_text"], shown["cut"]) == (None, "acme/ann", False)
    assert "(base64 of 262145 bytes)" in letters.run("dead-letters", "show", place(position)).out
    letters.refuse((Position("elsewhere.ballots", 3, 7), long), (position._replace(offset=99), long))
    for lost in ("elsewhere.ballots/3@7", place(position._replace(offset=99))):
        said = letters.run("dead-letters", "show", lost)
        assert said.code == 0
        assert "these were kept" in said.err
        assert "the log does not hold it" in letters.run("dead-letters", "retry", lost).out
    said = letters.run("dead-letters", "show", "99")
    assert (said.code, said.out) == (1, "")
    assert "no dead letter 99" in said.err


def test_a_ballot_that_is_read_now_is_carried_to_its_partition_again(letters: Letters) -> None:
    position = letters.refused(ballot())
    letters.refuse((position, ballot()), projection="events")
    (outcome,) = letters.run("dead-letters", "retry", place(position), "--json").json()
    assert (outcome["outcome"], outcome["refused_by"]) == ("retried", ["events", "votes"])
    marker = decode_retry(letters.at(outcome["marker"]))
    assert (marker.position, marker.source, marker.subject) == (position, "acme", "dark-mode")
    assert decode_ballot(marker.value()).id == "vote-1"
    assert outcome["marker"].startswith(f"{position.topic}/{position.partition}@")
    listed = letters.run("dead-letters", "list", "--json").json()
    assert {(each["state"], each["retried_by"]) for each in listed} == {("retried", outcome["marker"])}
    nothing = letters.run("dead-letters", "retry", "--all")
    assert (nothing.code, nothing.out) == (0, "")
    assert "nothing to retry" in nothing.err
    again = letters.run("dead-letters", "retry", "0")
    assert (again.code, again.out.count("retried: ")) == (0, 1)
    shown = letters.run("log", "show", "--topic", "ballots", "--person", "ann", "--json").out.splitlines()
    entries = [msgspec.json.decode(line) for line in shown]
    assert [entry["event"]["type"] for entry in entries] == ["groundswell.vote.cast.v1", RETRIED_TYPE, RETRIED_TYPE]
    assert entries[1]["carried"] == entries[0]["event"]
    assert "carries groundswell.vote.cast.v1" in letters.run("log", "show", "--post", "dark-mode").out


def test_the_retry_of_a_retry_that_was_refused_is_its_record_s(letters: Letters) -> None:
    """As where a projector of an older release met the marker."""
    position = letters.refused(ballot())
    (outcome,) = letters.run("dead-letters", "retry", "--all", "--json").json()
    topic, partition, _ = position
    marker = Position(topic, partition, int(outcome["marker"].rpartition("@")[2]))
    letters.refuse((marker, Record(VOTE.key, letters.at(outcome["marker"]))))
    (second,) = letters.run("dead-letters", "retry", "--all", "--json").json()
    assert (second["place"], second["outcome"]) == (outcome["marker"], "retried")
    assert decode_retry(letters.at(second["marker"])).position == position
    listed = letters.run("dead-letters", "list", "--json").json()
    assert {each["retried_by"] for each in listed} == {second["marker"]}


def test_what_is_refused_still_is_left_with_the_reason(letters: Letters) -> None:
    home = partition_of(VOTE.key, 12)
    garbage = letters.refused(Record(b"acme/ann", b"{}"))
    misplaced = letters.refused(ballot(), partition=(home + 1) % 12)
    fine = letters.refused(ballot())
    tombstone_like = letters.refused(Record(b"acme/ann", b""))
    said = letters.run("dead-letters", "retry", "--all")
    assert said.code == 1
    lines = {line.split()[0]: line for line in said.out.splitlines()}
    assert "left as it is: " in lines[place(garbage)]
    assert "votes still refuses it: not an event of this stream" in lines[place(garbage)]
    assert "partition that is not its person's" in lines[place(misplaced)]
    assert "retried: " in lines[place(fine)]
    assert "left as it is: " in lines[place(tombstone_like)]
    states = {each["place"]: each["state"] for each in letters.run("dead-letters", "list", "--json").json()}
    assert states == {
        place(garbage): "refused", place(misplaced): "refused", place(fine): "retried",
        place(tombstone_like): "refused",
    }  # fmt: skip
    assert letters.run("dead-letters", "retry", "--all", "--projection", "posts").code == 0


def test_the_largest_that_fits_on_the_log_again_is_retried_and_more_is_told(letters: Letters) -> None:
    noise = base64.b64encode(random.Random(1).randbytes(2_400_000)).decode()  # what no compression makes small
    fits, large = (
        Record(VOTE.key, VOTE.encode().replace(b'"person"', b'"note":"%b","person"' % noise[:size].encode()))
        for size in (3_060_000, 3_150_000)
    )
    (outcome,) = letters.run("dead-letters", "retry", place(letters.refused(fits)), "--json").json()
    assert decode_retry(letters.at(outcome["marker"])).value() == fits.value
    said = letters.run("dead-letters", "retry", place(letters.refused(large)))
    assert said.code == 1
    assert "its marker does not fit on the log" in said.out


def test_where_order_matters_a_rebuild_is_needed(letters: Letters) -> None:
    ledger = letters.log.topics.ledger
    board = BoardCreated(board="ideas", name="Ideas", at=format_time(RECORDED))
    stored = to_stored(Recorded(originator_of("acme", "board", "ideas"), 1, board))
    commit = Record(b"acme", encode_commit(make_commit([stored], workspace="acme", commit_id="c")))
    position = letters.refused(commit, "posts", topic=ledger, partition=0)
    letters.refuse((position, commit), projection="events")
    said = letters.run("dead-letters", "retry", place(position))
    assert (said.code, said.err) == (1, "")
    assert "needs a rebuild: it is read now, and order matters there" in said.out
    commands = [line.strip() for line in said.out.splitlines() if line.startswith("  ")]
    assert commands == [
        f"groundswell projections {verb} {name}"
        for name in ("events", "posts")
        for verb in ("rebuild", "verify", "switch")
    ]
    assert {each["state"] for each in letters.run("dead-letters", "list", "--json").json()} == {"refused"}
    broken = letters.refused(Record(b"acme", b"{}"), "posts", topic=ledger, partition=0)
    said = letters.run("dead-letters", "retry", place(broken))
    assert said.code == 1
    assert "posts still refuses it: not a commit" in said.out


def test_many_are_retried_with_few_fetches_in_the_order_of_the_log(letters: Letters) -> None:
    votes = [ballot(Vote(f"post-{n}", f"person-{n % 40}", 1, RECORDED + n, f"vote-{n}")) for n in range(300)]
    count = letters.log.topics.count(letters.log.topics.ballots)
    chunks: dict[int, list[Record]] = {}
    for record in votes:
        chunks.setdefault(partition_of(record.key, count), []).append(record)
    asyncio.run(letters.log.append(letters.log.topics.ballots, list(chunks.items())))
    refused: Sequence[tuple[Position, Record]] = [
        (Position(letters.log.topics.ballots, partition, offset), record)
        for partition, records in chunks.items()
        for offset, record in enumerate(records)
        if offset % 3
    ]
    letters.refuse(*refused)
    outcomes = letters.run("dead-letters", "retry", "--all", "--json").json()
    assert {each["place"] for each in outcomes} == {place(position) for position, _ in refused}
    assert {each["outcome"] for each in outcomes} == {"retried"}
    markers = [(each["marker"].rpartition("@")[0], int(each["marker"].rpartition("@")[2])) for each in outcomes]
    assert markers == sorted(markers, key=lambda each: (int(each[0].rpartition("/")[2]), each[1]))


@pytest.mark.parametrize("arguments", [[], ["--all", "0"], ["here"], ["a/b@c"], ["0", "t/1@x"]], ids=" ".join)
def test_what_names_no_record_is_bad_usage(arguments: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["dead-letters", "retry", *arguments]) == 2
    out, err = capsys.readouterr()
    assert out == ""
    assert err.startswith("groundswell: ")
    assert err.count("\n") == 1
    assert "--help" in err
