"""What is decided about posts: who did what and why, what is refused, and what shows where from then on."""

import asyncio
from typing import Any

import httpx
import pytest

from tests.support.stack import Api


async def decided(client: httpx.AsyncClient, path: str, *, method: str = "POST", **arguments: object) -> dict:
    answer = await client.request(method, path, **arguments)  # type: ignore[arg-type]
    assert answer.status_code in (200, 201), answer.text
    return answer.json()


async def listed(client: httpx.AsyncClient, path: str, after: str, **params: object) -> list[str]:
    answer = await client.get(path, params={"after": after, **params})
    assert answer.status_code == 200, answer.text
    return [item["post"] for item in answer.json()["items"]]


async def test_a_post_goes_through_its_workflow(admin: httpx.AsyncClient, posts: list[str]) -> None:
    actor = {"x-groundswell-actor": "product-team"}
    body = {"status": "planned", "note": "For the summer", "reason": "Half of all revenue asks for it"}
    planned = await decided(admin, "/v1/posts/a:status", json=body, headers=actor)
    assert (planned["status"], planned["kind"], planned["version"]) == ("planned", "planned", 2)
    await decided(admin, "/v1/posts/a:close", json={"reason": "Not now"})
    last = await decided(admin, "/v1/posts/a:reopen")
    assert (last["status"], last["closed_reason"]) == ("planned", None)
    read = (await admin.get("/v1/posts/a/activity", params={"after": last["position"]})).json()
    assert [(item["version"], item["what"], item["note"], item["reason"]) for item in read["items"]] == [
        (4, "reopened: status changed from closed to planned", None, None),
        (3, "closed: status changed from planned to closed", "Not now", None),
        (2, "status changed from open to planned", "For the summer", "Half of all revenue asks for it"),
        (1, "submitted on ideas", None, None),
    ]
    assert read["items"][2]["actor"] == "product-team"
    assert read["items"][1]["actor"].startswith("key:")


async def test_a_reason_is_for_those_who_see_what_is_internal(
    api: Api, admin: httpx.AsyncClient, workspace: str, posts: list[str]
) -> None:
    body = {"status": "planned", "note": "Soon", "reason": "secret"}
    last = await decided(admin, "/v1/posts/a:status", json=body)
    async with await api.client(workspace, "read") as reader:
        for path in ("activity", "versions"):
            text = (await reader.get(f"/v1/posts/a/{path}", params={"after": last["position"]})).text
            assert "Soon" in text
            assert "secret" not in text
        assert "secret" not in (await reader.get("/v1/posts/a/versions/2")).text
    assert "secret" in (await admin.get("/v1/posts/a/versions/2")).text


async def test_every_version_can_be_read(admin: httpx.AsyncClient, posts: list[str]) -> None:
    body = {"board": "ideas", "title": "Better", "body": "<script>alert(1)</script>", "reason": "typo"}
    last = await decided(admin, "/v1/posts/a", method="PUT", json=body)
    first = (await admin.get("/v1/posts/a/versions/1", params={"after": last["position"]})).json()
    assert (first["title"], first["body"], first["change"]) == ("Post a", "", "submitted")
    both = (await admin.get("/v1/posts/a/versions", params={"limit": 1})).json()
    rest = (await admin.get("/v1/posts/a/versions", params={"cursor": both["next_cursor"]})).json()
    assert both["items"] == [first]
    assert [(each["title"], each["reason"], each["body"]) for each in rest["items"]] == [
        ("Better", "typo", "<script>alert(1)</script>")
    ]
    assert (await admin.get("/v1/posts/a/versions/9")).status_code == 404


