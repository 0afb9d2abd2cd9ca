"""Health and metrics, and coming up while everything is away."""

from pathlib import Path

import httpx

from tests.support.clickhouse import ClickHouseProcess
from tests.support.kafka import KafkaProcess
from tests.support.stack import Api, own_database, own_log, serving


async def test_ready(api: Api) -> None:
    async with httpx.AsyncClient(base_url=api.url) as client:
        live, ready = await client.get("/health/live"), await client.get("/health/ready")
    assert live.status_code == 200
    assert (ready.status_code, ready.json()) == (200, {"status": "ready", "log": "ok", "clickhouse": "ok"})


async def test_it_lives_while_everything_is_away(tmp_path: Path) -> None:
    log, database = own_log("127.0.0.1:1"), own_database("http://127.0.0.1:1")
    async with (
        serving(log, database, tmp_path, opened=False) as api,
        httpx.AsyncClient(base_url=api.url) as client,
    ):
        assert (await client.get("/health/live")).status_code == 200
        ready = await client.get("/health/ready")
        assert ready.status_code == 503
        assert ready.json()["log"] != "ok"
        assert ready.json()["clickhouse"] != "ok"
        for answer in (await client.get("/v1/ranking"), await client.put("/v1/posts/a/votes/ann")):
            assert answer.status_code == 503
            assert answer.headers["retry-after"]
            assert answer.headers["content-type"] == "application/problem+json"


async def test_votes_are_taken_while_clickhouse_is_away(kafka: KafkaProcess, tmp_path: Path) -> None:
    log, database = own_log(kafka.bootstrap), own_database("http://127.0.0.1:1")
    async with serving(log, database, tmp_path) as api, await api.client("acme") as client:
        await client.put("/v1/boards/ideas", json={"name": "Ideas"})
        await client.put("/v1/posts/a", json={"board": "ideas", "title": "A"})
        assert (await client.put("/v1/posts/a/votes/ann")).status_code == 200
        for path in ("/v1/ranking", "/v1/posts/a", "/v1/posts/a/votes", "/v1/events"):
            answer = await client.get(path)
            assert answer.status_code == 503
            assert answer.headers["retry-after"]
            assert "ClickHouse" in answer.json()["detail"]
        ready = await client.get("/health/ready")
        assert (ready.status_code, ready.json()["log"]) == (503, "ok")


async def test_reads_say_that_the_projector_has_not_been_there(
    kafka: KafkaProcess, clickhouse: ClickHouseProcess, tmp_path: Path
) -> None:
    log, database = own_log(kafka.bootstrap), own_database(clickhouse.url)
    async with serving(log, database, tmp_path) as api, await api.client("acme") as client:
        answer = await client.get("/v1/ranking")
    assert answer.status_code == 503
    assert "projector" in answer.json()["detail"]


async def test_waiting_for_a_view_that_stands_still_ends(api: Api, admin: httpx.AsyncClient, posts: list[str]) -> None:
    import msgspec

    position = (await admin.put("/v1/posts/a/votes/ann")).json()["position"]
    there = api.services.progress.read_token("after", position)
    ahead = type(there)({partition: at + 1_000_000 for partition, at in there.next_offsets.items()})
    patience = api.services.progress._after_seconds
    api.services.progress._after_seconds = 0.2
    try:
        answer = await admin.get("/v1/ranking", params={"after": ahead.token()})
    finally:
        api.services.progress._after_seconds = patience
    assert answer.status_code == 503
    assert answer.headers["retry-after"]
    assert msgspec.json.decode(answer.content)["type"].endswith(":behind")


async def test_metrics(api: Api, admin: httpx.AsyncClient, posts: list[str]) -> None:
    await admin.put("/v1/posts/a/votes/ann")
    await admin.put("/v1/posts/nowhere/votes/ann")
    await admin.get("/v1/this-is-no-route")
    async with httpx.AsyncClient(base_url=api.url) as client:
        text = (await client.get("/metrics")).text
    route = 'route="/v1/posts/{post}/votes/{person}"'
    assert f'groundswell_api_requests_total{{method="PUT",{route},status="200"}}' in text
    assert 'groundswell_api_votes_total{outcome="accepted"}' in text
    assert "this-is-no-route" not in text


async def test_more_than_the_bound_is_turned_away(
    kafka: KafkaProcess, clickhouse: ClickHouseProcess, tmp_path: Path
) -> None:
    log, database = own_log(kafka.bootstrap), own_database(clickhouse.url)
    async with (
        serving(log, database, tmp_path, max_requests=1) as api,
        await api.client("acme") as client,
    ):
        gate = api.app._gate  # type: ignore[attr-defined]
        gate._under_way += 1
        answer = await client.put("/v1/boards/ideas", json={"name": "Ideas"})
        assert (answer.status_code, answer.headers["retry-after"]) == (503, "1")
        assert (await client.get("/health/live")).status_code == 200
        gate._under_way -= 1
        assert (await client.put("/v1/boards/ideas", json={"name": "Ideas"})).status_code == 201
