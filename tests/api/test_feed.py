"""The change feed: everything of the workspace, once, in order within a partition."""

import asyncio
from typing import Any

import httpx
import pytest

from events.domain.comments.commands import WriteComment
from events.domain.posts.commands import DeletePost
from events.log.appender import Record
from events.position import Positions
from events.rulings import PostUnmerged, UnmergedData, encode_ruling
from projections.events import queries
from tests.support.stack import Api


async def follow(client: httpx.AsyncClient, limit: int, after: str | None = None) -> tuple[list[Any], str]:
    events: list[Any] = []
    while True:
        params = {"limit": limit} | ({} if after is None else {"after": after})
        answer = await client.get("/v1/events", params=params)
        assert answer.status_code == 200, answer.text
        body = answer.json()
        after = body["position"]
        if not body["items"]:
            return events, after
        events += body["items"]


async def folded(api: Api, position: str) -> None:
    """Wait until the projection of events includes a position."""
    await api.services.progress.wait(["events"], api.services.progress.read_token("after", position), 30)


@pytest.mark.parametrize("few", [0, queries.FEW_RECORDS])
async def test_everything_once_and_in_order(
    api: Api, admin: httpx.AsyncClient, posts: list[str], monkeypatch: pytest.MonkeyPatch, few: int
) -> None:
    """Read partition by partition, and in one scan."""
    monkeypatch.setattr(queries, "FEW_RECORDS", few)
    votes = [{"post": "a", "person": f"p{n % 5}", "value": 1 if n % 2 else 0, "id": f"v{n}"} for n in range(40)]
    voted = await admin.post("/v1/votes:batch", json={"votes": votes})
    await folded(api, voted.json()["position"])
    for limit in (1000, 7, 3):
        events, _ = await follow(admin, limit)
        ids = [event["id"] for event in events]
        assert len(ids) == len(set(ids))
        assert {f"v{n}" for n in range(40)} <= set(ids)
        for person in range(5):
            own = [event["id"] for event in events if event["data"].get("person") == f"p{person}"]
            assert own == [f"v{n}" for n in range(person, 40, 5)]
        submitted = [event["data"]["post"] for event in events if event["type"] == "groundswell.post.submitted.v1"]
        assert submitted == posts


async def test_an_event_is_a_cloudevent(api: Api, admin: httpx.AsyncClient, posts: list[str], workspace: str) -> None:
    vote = {"value": -1, "id": "mine", "at": "2021-01-01T00:00:00Z", "by": "sue"}
    voted = await admin.put("/v1/posts/a/votes/ann", json=vote)
    await folded(api, voted.json()["position"])
    events, _ = await follow(admin, 1000)
    event = next(event for event in events if event["id"] == "mine")
    assert event.pop("recordedtime") > "2024"
    assert event.pop("position") == voted.json()["position"]
    assert event == {
        "specversion": "1.0",
        "type": "groundswell.vote.cast.v1",
        "id": "mine",
        "source": workspace,
        "subject": "a",
        "time": "2021-01-01T00:00:00.000Z",
        "actor": "sue",
        "data": {"person": "ann", "value": -1, "by": "sue"},
    }


async def test_only_what_is_new(api: Api, admin: httpx.AsyncClient, posts: list[str]) -> None:
    first = await admin.put("/v1/posts/a/votes/ann", json={"id": "one"})
    await folded(api, first.json()["position"])
    _, position = await follow(admin, 1000)
    second = await admin.put("/v1/posts/a/votes/bob", json={"id": "two"})
    await folded(api, second.json()["position"])
    events, _ = await follow(admin, 1000, position)
    assert [event["id"] for event in events] == ["two"]


async def test_waiting_for_what_comes(api: Api, admin: httpx.AsyncClient, posts: list[str]) -> None:
    first = await admin.put("/v1/posts/a/votes/ann", json={"id": "one"})
    await folded(api, first.json()["position"])
    _, position = await follow(admin, 1000)
    waiting = asyncio.create_task(admin.get("/v1/events", params={"after": position, "wait": 20}))
    await asyncio.sleep(0.3)
    assert not waiting.done()
    await admin.put("/v1/posts/a/votes/bob", json={"id": "two"})
    answer = await waiting
    assert [event["id"] for event in answer.json()["items"]] == ["two"]


async def test_waiting_ends(admin: httpx.AsyncClient, posts: list[str]) -> None:
    _, position = await follow(admin, 1000)
    answer = await admin.get("/v1/events", params={"after": position, "wait": 0.2})
    assert answer.status_code == 200


async def test_only_of_some_types(api: Api, admin: httpx.AsyncClient, posts: list[str]) -> None:
    voted = await admin.put("/v1/posts/a/votes/ann", json={"id": "one"})
    await folded(api, voted.json()["position"])
    for types, expected in (
        ("groundswell.post", {"groundswell.post.submitted.v1"}),
        (
            "groundswell.board.created,groundswell.vote.cast.v1",
            {"groundswell.board.created.v1", "groundswell.vote.cast.v1"},
        ),
        ("groundswell.comment", set()),
    ):
        answer = await admin.get("/v1/events", params={"types": types})
        assert {event["type"] for event in answer.json()["items"]} == expected
    for wrong in ("groundswell.pots", "", "groundswell.post,"):
        answer = await admin.get("/v1/events", params={"types": wrong})
        assert (answer.status_code, answer.json()["errors"][0]["field"]) == (400, "types")


async def test_what_is_internal_is_not_for_everybody(
    api: Api, admin: httpx.AsyncClient, posts: list[str], workspace: str
) -> None:
    """Neither are rulings, which partitions of the ballots tell each other, for anybody."""
    feedback = api.services.feedback
    await api.key(workspace, "read")  # before all else: that a key was made is an event, too
    for comment, internal in (("open", False), ("note", True)):
        await feedback.execute_async(
            WriteComment(workspace=workspace, comment=comment, post="a", author="ann", body="x", internal=internal)
        )
    await admin.post("/v1/posts/b:close", json={"reason": "for everybody"})
    deleted = DeletePost(workspace=workspace, post="c", reason="for us")
    saved = await feedback.execute_async(deleted)
    ruling = PostUnmerged(
        id="r", source=workspace, subject="a", time="2026-01-01T00:00:00.000Z", data=UnmergedData(ledger=1, number=0)
    )
    (at,) = await api.services.appender.append([(0, [Record(b"", encode_ruling(ruling))])])
    await api.services.progress.wait(["events"], Positions.after([at, saved.position]), 30)
    seen = {}
    for role in ("read", "admin"):
        async with await api.client(workspace, role) as client:
            seen[role], _ = await follow(client, 1000)
    written = {role: [e["data"]["comment"] for e in found if "comment" in e["type"]] for role, found in seen.items()}
    assert written == {"read": ["open"], "admin": ["open", "note"]}
    reasons = {role: [e["data"]["reason"] for e in found if "reason" in e["data"]] for role, found in seen.items()}
    assert reasons == {"read": ["for everybody"], "admin": ["for everybody", "for us"]}
    assert not any("ruling" in event["type"] for found in seen.values() for event in found)
    assert len(seen["admin"]) == len(seen["read"]) + 1
