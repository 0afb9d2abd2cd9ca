"""Forgetting somebody, for real: the name is in no file of Kafka, ClickHouse and the projector, and stays away."""

import asyncio
import base64
import hashlib
import os
import re
import shutil
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from typing import cast

import clickhouse_connect
from aiokafka.record.memory_records import MemoryRecords
from clickhouse_connect.driver.client import Client
from clickhouse_connect.driver.exceptions import DatabaseError

from events.domain.application import Feedback
from events.identifying import record_of, tombstone_of
from events.log.appender import Record
from events.log.opening import open_log
from events.people import CompanyData, PersonData, Spend, Subject
from events.settings import KafkaSettings
from events.times import format_time
from projections.clickhouse.settings import ClickHouseSettings
from services.forgetting.erasing import Erasing
from services.forgetting.settling import look, see_to_it
from services.sagas.part import Surroundings
from tests.support.clickhouse import ClickHouseProcess
from tests.support.installed import borrowed
from tests.support.kafka import KafkaProcess
from tests.support.live_projector import LiveProjector
from tests.support.log import TestLog
from tests.support.people_log import company, person
from tests.support.stack import own_log

ANN, GLOBEX = Subject("acme", "person", "person-1"), Subject("acme", "company", "globex")
T = 1_700_000_000_000
SECRET = os.urandom(16).hex()
"""So random that no compression takes it apart: where it is in a file, its bytes are."""


_BASE64 = re.compile(rb'_base64":"([^"]*)"')


class House:
    """A log, a database and a projector of one's own, and all the files that they leave."""

    def __init__(
        self, log: TestLog, settings: ClickHouseSettings, kafka: Path, clickhouse: Path, projector: LiveProjector
    ) -> None:
        self.log = log
        self.settings = settings
        self.projector = projector
        self._kafka = kafka
        self._clickhouse = clickhouse
        self.client: Client = clickhouse_connect.get_client(
            **settings.client_options(), database="default", autogenerate_session_id=False
        )

    def rows(self, sql: str) -> list[tuple]:
        try:
            return self.client.query(sql.replace("groundswell.", f"{self.settings.database}.")).result_rows
        except DatabaseError as error:
            if error.code in (60, 81):
                return []
            raise

    def checksum(self) -> str:
        """What votes add up to."""
        rows = self.rows("SELECT post, up, down, importance FROM groundswell.standings ORDER BY post") + self.rows(
            "SELECT post, person, value, since FROM groundswell.votes ORDER BY post, person"
        )
        return hashlib.sha256(repr(rows).encode()).hexdigest()

    def places(self) -> set[str]:
        """Where the secret is."""
        found = {"kafka"} if SECRET.encode() in self._in_kafka() else set[str]()
        for name, folder in (("clickhouse", self._clickhouse), ("projector", self.projector.state.parent.parent)):
            if any(SECRET.encode() in content for content in _contents(folder)):
                found.add(name)
        return found

    def _in_kafka(self) -> bytes:
        """All that the files of this log's topics hold, unpacked."""
        parts: list[bytes] = []
        for folder in self._kafka.glob(f"{self.log.settings.topic_prefix}.*"):
            for path, content in zip(_files(folder), _contents(folder), strict=False):
                parts.append(content)
                if path.suffix == ".log":
                    records = MemoryRecords(content)
                    while records.has_next():
                        for record in records.next_batch():
                            value = record.value or b""
                            parts += [record.key or b"", value]
                            parts += [base64.b64decode(part) for part in _BASE64.findall(value)]  # of dead letters
        return b"\n".join(parts)

    async def until(
        self, condition: Callable[[], bool], what: str, seconds: float = 120, look_seconds: float = 0.3
    ) -> None:
        deadline = time.monotonic() + seconds
        while not await asyncio.to_thread(condition):
            assert time.monotonic() < deadline, f"waited {seconds:.0f} s until {what}: {self.places()}"
            assert self.projector.running, self.projector.printed[-3000:]
            await asyncio.sleep(look_seconds)


def _files(folder: Path) -> list[Path]:
    return [path for path in sorted(folder.rglob("*")) if path.is_file()]


def _contents(folder: Path) -> list[bytes]:
    found: list[bytes] = []
    for path in _files(folder):
        try:
            found.append(path.read_bytes())
        except FileNotFoundError:
            found.append(b"")
    return found


@asynccontextmanager
async def a_house(kafka: KafkaProcess, clickhouse: ClickHouseProcess, folder: Path) -> AsyncIterator[House]:
    settings = own_log(kafka.bootstrap).model_copy(update={"forget_within_seconds": 2})
    log = TestLog(settings, await open_log(settings, wait_seconds=60))
    with borrowed(clickhouse.url) as name:
        database = ClickHouseSettings(url=clickhouse.url, database=name)
        projector = LiveProjector(settings, database, folder)
        house = House(log, database, kafka.broker.log_folder, clickhouse.path, projector)
        projector.start()
        try:
            yield house
        finally:
            projector.kill()
            house.client.close()


@asynccontextmanager
async def erasing(settings: KafkaSettings, house: House) -> AsyncIterator[None]:
    part = Erasing(Surroundings(settings, house.log.topics, cast(Feedback, None)), house.settings)
    task = asyncio.create_task(part.run())
    try:
        yield
        assert part.complaint() is None
        assert not task.done(), task.exception()
    finally:
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task


