"""What a writer was told is true, whatever dies: two processes racing, a killed writer, a broker that goes away."""

import random
import signal
import sqlite3
import subprocess
import sys
import time
import uuid
from collections.abc import Callable, Iterator
from itertools import takewhile
from pathlib import Path
from typing import NamedTuple

import pytest

from events.ledger.ledger import Ledger
from events.settings import KafkaSettings
from tests.support.kafka import KafkaProcess
from tests.support.saving_clients import SavingClients

OpenLedger = Callable[..., Ledger]
WRITER = Path(__file__).with_name("racing_writer.py")


class Told(NamedTuple):
    verdict: str
    version: int
    offset: str
    commit_id: str


class WriterProcess:
    def __init__(self, kafka: KafkaSettings, index: Path, originator: uuid.UUID, saves: int) -> None:
        arguments = [kafka.bootstrap_servers, kafka.topic_prefix, str(index), str(originator), str(saves)]
        self.index = index
        self.process = subprocess.Popen(
            [sys.executable, str(WRITER), *arguments], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )

    def wait_for(self, word: str) -> list[Told]:
        """What it says until it says `word`, or ends; what it was killed in the middle of saying was not said."""
        assert self.process.stdout is not None
        told = iter(self.process.stdout.readline, None)
        lines = takewhile(lambda line: line.endswith("\n") and line != f"{word}\n", told)
        return [self._read(line) for line in lines]

    def hear(self, lines: int) -> list[Told]:
        """The next so many verdicts that it says."""
        assert self.process.stdout is not None
        return [self._read(self.process.stdout.readline()) for _ in range(lines)]

    def _read(self, line: str) -> Told:
        verdict, version, offset, commit_id = line.split()
        return Told(verdict, int(version), offset, commit_id)

    def go(self) -> None:
        assert self.process.stdin is not None
        self.process.stdin.write("\n")
        self.process.stdin.flush()

    def end(self) -> None:
        self.process.kill()
        self.process.wait()
        for stream in (self.process.stdin, self.process.stdout):
            assert stream is not None
            stream.close()


@pytest.fixture
def writer(ledger_kafka: KafkaSettings, tmp_path: Path) -> Iterator[Callable[..., WriterProcess]]:
    started: list[WriterProcess] = []

    def start(name: str, originator: uuid.UUID, saves: int) -> WriterProcess:
        process = WriterProcess(ledger_kafka, tmp_path / name, originator, saves)
        started.append(process)
        return process

    yield start
    for process in started:
        process.end()


def admitted(index: Path) -> list[tuple[int, str, int]]:
    """Notification id, originator and version of everything admitted."""
    connection = sqlite3.connect(index)
    try:
        query = "SELECT rowid, originator_id, originator_version FROM stored_events ORDER BY rowid"
        return connection.execute(query).fetchall()
    finally:
        connection.close()


def admitted_commits(index: Path) -> set[str]:
    connection = sqlite3.connect(index)
    try:
        return {row[0] for row in connection.execute("SELECT id FROM ledger_commits")}
    finally:
        connection.close()


def test_two_processes_racing_on_one_aggregate(writer: Callable[..., WriterProcess]) -> None:
    originator = uuid.uuid4()
    writers = [writer(name, originator, saves=150) for name in ("a", "b")]
    for each in writers:
        each.wait_for("ready")
    for each in writers:
        each.go()
    told = [each.wait_for("done") for each in writers]
    for each in writers:  # both have ended: now both know the end of the log
        each.go()
    for each in writers:
        assert each.process.wait(30) == 0

    won = [{each.version for each in half if each.verdict == "ok"} for half in told]
    assert all(won), "no race: one of them won nothing"
    assert not won[0] & won[1], "a version was admitted for both"
    assert sorted(won[0] | won[1]) == list(range(1, len(won[0] | won[1]) + 1))
    first, second = (admitted(each.index) for each in writers)
    assert first == second
    assert first == [(version, originator.hex, version) for version in sorted(won[0] | won[1])]
    refused = {each.commit_id for half in told for each in half if each.verdict == "void"}
    assert not refused & admitted_commits(writers[0].index)


def test_a_writer_killed_at_any_moment_was_told_the_truth(
    writer: Callable[..., WriterProcess], open_ledger: OpenLedger, tmp_path: Path
) -> None:
    originator, dice = uuid.uuid4(), random.Random(7)
    told: list[Told] = []
    for _ in range(3):
        process = writer("killed", originator, saves=100_000)
        process.wait_for("ready")
        process.go()
        told += process.hear(dice.randint(1, 100))
        time.sleep(dice.uniform(0, 0.01))
        process.process.kill()
        assert process.process.wait() == -signal.SIGKILL, "it had ended by itself"
        told += process.wait_for("never")
    open_ledger(tmp_path / "killed").close()
    open_ledger(tmp_path / "fresh").close()
    assert admitted(tmp_path / "killed") == admitted(tmp_path / "fresh")
    known = admitted_commits(tmp_path / "fresh")
    won = {each.commit_id for each in told if each.verdict == "ok"}
    lost = {each.commit_id for each in told if each.verdict == "void"}
    assert won <= known
    assert not lost & known
    assert len(known - won) <= 3  # what was on its way when each was killed


@pytest.mark.parametrize("ending", ["stop", "kill", "freeze"])
def test_a_broker_away_in_the_middle_of_saves(
    fragile_kafka: KafkaProcess, open_ledger: OpenLedger, ending: str, tmp_path: Path
) -> None:
    kafka = KafkaSettings(KAFKA_BOOTSTRAP_SERVERS=fragile_kafka.bootstrap, GROUNDSWELL_TOPIC_PREFIX=f"ledger-{ending}")
    ledger = open_ledger(tmp_path / "index", kafka=kafka, save_seconds=1.5)
    clients = SavingClients(ledger, threads=8)
    time.sleep(0.5)
    getattr(fragile_kafka, ending)()
    time.sleep(2.5)
    fragile_kafka.wake() if ending == "freeze" else fragile_kafka.restart()
    deadline = time.monotonic() + 60
    before = len(clients.succeeded)
    while len(clients.succeeded) < before + 20 and time.monotonic() < deadline:
        time.sleep(0.1)
    clients.stop()
    assert len(clients.succeeded) >= before + 20, "it never went on"
    assert clients.unknown, "nothing was in doubt: the broker was not away"

    ledger.catch_up(30).result()
    for commit in clients.succeeded:
        assert ledger.index.find_commit("acme", commit.id) is not None
    for commit in clients.unavailable:
        assert ledger.index.find_commit("acme", commit.id) is None
    for commit in clients.unknown:  # saved again under its id, it is there once
        ledger.submit(commit).result()
    ledger.close()
    open_ledger(tmp_path / "fresh", kafka=kafka).close()
    assert admitted(tmp_path / "fresh") == admitted(tmp_path / "index")
    assert len(admitted(tmp_path / "fresh")) == len(clients.succeeded) + len(clients.unknown)
