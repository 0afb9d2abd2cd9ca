"""One stack for all tests of the API: each test takes a workspace of its own."""

import asyncio
import uuid
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import httpx
import pytest
import pytest_asyncio

from events.domain.webhooks.settings import WebhookSettings
from events.settings import KafkaSettings
from projections.catalog import ACROSS
from projections.clickhouse.query import Query
from services.sagas.part import Surroundings
from services.sagas.rulings import RulingsPart
from tests.support.clickhouse import ClickHouseProcess
from tests.support.kafka import KafkaProcess
from tests.support.stack import Api, ProjectorProcess, own_database, own_log, serving


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def api(
    kafka: KafkaProcess, clickhouse: ClickHouseProcess, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[Api]:
    log, database = own_log(kafka.bootstrap), own_database(clickhouse.url)
    projector = ProjectorProcess(log, database, tmp_path_factory.mktemp("projector"))
    projector.start()
    try:
        async with serving(log, database, tmp_path_factory.mktemp("api"), after_seconds=30) as served:
            served.services.webhook_settings = WebhookSettings.model_validate({"keys": "k1:" + "s" * 40})
            await built(served)
            async with telling_the_ballots(served, log):
                yield served
    finally:
        projector.stop()


@asynccontextmanager
async def telling_the_ballots(api: Api, log: KafkaSettings) -> AsyncIterator[None]:
    """The saga of merges and budgets, in this process."""
    surroundings = Surroundings(log, api.services.topics, api.services.feedback)
    task = asyncio.create_task(RulingsPart(surroundings).run())
    try:
        yield
        assert not task.done(), task
    finally:
        task.cancel()
        await asyncio.wait([task])


async def built(api: Api) -> None:
    """Wait until the projector has made its views: those across several projections come last."""
    sql = "SELECT name FROM system.tables WHERE database = {database:String} AND name = {view:String}"
    query = Query(sql, {"database": api.services.view.database, "view": ACROSS[-1].name})
    async with asyncio.timeout(60):
        while not await api.services.view.rows(query):
            await asyncio.sleep(0.05)


@pytest.fixture
def workspace() -> str:
    return f"w{uuid.uuid4().hex[:10]}"


@pytest_asyncio.fixture(loop_scope="session")
async def admin(api: Api, workspace: str) -> AsyncIterator[httpx.AsyncClient]:
    async with await api.client(workspace, "admin") as client:
        yield client


@pytest_asyncio.fixture(loop_scope="session")
async def posts(admin: httpx.AsyncClient) -> list[str]:
    """A board `ideas` with the posts `a`, `b` and `c`, submitted in that order."""
    return await make_posts(admin)


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def quiet(api: Api) -> AsyncIterator[httpx.AsyncClient]:
    """An admin's client in a workspace with the same board and posts, where every test is refused."""
    async with await api.client("quiet") as client:
        await make_posts(client)
        yield client


async def make_posts(admin: httpx.AsyncClient) -> list[str]:
    assert (await admin.put("/v1/boards/ideas", json={"name": "Ideas"})).status_code == 201
    for number, post in enumerate("abc"):
        body = {"board": "ideas", "title": f"Post {post}", "at": f"2020-01-0{number + 1}T00:00:00Z"}
        assert (await admin.put(f"/v1/posts/{post}", json=body)).status_code == 201
    return list("abc")