async def test_what_is_hidden_shows_nowhere(admin: httpx.AsyncClient, posts: list[str]) -> None:
    await decided(admin, "/v1/posts/a/votes/ann", method="PUT")
    await decided(admin, "/v1/posts/b:archive", json={"reason": "old"})
    gone = await decided(admin, "/v1/posts/a:delete", json={"reason": "spam"})
    for path in ("/v1/posts", "/v1/ranking"):
        assert await listed(admin, path, gone["position"]) == ["c"]
        assert await listed(admin, path, gone["position"], archived="true") == ["b"]
    for path in ("", "/votes", "/history", "/activity", "/versions", "/versions/1"):
        assert (await admin.get(f"/v1/posts/a{path}")).status_code == 404
    assert await listed(admin, "/v1/persons/ann/votes", gone["position"]) == []
    assert (await admin.put("/v1/posts/a/votes/ben")).status_code == 404
    assert (await admin.post("/v1/posts/a:close")).status_code == 404
    again = await admin.put("/v1/posts/a", json={"board": "ideas", "title": "Again"})
    assert (again.status_code, again.json()["errors"][0]["field"]) == (409, "post")
    assert (await admin.get("/v1/posts/b")).json()["archived"] is True
    await decided(admin, "/v1/posts/b:unarchive")
    back = await decided(admin, "/v1/posts/a:restore")
    assert await listed(admin, "/v1/ranking", back["position"]) == ["a", "b", "c"]
    assert (await admin.get("/v1/posts/a")).json()["up"] == 1
    assert await listed(admin, "/v1/persons/ann/votes", back["position"]) == ["a"]


async def test_pinned_posts_come_first_where_asked(admin: httpx.AsyncClient, posts: list[str]) -> None:
    pinned = await decided(admin, "/v1/posts/a:pin")
    assert await listed(admin, "/v1/posts", pinned["position"]) == ["c", "b", "a"]
    found: list[str] = []
    cursor = None
    while True:
        params = {"pinned_first": "true", "limit": 1} | ({"cursor": cursor} if cursor else {})
        page = (await admin.get("/v1/posts", params=params)).json()
        found += [item["post"] for item in page["items"]]
        cursor = page["next_cursor"]
        if cursor is None:
            break
    assert found == ["a", "c", "b"]


async def test_lists_by_tag_field_kind_and_author(admin: httpx.AsyncClient, posts: list[str]) -> None:
    await decided(admin, "/v1/boards/bugs", method="PUT", json={"name": "Bugs"})
    for tag in ("ui", "mobile"):
        await decided(admin, f"/v1/tags/{tag}", method="PUT", json={"name": tag, "colour": "#2563eb"})
    await decided(admin, "/v1/boards/ideas/fields/effort", method="PUT", json={"name": "Effort", "type": "number"})
    await decided(admin, "/v1/posts/a/tags", method="PUT", json={"tags": ["ui", "mobile"]})
    await decided(admin, "/v1/posts/b/tags", method="PUT", json={"tags": ["ui"]})
    valued = await decided(admin, "/v1/posts/b/fields", method="PUT", json={"fields": {"effort": 3.0}})
    assert valued["fields"] == {"effort": 3.0}
    await decided(admin, "/v1/posts/c", method="PUT", json={"board": "ideas", "title": "C", "author": "ann"})
    after = (await decided(admin, "/v1/posts/c:status", json={"status": "complete"}))["position"]
    for path in ("/v1/posts", "/v1/ranking"):
        assert sorted(await listed(admin, path, after, tag="ui")) == ["a", "b"]
        assert await listed(admin, path, after, tag=["ui", "mobile"]) == ["a"]
        assert await listed(admin, path, after, **{"field.effort": "3.00", "board": "ideas"}) == ["b"]
        assert await listed(admin, path, after, **{"field.effort": "4"}) == []
        assert await listed(admin, path, after, kind="shipped") == ["c"]
        assert await listed(admin, path, after, author="ann", status="complete") == ["c"]
        assert await listed(admin, path, after, tag="ui", as_of="2020-06-01") == []
        assert sorted(await listed(admin, path, after, status="open", as_of="2020-01-02T12:00:00Z")) == ["a", "b"]
    assert (await admin.get("/v1/posts/b")).json()["fields"] == {"effort": 3}
    moved = await decided(admin, "/v1/posts/b:move", json={"board": "bugs", "reason": "no idea"})
    assert (moved["board"], moved["fields"]) == ("bugs", {})
    removed = await decided(admin, "/v1/tags/ui", method="DELETE")
    assert removed["posts"] == 2
    assert await listed(admin, "/v1/posts", removed["position"], tag="ui") == []
    assert [item["tag"] for item in (await admin.get("/v1/tags")).json()["items"]] == ["mobile"]