async def say(house: House, *records: tuple[int, Record]) -> None:
    await house.log.append(house.log.topics.people, [(partition, [record]) for partition, record in records])


async def test_who_is_forgotten_is_in_no_file_and_a_rebuild_from_nothing_does_not_bring_them_back(
    kafka: KafkaProcess, clickhouse: ClickHouseProcess, tmp_path: Path
):
    async with a_house(kafka, clickhouse, tmp_path) as house:
        await house.log.append_votes(0, 500)
        await say_all(house)
        await house.until(lambda: known(house) == {"person-1": SECRET, "person-2": "Bob"}, "all are known")
        await house.until(lambda: bool(house.rows("SELECT 1 FROM groundswell.votes LIMIT 1")), "votes are there")
        assert await asyncio.to_thread(house.places) == {"kafka", "clickhouse", "projector"}  # or nothing is proven
        await house.until(lambda: house.rows("SELECT sum(up) FROM groundswell.standings") == [(500,)], "all count")
        before = house.checksum()

        async with erasing(house.log.settings, house):
            await say(house, tombstone_of(ANN, 12), tombstone_of(GLOBEX, 12))
            again = person("person-1", time.time_ns() // 1_000_000 + 60_000, PersonData(name="Ann again"), event="e9")
            late = person("person-1", T + 5, PersonData(name=SECRET), event="late")
            await say(house, record_of(again, 12), record_of(late, 12))
            await house.until(lambda: known(house) == {"person-1": "Ann again", "person-2": "Bob"}, "she is forgotten")
            await house.until(lambda: house.places() == set(), "the name is gone", look_seconds=1.0)
            left = await look(house.log.settings, house.log.topics, house.client, house.settings.database, ANN)
            assert (left.nothing, left.forgotten_at is not None) == (True, True)
        assert house.checksum() == before
        assert SECRET not in house.projector.printed
        past = house.rows("SELECT person, plan FROM groundswell.person_history ORDER BY person")
        assert past == [("person-1", ""), ("person-2", "free")]

        await asyncio.to_thread(house.projector.stop)
        house.client.command(f"DROP DATABASE {house.settings.database} SYNC")
        shutil.rmtree(house.projector.state)
        house.projector.start()
        await house.until(lambda: known(house) == {"person-1": "Ann again", "person-2": "Bob"}, "it is built again")
        await house.until(lambda: house.rows("SELECT sum(up) FROM groundswell.standings") == [(500,)], "all count")
        assert house.checksum() == before
        assert await asyncio.to_thread(house.places) == set()
        assert house.rows("SELECT person, plan FROM groundswell.person_history ORDER BY person") == past
        assert house.rows("SELECT workspace, kind, subject FROM groundswell.forgotten ORDER BY kind") == [
            ("acme", "company", "globex"), ("acme", "person", "person-1"),
        ]  # fmt: skip

        # Without the sagas, the command sees to it by itself; and a row that comes back is found.
        await say(house, record_of(person("person-3", T, PersonData(name="Cy", plan=SECRET), event="c"), 12))
        await house.until(lambda: len(known(house)) == 3, "Cy is known")
        cy = Subject("acme", "person", "person-3")
        await say(house, tombstone_of(cy, 12))
        arguments = (house.log.settings, house.log.topics, house.client, house.settings.database, cy)
        left = await see_to_it(*arguments, seconds=60)
        assert (left.unburied, left.rows, left.behind) == (0, 0, ())
        put_back(house)
        assert (await look(*arguments)).rows == 1
        assert (await see_to_it(*arguments, seconds=60)).rows == 0


async def say_all(house: House) -> None:
    secret = PersonData(
        name=SECRET, email=f"{SECRET}@example.com", company="globex", plan="gold", spend=Spend(900, "EUR"),
        traits={"who": SECRET},
    )  # fmt: skip
    facts = [
        person("person-1", T, secret, event="e1"),
        person("person-1", T + 1, PersonData(traits={"who": f"{SECRET}-2"}), event="e2"),
        person("person-2", T, PersonData(name="Bob", plan="free"), event="e3"),
        company("globex", T, CompanyData(name=f"{SECRET} AG", domain=f"{SECRET}.example"), event="e4"),
    ]
    await say(house, *(record_of(fact, 12) for fact in facts))
    # One that nobody can read: it is a dead letter, which must not hold what it says.
    broken = f'{{"type":"groundswell.person.identified.v1","name":"{SECRET}"'.encode()
    await say(house, (ANN.partition(12), Record(ANN.record_key(), broken)))
    await say(house, record_of(person("person-1", T + 2, PersonData(plan="silver"), event="e5"), 12))


def known(house: House) -> dict[str, str]:
    rows = house.rows("SELECT person, name, plan FROM groundswell.people")
    return {who: name for who, name, _ in rows}


def put_back(house: House) -> None:
    """What a projector that was frozen before the tombstone would do when it wakes."""
    table = f"{house.settings.database}.person_history_g1"
    house.client.command(
        f"INSERT INTO {table} (workspace, person, occurred_at, `offset`, plan, version) "
        f"VALUES ('acme', 'person-3', '{format_time(T)[:-1]}', 0, 'back', 0)"
    )
