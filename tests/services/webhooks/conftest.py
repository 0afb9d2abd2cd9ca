"""An installation whose webhooks are delivered, and a receiver. Each test takes a workspace of its own."""

import asyncio
import uuid
from collections.abc import AsyncIterator

import pytest
import pytest_asyncio

from events.domain.application import Feedback
from events.domain.webhooks.commands import DeleteWebhook
from events.domain.webhooks.secrets import Secrets
from events.ledger.settings import LedgerSettings
from projections.clickhouse.settings import ClickHouseSettings
from services.webhooks.delivering import Webhooks
from tests.support.clickhouse import ClickHouseProcess
from tests.support.installed import borrowed
from tests.support.kafka import KafkaProcess
from tests.support.log import new_log
from tests.support.receiver import Path, Receiver, receiving
from tests.support.stack import ProjectorProcess
from tests.support.webhooks import WEBHOOKS, House, Place


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def house(
    kafka: KafkaProcess, clickhouse: ClickHouseProcess, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[House]:
    log = await new_log(kafka.bootstrap)
    with borrowed(clickhouse.url) as name:
        database = ClickHouseSettings(url=clickhouse.url, database=name)
        projector = ProjectorProcess(log.settings, database, tmp_path_factory.mktemp("webhooks"))
        projector.start()
        feedback = await asyncio.to_thread(Feedback, log.settings, LedgerSettings())
        try:
            yield House(log, database, feedback, projector, Secrets(WEBHOOKS))
        finally:
            await asyncio.to_thread(feedback.close)
            projector.stop()


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def delivering(house: House) -> AsyncIterator[Webhooks]:
    """The part that delivers, in this process."""
    part = house.part()
    task = asyncio.create_task(part.run())
    try:
        yield part
        assert not task.done(), task
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def receiver() -> AsyncIterator[Receiver]:
    async with receiving() as made:
        yield made


@pytest_asyncio.fixture(loop_scope="session")
async def place(house: House) -> AsyncIterator[Place]:
    """A workspace; its webhooks end with the test."""
    made = Place(house, f"w{uuid.uuid4().hex[:10]}")
    yield made
    for name in made.webhooks:
        await made.decide(DeleteWebhook, name)


@pytest.fixture
def path(receiver: Receiver, place: Place) -> Path:
    """A path that takes everything."""
    return receiver.path(place.workspace)