async def test_a_frozen_status_takes_no_votes_and_a_used_one_stays(admin: httpx.AsyncClient, posts: list[str]) -> None:
    default = (await admin.get("/v1/workflow")).json()
    assert (default["version"], [status["id"] for status in default["statuses"]]) == (
        0, ["open", "under-review", "planned", "in-progress", "complete", "closed"],
    )  # fmt: skip
    await decided(admin, "/v1/posts/a:status", json={"status": "planned"})
    rules: dict[str, Any] = {
        "statuses": [
            {"id": "open", "name": "Open", "colour": "#6b7280", "kind": "open", "next": ["frozen"]},
            {"id": "frozen", "name": "Frozen", "colour": "#2563eb", "kind": "planned", "votes": False},
        ],
        "initial": "open",
    }
    refused = await admin.put("/v1/workflow", json=rules)
    assert (refused.status_code, refused.json()["errors"][0]["field"]) == (409, "statuses")
    assert "planned" in refused.json()["detail"]
    put = await admin.put("/v1/workflow", json=rules | {"moved": {"planned": "frozen"}})
    assert (put.status_code, put.json()["posts"], put.headers["etag"]) == (201, 1, '"1"')
    again = await admin.put("/v1/workflow", json=rules | {"moved": {"planned": "frozen"}})
    assert (again.status_code, again.json()["posts"], again.json()["version"]) == (200, 0, 1)
    other_end = [rules["statuses"][0], rules["statuses"][1] | {"kind": "shipped"}]
    meant_otherwise = await admin.put("/v1/workflow", json=rules | {"statuses": other_end})
    assert (meant_otherwise.status_code, "as planned" in meant_otherwise.json()["detail"]) == (409, True)
    voted = await admin.put("/v1/posts/a/votes/ann")
    assert (voted.status_code, "frozen" in voted.json()["detail"]) == (409, True)
    batch = {"votes": [{"post": post, "person": "ann", "value": 1} for post in "ab"]}
    assert (await admin.post("/v1/votes:batch", json=batch)).json()["rejected"] == 1
    unknown = await admin.post("/v1/posts/b:status", json={"status": "planned"})
    assert (unknown.status_code, unknown.json()["errors"][0]["field"]) == (422, "status")
    assert (await admin.post("/v1/posts/b:close")).status_code == 409
    back = await admin.post("/v1/posts/a:status", json={"status": "open"})
    assert back.status_code == 200
    assert (await admin.put("/v1/posts/a/votes/ann")).status_code == 200
    late = await admin.put("/v1/workflow", json=rules, headers={"if-match": '"7"'})
    assert (late.status_code, late.json()["version"], late.headers["etag"]) == (412, 1, '"1"')


async def test_a_hundred_decisions_at_once_are_all_told_how_it_came(admin: httpx.AsyncClient, posts: list[str]) -> None:
    """Some say which version they saw, and are refused with the fresh one; the others come in some order."""
    headers = [{"if-match": '"1"'} if number % 2 else {} for number in range(40)]
    answers = await asyncio.gather(
        *(
            admin.post("/v1/posts/a:status", json={"status": "planned", "note": f"{number}"}, headers=header)
            for number, header in enumerate(headers)
        )
    )
    done = [answer.json()["version"] for answer in answers if answer.status_code == 200]
    refused = [answer for answer in answers if answer.status_code == 412]
    assert len(done) + len(refused) == len(answers)
    assert sorted(done) == list(range(2, 2 + len(done)))
    assert len(done) >= 20
    assert all(answer.headers["etag"] == f'"{answer.json()["version"]}"' for answer in refused)


@pytest.mark.parametrize(
    ("actor", "status"),
    [("u-17", 200), ("Product team", 200), ("Zoë", 200), ("ann@example.com", 400), ("x" * 101, 400), ("a\tb", 400)],
)
async def test_who_may_be_an_actor(admin: httpx.AsyncClient, posts: list[str], actor: str, status: int) -> None:
    answer = await admin.post("/v1/posts/a:pin", headers={"x-groundswell-actor": actor.encode()})
    assert answer.status_code == status, answer.text
    if status == 400:
        assert answer.json()["errors"][0]["field"] == "X-Groundswell-Actor"
