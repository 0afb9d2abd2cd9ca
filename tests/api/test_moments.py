"""As of and as known at: by when things happened, and by when they were recorded."""

import asyncio
from datetime import UTC, datetime

import httpx


def scores(answer: httpx.Response) -> dict[str, int]:
    assert answer.status_code == 200, answer.text
    return {item["post"]: item["score"] for item in answer.json()["items"]}


async def test_as_of_is_by_when_it_happened(admin: httpx.AsyncClient, posts: list[str]) -> None:
    for month in (2, 3, 4):
        vote = {"at": f"2020-0{month}-10T00:00:00Z"}
        answer = await admin.put(f"/v1/posts/a/votes/p{month}", json=vote)
    answer = await admin.put("/v1/posts/a/votes/p3", json={"value": -1, "at": "2020-05-01T00:00:00Z"})
    after = answer.json()["position"]

    async def at(moment: str) -> int:
        return scores(await admin.get("/v1/ranking", params={"after": after, "as_of": moment}))["a"]

    assert [await at(f"2020-{month:02}-15T00:00:00Z") for month in (1, 2, 3, 4, 5)] == [0, 1, 2, 3, 1]
    assert await at("2020-03-10") == 2
    assert scores(await admin.get("/v1/ranking", params={"as_of": "2019-01-01"})) == {}
    post = await admin.get("/v1/posts/a", params={"as_of": "2020-04-15T00:00:00Z"})
    assert (post.json()["up"], post.json()["as_of"]) == (3, "2020-04-15T00:00:00.000Z")
    assert "etag" not in post.headers
    votes = await admin.get("/v1/posts/a/votes", params={"as_of": "2020-04-15T00:00:00Z"})
    assert [(item["person"], item["value"]) for item in votes.json()["items"]] == [("p2", 1), ("p3", 1), ("p4", 1)]
    now = await admin.get("/v1/posts/a/votes")
    assert [(item["person"], item["value"]) for item in now.json()["items"]] == [("p2", 1), ("p3", -1), ("p4", 1)]


async def test_a_post_was_not_there_before(admin: httpx.AsyncClient, posts: list[str]) -> None:
    answer = await admin.get("/v1/posts/a", params={"as_of": "2019-12-31T23:59:59Z"})
    assert answer.status_code == 404


async def test_known_at_is_by_when_it_was_recorded(admin: httpx.AsyncClient, posts: list[str]) -> None:
    await admin.put("/v1/posts/a/votes/ann", json={"at": "2020-02-01T00:00:00Z"})
    await asyncio.sleep(0.05)
    known = datetime.now(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
    await asyncio.sleep(0.05)
    late = await admin.put("/v1/posts/a/votes/bob", json={"at": "2020-01-15T00:00:00Z"})
    after = late.json()["position"]

    async def score(**params: str) -> int:
        return scores(await admin.get("/v1/ranking", params={"after": after, **params}))["a"]

    assert await score(as_of="2020-03-01T00:00:00Z") == 2
    assert await score(as_of="2020-03-01T00:00:00Z", known_at=known) == 1
    assert await score(known_at=known) == 1
    assert await score(as_of="2020-01-20T00:00:00Z", known_at=known) == 0
    assert await score(as_of="2020-01-20T00:00:00Z") == 1
