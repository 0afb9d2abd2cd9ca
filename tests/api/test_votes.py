"""One vote and many votes: what is answered, and what then stands."""

import json

import httpx
import pytest

from tests.support.stack import Api


async def standing(client: httpx.AsyncClient, post: str, after: str, **params: str) -> dict[str, tuple[int, int]]:
    answer = await client.get(f"/v1/posts/{post}/votes", params={"after": after, "limit": "100", **params})
    assert answer.status_code == 200, answer.text
    return {item["person"]: (item["value"], item["importance"]) for item in answer.json()["items"]}


async def test_a_vote_is_set_and_withdrawn_never_toggled(admin: httpx.AsyncClient, posts: list[str]) -> None:
    for _ in range(2):
        answer = await admin.put("/v1/posts/a/votes/ann", json={})
    assert await standing(admin, "a", answer.json()["position"]) == {"ann": (1, 1)}
    for _ in range(2):
        answer = await admin.delete("/v1/posts/a/votes/ann")
    body = answer.json()
    position = body.pop("position")
    assert body == {"post": "a", "person": "ann", "value": 0, "importance": 0}
    assert await standing(admin, "a", position) == {}


async def test_a_vote_without_a_body_is_an_up_vote(admin: httpx.AsyncClient, posts: list[str]) -> None:
    answer = await admin.put("/v1/posts/a/votes/ann")
    assert (answer.status_code, answer.json()["value"], answer.json()["importance"]) == (200, 1, 1)


@pytest.mark.parametrize("how", ["query", "body"])
async def test_a_withdrawal_takes_its_time_from_query_or_body(
    admin: httpx.AsyncClient, posts: list[str], how: str
) -> None:
    await admin.put("/v1/posts/a/votes/ann", json={"at": "2021-05-01T00:00:00Z"})
    fields = {"at": "2021-06-01T00:00:00Z", "id": "gone-1"}
    given = {"params": fields} if how == "query" else {"json": fields}
    answer = await admin.request("DELETE", "/v1/posts/a/votes/ann", **given)
    history = await admin.get("/v1/posts/a/history", params={"after": answer.json()["position"]})
    last = history.json()["items"][-1]
    assert (last["change"], last["occurred_at"], last["id"]) == ("withdrawn", "2021-06-01T00:00:00.000Z", "gone-1")


async def test_a_batch_keeps_the_good_and_names_the_bad(admin: httpx.AsyncClient, posts: list[str]) -> None:
    await admin.post("/v1/posts/c:close", json={"reason": "shipped"})
    good = {"post": "a", "person": "ann", "value": 1, "importance": 2}
    items = [
        good,
        {"post": "nowhere", "person": "ann", "value": 1},
        {"post": "c", "person": "ann", "value": 1},
        {"post": "a", "person": "a b", "value": 1},
        {"post": "a", "person": "bob", "value": 2},
        {"post": "a", "person": "bob", "value": 1, "importance": 4},
        {"post": "a", "person": "bob", "value": 1, "at": "tomorrow"},
        {"post": "a", "person": "bob", "value": 1, "at": "2099-01-01T00:00:00Z"},
        {"post": "a", "person": "bob", "value": 1, "id": "has space"},
        {"post": "a", "person": "bob", "value": 1, "colour": "red"},
        {"post": "a", "person": "bob"},
        "not a vote",
        good | {"person": "cid", "value": -1},
    ]
    fields = ["post", "post", "person", "value", "importance", "at", "at", "id", "colour", "value", "body"]
    as_json = await admin.post("/v1/votes:batch", json={"votes": items})
    lines = "\n".join(map(json.dumps, items)).encode()
    as_lines = await admin.post("/v1/votes:batch", content=lines, headers={"content-type": "application/x-ndjson"})
    for answer in (as_json, as_lines):
        assert answer.status_code == 200, answer.text
        body = answer.json()
        assert (body["accepted"], body["rejected"]) == (2, 11)
        assert [(error["index"], error["field"]) for error in body["errors"]] == list(enumerate(fields, start=1))
        assert all(error["message"] for error in body["errors"])
        assert await standing(admin, "a", body["position"]) == {"ann": (1, 2), "cid": (-1, 2)}
    assert "shipped" in as_json.json()["errors"][1]["message"]


async def test_a_broken_line_is_one_rejected_item(admin: httpx.AsyncClient, posts: list[str]) -> None:
    lines = b'{"post":"a","person":"ann","value":1}\n{broken\n\n{"post":"a","person":"bob","value":1}\n'
    answer = await admin.post("/v1/votes:batch", content=lines, headers={"content-type": "application/x-ndjson"})
    body = answer.json()
    assert (body["accepted"], [error["index"] for error in body["errors"]]) == (2, [1])


async def test_the_order_within_a_batch_counts(admin: httpx.AsyncClient, posts: list[str]) -> None:
    votes = [{"post": "a", "person": "ann", "value": value} for value in (1, 0, -1, 0, 1, -1)]
    answer = await admin.post("/v1/votes:batch", json={"votes": votes})
    assert await standing(admin, "a", answer.json()["position"]) == {"ann": (-1, 1)}
    history = await admin.get("/v1/posts/a/history")
    assert [item["value_after"] for item in history.json()["items"]] == [1, 0, -1, 0, 1, -1]


