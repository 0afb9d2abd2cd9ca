"""The ranking: formulas, filters, pages over ties, ETags, and a memory that is never older than asked for."""

import asyncio
import random

import httpx
import pytest

from tests.support.stack import Api


async def everything(client: httpx.AsyncClient, path: str, limit: int, **params: str) -> list[dict[str, object]]:
    """All items, page by page."""
    items: list[dict[str, object]] = []
    cursor: dict[str, str] = {}
    while True:
        answer = await client.get(path, params={"limit": limit, **params, **cursor})
        assert answer.status_code == 200, answer.text
        body = answer.json()
        assert len(body["items"]) <= limit
        items += body["items"]
        if body["next_cursor"] is None:
            return items
        assert len(body["items"]) == limit
        cursor = {"cursor": body["next_cursor"]}


async def test_formulas(admin: httpx.AsyncClient, posts: list[str]) -> None:
    votes = [{"post": "a", "person": f"p{n}", "value": 1, "at": "2020-02-01T00:00:00Z"} for n in range(3)]
    votes += [{"post": "b", "person": f"p{n}", "value": 1} for n in range(2)]
    after = (await admin.post("/v1/votes:batch", json={"votes": votes})).json()["position"]

    async def order(by: str) -> list[str]:
        answer = await admin.get("/v1/ranking", params={"by": by, "after": after})
        assert answer.json()["formula"] == by
        return [item["post"] for item in answer.json()["items"]]

    assert await order("top") == ["a", "b", "c"]
    assert await order("trending") == ["b", "a", "c"]
    assert await order("recent") == ["c", "b", "a"]


async def test_filters(admin: httpx.AsyncClient, posts: list[str]) -> None:
    await admin.put("/v1/boards/bugs", json={"name": "Bugs"})
    await admin.put("/v1/posts/bug", json={"board": "bugs", "title": "Bug"})
    after = (await admin.post("/v1/posts/a:close")).json()["position"]

    async def found(**params: str) -> set[str]:
        answer = await admin.get("/v1/ranking", params={"after": after, **params})
        return {item["post"] for item in answer.json()["items"]}

    assert await found() == {"a", "b", "c", "bug"}
    assert await found(board="bugs") == {"bug"}
    assert await found(status="closed") == {"a"}
    assert await found(board="ideas", status="open") == {"b", "c"}
    assert await found(tag="nobody-has-it") == set()


@pytest.mark.parametrize("by", ["top", "trending", "recent"])
async def test_pages_over_ties_repeat_and_skip_nothing(admin: httpx.AsyncClient, by: str) -> None:
    chance = random.Random(5)
    await admin.put("/v1/boards/ideas", json={"name": "Ideas"})
    names = [f"post-{number}" for number in range(23)]
    chance.shuffle(names)
    bodies = [{"board": "ideas", "title": name, "at": f"2020-01-0{chance.randint(1, 3)}T00:00:00Z"} for name in names]
    made = await asyncio.gather(*(admin.put(f"/v1/posts/{body['title']}", json=body) for body in bodies))
    votes = [
        {"post": name, "person": f"p{n}", "value": 1, "at": "2020-03-01T00:00:00Z"}
        for name in names
        for n in range(chance.randint(0, 2))
    ]
    voted = await admin.post("/v1/votes:batch", json={"votes": votes})
    for answer in made:
        await admin.get("/v1/ranking", params={"after": answer.json()["position"]})
    whole = (await admin.get("/v1/ranking", params={"by": by, "limit": 100, "after": voted.json()["position"]})).json()[
        "items"
    ]
    assert {item["post"] for item in whole} == set(names)
    for limit in (1, 4, 23):
        assert await everything(admin, "/v1/ranking", limit, by=by) == whole
    assert [item["rank"] for item in whole] == list(range(1, 24))


async def test_other_lists_page_over_ties_too(admin: httpx.AsyncClient, posts: list[str]) -> None:
    votes = [
        {"post": post, "person": f"p{n}", "value": 1, "at": "2020-03-01T00:00:00Z"} for n in range(7) for post in posts
    ]
    after = (await admin.post("/v1/votes:batch", json={"votes": votes})).json()["position"]
    for path, name, expected in (
        ("/v1/posts/a/votes", "person", {f"p{n}" for n in range(7)}),
        ("/v1/posts/a/history", "person", {f"p{n}" for n in range(7)}),
        ("/v1/persons/p1/votes", "post", set(posts)),
        ("/v1/posts", "post", set(posts)),
    ):
        found = await everything(admin, path, 2, after=after)
        assert len(found) == len(expected), path
        assert {item[name] for item in found} == expected
    as_of = await everything(admin, "/v1/posts/a/votes", 3, as_of="2020-04-01T00:00:00Z")
    assert [item["person"] for item in as_of] == [f"p{n}" for n in range(7)]


async def test_what_has_not_changed_is_not_sent(admin: httpx.AsyncClient, posts: list[str]) -> None:
    after = (await admin.put("/v1/posts/a/votes/ann")).json()["position"]
    first = await admin.get("/v1/ranking", params={"after": after})
    etag = first.headers["etag"]
    same = await admin.get("/v1/ranking", headers={"if-none-match": f'"other", {etag}'})
    assert (same.status_code, same.content, same.headers["etag"]) == (304, b"", etag)
    after = (await admin.put("/v1/posts/a/votes/bob")).json()["position"]
    changed = await admin.get("/v1/ranking", params={"after": after}, headers={"if-none-match": etag})
    assert changed.status_code == 200
    assert changed.headers["etag"] != etag


async def test_reading_ones_own_writes_in_spite_of_the_memory(admin: httpx.AsyncClient, posts: list[str]) -> None:
    for number in range(1, 6):
        await admin.get("/v1/ranking")
        position = (await admin.put(f"/v1/posts/b/votes/p{number}")).json()["position"]
        read = await asyncio.gather(*(admin.get("/v1/ranking", params={"after": position}) for _ in range(5)))
        assert {answer.json()["items"][0]["score"] for answer in read} == {number}


async def test_a_thousand_readers_are_not_a_thousand_queries(
    api: Api, admin: httpx.AsyncClient, posts: list[str]
) -> None:
    before = api.services.rankings.misses
    answers = await asyncio.gather(*(admin.get("/v1/ranking", params={"limit": 7}) for _ in range(50)))
    assert {answer.status_code for answer in answers} == {200}
    assert api.services.rankings.misses - before < 5