async def test_the_full_batch_is_taken(admin: httpx.AsyncClient, posts: list[str]) -> None:
    votes = [{"post": "b", "person": f"p{number}", "value": 1} for number in range(10_000)]
    answer = await admin.post("/v1/votes:batch", json={"votes": votes})
    assert answer.json()["accepted"] == 10_000
    post = await admin.get("/v1/posts/b", params={"after": answer.json()["position"]})
    assert (post.json()["up"], post.json()["voters"], post.json()["score"]) == (10_000, 10_000, 10_000)


async def test_a_closed_post_takes_votes_again_when_reopened(admin: httpx.AsyncClient, posts: list[str]) -> None:
    closed = await admin.post("/v1/posts/a:close", json={"reason": "not now"})
    assert (closed.status_code, closed.json()["status"], closed.json()["closed_reason"]) == (200, "closed", "not now")
    refused = await admin.put("/v1/posts/a/votes/ann")
    assert refused.status_code == 409
    assert refused.headers["content-type"] == "application/problem+json"
    assert "not now" in refused.json()["errors"][0]["message"]
    opened = await admin.post("/v1/posts/a:reopen")
    assert (opened.status_code, opened.json()["status"]) == (200, "open")
    assert (await admin.put("/v1/posts/a/votes/ann")).status_code == 200


async def test_what_one_person_stands_on(admin: httpx.AsyncClient, posts: list[str]) -> None:
    votes = [{"post": post, "person": "ann", "value": -1 if post == "b" else 1} for post in posts]
    await admin.post("/v1/votes:batch", json={"votes": votes})
    gone = await admin.delete("/v1/posts/c/votes/ann")
    answer = await admin.get("/v1/persons/ann/votes", params={"after": gone.json()["position"]})
    items = answer.json()["items"]
    assert [(item["post"], item["title"], item["board"], item["value"]) for item in items] == [
        ("a", "Post a", "ideas", 1),
        ("b", "Post b", "ideas", -1),
    ]
    nobody = await admin.get("/v1/persons/nobody/votes")
    assert (nobody.status_code, nobody.json()["items"]) == (200, [])


async def test_roles(api: Api, workspace: str, posts: list[str]) -> None:
    async with await api.client(workspace, "ingest") as ingest, await api.client(workspace, "read") as read:
        assert (await ingest.put("/v1/posts/a/votes/ann")).status_code == 200
        assert (await ingest.get("/v1/ranking")).status_code == 200
        assert (await read.get("/v1/ranking")).status_code == 200
        for refused in (
            await read.put("/v1/posts/a/votes/ann"),
            await read.post("/v1/votes:batch", json={"votes": []}),
            await read.put("/v1/posts/a", json={}),
            await ingest.put("/v1/boards/x", json={"name": "X"}),
            await ingest.post("/v1/posts/a:close"),
        ):
            assert refused.status_code == 403, refused.text
            assert refused.json()["type"] == "urn:groundswell:problem:forbidden"


async def test_a_revoked_key_opens_nothing(api: Api, workspace: str) -> None:
    import asyncio

    from events.domain.commands import RevokeKey

    feedback = api.services.feedback
    key, _ = await asyncio.to_thread(feedback.create_key, workspace, "read")
    async with httpx.AsyncClient(base_url=api.url, headers={"authorization": f"Bearer {key.text}"}) as client:
        assert (await client.get("/v1/ranking")).status_code == 200
        await asyncio.to_thread(feedback.execute, RevokeKey(workspace=workspace, key=key.key))
        refused = await client.get("/v1/ranking")
    assert refused.status_code == 401
    assert refused.headers["www-authenticate"].startswith("Bearer")


async def test_workspaces_do_not_cross(api: Api, admin: httpx.AsyncClient, posts: list[str]) -> None:
    position = (await admin.put("/v1/posts/a/votes/ann")).json()["position"]
    async with await api.client("elsewhere") as other:
        assert (await other.get("/v1/ranking", params={"after": position})).json()["items"] == []
        assert (await other.get("/v1/posts")).json()["items"] == []
        assert (await other.get("/v1/boards")).json()["items"] == []
        assert (await other.get("/v1/persons/ann/votes")).json()["items"] == []
        for path in ("/v1/posts/a", "/v1/posts/a/votes", "/v1/posts/a/history"):
            assert (await other.get(path)).status_code == 404, path
        assert (await other.put("/v1/posts/a/votes/ann")).status_code == 404
        assert (await other.post("/v1/posts/a:close")).status_code == 404
        batch = await other.post("/v1/votes:batch", json={"votes": [{"post": "a", "person": "ann", "value": -1}]})
        assert batch.json()["accepted"] == 0
        feed = await other.get("/v1/events", params={"limit": 1000})
        assert {event["source"] for event in feed.json()["items"]} <= {"elsewhere"}
    assert await standing(admin, "a", position) == {"ann": (1, 1)}
