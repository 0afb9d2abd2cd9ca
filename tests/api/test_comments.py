"""Comments, internal notes, official answers and reactions, end to end; what is refused, with its field."""

import asyncio
from collections.abc import AsyncIterator

import httpx
import pytest
import pytest_asyncio

from projections.clickhouse.query import Query
from tests.support.stack import Api

NOTE = "a word among ourselves"


@pytest_asyncio.fixture(loop_scope="session")
async def ingest(api: Api, workspace: str) -> AsyncIterator[httpx.AsyncClient]:
    async with await api.client(workspace, "ingest") as client:
        yield client


@pytest_asyncio.fixture(loop_scope="session")
async def reader(api: Api, workspace: str) -> AsyncIterator[httpx.AsyncClient]:
    async with await api.client(workspace, "read") as client:
        yield client


@pytest_asyncio.fixture(loop_scope="session")
async def insider(api: Api, workspace: str) -> AsyncIterator[httpx.AsyncClient]:
    """A client whose key reads, and sees what is internal."""
    key, _ = await asyncio.to_thread(api.services.feedback.create_key, workspace, "read", internal=True)
    headers = {"authorization": f"Bearer {key.text}"}
    async with httpx.AsyncClient(base_url=api.url, headers=headers, timeout=30, verify=False) as client:
        yield client


async def write(client: httpx.AsyncClient, post: str = "a", **fields: object) -> dict:
    answer = await client.post(f"/v1/posts/{post}/comments", json={"author": "ann", "body": "Please"} | fields)
    assert answer.status_code == 201, answer.text
    return answer.json()


async def listed(client: httpx.AsyncClient, post: str = "a", **params: object) -> list[dict]:
    answer = await client.get(f"/v1/posts/{post}/comments", params=params)
    assert answer.status_code == 200, answer.text
    return answer.json()["items"]


def refused(answer: httpx.Response) -> tuple[int, str]:
    return answer.status_code, answer.json()["errors"][0]["field"]


async def test_a_thread_from_its_beginning_on(
    admin: httpx.AsyncClient, ingest: httpx.AsyncClient, reader: httpx.AsyncClient, posts: list[str]
) -> None:
    first = await write(ingest, id="first", body="<b>Please</b>, @ben.\nSoon", at="2021-01-01T00:00:00Z")
    assert {key: first[key] for key in ("thread", "parent", "mentions", "version")} == {
        "thread": "first", "parent": None, "mentions": ["ben"], "version": 1,
    }  # fmt: skip
    await write(ingest, id="second", at="2021-01-03T00:00:00Z")
    reply = await write(ingest, id="reply", parent="first", author="ben", at="2021-01-04T00:00:00Z")
    last = await write(ingest, id="last", parent="reply", author="cem", at="2021-01-05T00:00:00Z")
    assert (last["thread"], last["parent"], reply["post"]) == ("first", "reply", "a")
    everything = await listed(reader, after=last["position"])
    assert [item["comment"] for item in everything] == ["first", "reply", "last", "second"]
    page = (await reader.get("/v1/posts/a/comments", params={"limit": 3})).json()
    rest = await listed(reader, cursor=page["next_cursor"])
    assert page["items"] + rest == everything
    assert [item["comment"] for item in await listed(reader, as_of="2021-01-03T12:00:00Z")] == ["first", "second"]
    assert (await reader.get("/v1/comments/first")).json()["body"] == "<b>Please</b>, @ben.\nSoon"


async def test_editing_needs_the_author_or_an_admin_and_keeps_what_was_said(
    admin: httpx.AsyncClient, ingest: httpx.AsyncClient, insider: httpx.AsyncClient, posts: list[str]
) -> None:
    comment = (await write(ingest, at="2021-01-01T00:00:00Z"))["comment"]
    path = f"/v1/comments/{comment}"
    assert refused(await ingest.put(path, json={"body": "x"})) == (403, "author")
    assert refused(await ingest.put(path, json={"body": "x", "author": "ben"})) == (403, "author")
    assert refused(await ingest.delete(path)) == (403, "author")
    own = await ingest.put(path, json={"body": "Please!", "author": "ann"}, headers={"if-match": '"1"'})
    assert (own.status_code, own.headers["etag"]) == (200, '"2"')
    late = await admin.put(path, json={"body": "Too late"}, headers={"if-match": '"1"'})
    assert refused(late) == (412, "If-Match")
    edited = await admin.put(path, json={"body": "Please?", "reason": "tone"})
    after = {"after": edited.json()["position"]}
    versions = (await insider.get(f"{path}/versions", params=after)).json()["items"]
    assert [(item["version"], item["change"], item["body"], item["reason"]) for item in versions] == [
        (1, "written", "Please", None), (2, "edited", "Please!", None), (3, "edited", "Please?", "tone"),
    ]  # fmt: skip
    page = (await ingest.get(f"{path}/versions", params={"limit": 2})).json()
    rest = (await ingest.get(f"{path}/versions", params={"cursor": page["next_cursor"]})).json()
    assert [item["reason"] for item in page["items"] + rest["items"]] == [None, None, None]
    assert (await admin.get(path)).headers["etag"] == '"3"'


async def test_what_is_deleted_is_hidden_and_its_place_stays(
    admin: httpx.AsyncClient, ingest: httpx.AsyncClient, reader: httpx.AsyncClient, posts: list[str]
) -> None:
    first = await write(ingest, id="gone", body="Hush, @ben", at="2021-01-01T00:00:00Z")
    await write(ingest, id="stays", parent="gone", at="2021-01-02T00:00:00Z")
    await ingest.put("/v1/comments/gone/reactions/like/ben")
    answer = await ingest.delete("/v1/comments/gone", params={"author": "ann", "reason": "a slip"})
    assert answer.json()["deleted"]
    items = await listed(reader, after=answer.json()["position"])
    assert [(item["comment"], item["deleted"], item["body"], item["reactions"]) for item in items] == [
        ("gone", True, "", {}), ("stays", False, "Please", {}),
    ]  # fmt: skip
    versions = await reader.get("/v1/comments/gone/versions")
    then = await reader.get("/v1/posts/a/comments", params={"as_of": "2021-01-01T12:00:00Z"})
    assert "Hush" not in versions.text + then.text
    assert refused(await ingest.put("/v1/comments/gone/reactions/like/cem")) == (409, "comment")
    reply = await ingest.post("/v1/posts/a/comments", json={"author": "b", "body": "x", "parent": "gone"})
    assert refused(reply) == (409, "parent")
    again = await admin.delete("/v1/comments/gone")
    assert (again.status_code, again.json()["version"]) == (200, 2)
    assert first["version"] == 1
    async with asyncio.timeout(30):
        while (
            "groundswell.comment.deleted.v1" not in (feed := await admin.get("/v1/events", params={"limit": 1000})).text
        ):
            await asyncio.sleep(0.05)
    told = {item["type"]: item["data"] for item in feed.json()["items"] if item["data"].get("comment") == "gone"}
    assert told["groundswell.comment.written.v1"]["body"] == ""
    assert "Hush" not in feed.text


async def test_an_internal_note_is_for_insiders_only(
    api: Api,
    workspace: str,
    admin: httpx.AsyncClient,
    ingest: httpx.AsyncClient,
    insider: httpx.AsyncClient,
    reader: httpx.AsyncClient,
    posts: list[str],
) -> None:
    await write(ingest, id="public")
    await write(admin, id="note", parent="public", body=NOTE, internal=True)
    edited = await admin.put("/v1/comments/note", json={"body": NOTE + "!"})
    reacted = await admin.put("/v1/comments/note/reactions/eyes/ann")
    after = {"after": edited.json()["position"]}
    assert [item["comment"] for item in await listed(insider, internal=True, **after)] == ["public", "note"]
    assert [item["comment"] for item in await listed(insider)] == ["public"]
    assert (await insider.get("/v1/comments/note")).json()["body"] == NOTE + "!"
    for client in (reader, ingest):
        assert [item["comment"] for item in await listed(client)] == ["public"]
        assert refused(await client.get("/v1/posts/a/comments", params={"internal": True})) == (403, "internal")
        for path in ("/v1/comments/note", "/v1/comments/note/versions"):
            assert refused(await client.get(path)) == (404, "comment")
        assert not (await client.get("/v1/comments/note")).text.count(NOTE)
    asked = {"author": "ann", "body": "x"}
    assert refused(await ingest.post("/v1/posts/a/comments", json=asked | {"internal": True})) == (403, "internal")
    assert refused(await ingest.post("/v1/posts/a/comments", json=asked | {"parent": "note"})) == (404, "parent")
    assert refused(await ingest.put("/v1/comments/note", json=asked)) == (404, "comment")
    assert refused(await ingest.put("/v1/comments/note/reactions/like/ann")) == (404, "comment")
    assert refused(await admin.post("/v1/posts/a/comments", json=asked | {"parent": "note"})) == (422, "internal")
    assert refused(await admin.post("/v1/comments/note:answer")) == (409, "comment")
    database = api.services.view.database
    counts = Query(
        f"SELECT comments, notes FROM {database}.comment_counts WHERE workspace = {{workspace:String}}",
        {"workspace": workspace},
    )
    assert await api.services.view.rows(counts) == [(1, 1)]
    assert reacted.status_code == 200
    async with asyncio.timeout(30):
        while NOTE not in (await insider.get("/v1/events", params={"limit": 1000})).text:
            await asyncio.sleep(0.05)
    shown = (await reader.get("/v1/events", params={"limit": 1000})).text
    assert "groundswell.comment.written.v1" in shown
    assert NOTE not in shown
    assert "groundswell.comment.edited.v1" not in shown


async def test_one_comment_is_the_official_answer(
    admin: httpx.AsyncClient, ingest: httpx.AsyncClient, reader: httpx.AsyncClient, posts: list[str]
) -> None:
    await write(ingest, id="one", at="2021-01-01T00:00:00Z")
    await write(ingest, id="two", at="2021-01-02T00:00:00Z")
    assert (await ingest.post("/v1/comments/one:answer")).status_code == 403
    assert (await admin.post("/v1/comments/one:answer")).json()["answer"] == "one"
    marked = await admin.post("/v1/comments/two:answer", json={"reason": "clearer"})
    assert marked.json()["version"] == 2

    async def answers(after: str) -> list[bool]:
        return [item["answer"] for item in await listed(reader, after=after)]

    assert await answers(marked.json()["position"]) == [False, True]
    withdrawn = await admin.post("/v1/comments/two:unanswer")
    assert await answers(withdrawn.json()["position"]) == [False, False]


async def test_reactions_are_set_and_count_once(
    ingest: httpx.AsyncClient, reader: httpx.AsyncClient, posts: list[str]
) -> None:
    await write(ingest, id="c", at="2021-01-01T00:00:00Z")

    async def react(person: str, reaction: str = "like", **fields: str) -> str:
        answer = await ingest.put(f"/v1/comments/c/reactions/{reaction}/{person}", json=fields)
        assert (answer.status_code, answer.json()["given"]) == (200, True)
        return answer.json()["position"]

    for person in ("ann", "ann", "ben"):
        await react(person, at="2021-01-02T00:00:00Z", id=f"tap-{person}")
    await react("cem", "rocket", at="2021-01-03T00:00:00Z")
    withdrawn = await ingest.delete(
        "/v1/comments/c/reactions/like/ben", params={"at": "2021-01-04T00:00:00Z", "id": "untap"}
    )
    assert withdrawn.json()["given"] is False
    late = await react("ben", at="2021-01-02T00:00:00Z", id="tap-ben")  # a retry, after its own withdrawal

    async def shown(**params: str) -> dict[str, int]:
        return (await listed(reader, **params))[0]["reactions"]

    assert await shown(after=await react("cem", "rocket", at="2021-01-03T00:00:00Z")) == {"like": 1, "rocket": 1}
    assert await shown(after=late) == {"like": 1, "rocket": 1}
    assert await shown(as_of="2021-01-02T12:00:00Z") == {"like": 2}


@pytest.mark.parametrize(
    ("path", "body", "status", "field"),
    [
        ("/v1/posts/nowhere/comments", {}, 404, "post"),
        ("/v1/posts/a/comments", {"parent": "nothing"}, 404, "parent"),
        ("/v1/posts/a/comments", {"author": "ann@example.com"}, 422, "author"),
        ("/v1/posts/a/comments", {"body": ""}, 422, "body"),
        ("/v1/posts/a/comments", {"body": "x" * 10_001}, 422, "body"),
        ("/v1/posts/a/comments", {"body": "a\u0007"}, 422, "body"),
        ("/v1/posts/a/comments", {"body": 7}, 422, "body"),
        ("/v1/posts/a/comments", {"internal": "yes"}, 422, "internal"),
        ("/v1/posts/a/comments", {"at": "tomorrow"}, 422, "at"),
        ("/v1/posts/a/comments", {"at": "2099-01-01T00:00:00Z"}, 422, "at"),
        ("/v1/posts/a/comments", {"text": "x"}, 422, "text"),
    ],
)
async def test_what_no_comment_can_be(quiet: httpx.AsyncClient, path: str, body: dict, status: int, field: str) -> None:
    assert refused(await quiet.post(path, json={"author": "ann", "body": "x"} | body)) == (status, field)


@pytest.mark.parametrize(
    ("method", "path", "status", "field"),
    [
        ("PUT", "/v1/comments/nothing/reactions/like/ann", 404, "comment"),
        ("PUT", "/v1/comments/nothing/reactions/shrug/ann", 400, "reaction"),
        ("PUT", "/v1/comments/nothing/reactions/like/a b", 400, "person"),
        ("DELETE", "/v1/comments/nothing/reactions/like/ann?when=now", 400, "when"),
        ("DELETE", "/v1/comments/nothing", 404, "comment"),
        ("GET", "/v1/comments/nothing/versions", 404, "comment"),
        ("POST", "/v1/comments/nothing:answer", 404, "comment"),
        ("GET", "/v1/posts/a/comments?cursor=x", 400, "cursor"),
        ("GET", "/v1/posts/a/comments?internal=maybe", 400, "internal"),
    ],
)
async def test_what_is_asked_for_in_vain(
    quiet: httpx.AsyncClient, method: str, path: str, status: int, field: str
) -> None:
    assert refused(await quiet.request(method, path)) == (status, field)


async def test_the_same_key_is_the_same_comment(ingest: httpx.AsyncClient, posts: list[str]) -> None:
    headers = {"idempotency-key": "k-1"}
    asked = {"author": "ann", "body": "Once"}
    first = await ingest.post("/v1/posts/a/comments", json=asked, headers=headers)
    again = await ingest.post("/v1/posts/a/comments", json=asked, headers=headers)
    assert first.json() == again.json()
    other = await ingest.post("/v1/posts/a/comments", json=asked | {"body": "Twice"}, headers=headers)
    assert refused(other) == (422, "Idempotency-Key")


async def test_what_was_merged_is_discussed_together(
    admin: httpx.AsyncClient, ingest: httpx.AsyncClient, reader: httpx.AsyncClient, posts: list[str]
) -> None:
    await write(ingest, "a", id="on-a", at="2021-01-01T00:00:00Z")
    await write(ingest, "b", id="on-b", at="2021-01-02T00:00:00Z")
    before = await ingest.post("/v1/posts/a/comments", json={"author": "ann", "body": "x", "parent": "on-b"})
    assert refused(before) == (422, "parent")
    merged = await admin.post("/v1/posts/b:merge", json={"into": "a"})
    assert merged.status_code == 200, merged.text
    reply = await write(ingest, "a", id="reply", parent="on-b", at="2021-01-03T00:00:00Z")
    assert reply["post"] == "b"

    async def shown(post: str, after: str, **params: str) -> list[tuple[str, str]]:
        return [(item["comment"], item["post"]) for item in await listed(reader, post, after=after, **params)]

    together = [("on-a", "a"), ("on-b", "b"), ("reply", "b")]
    assert await shown("a", reply["position"]) == together
    assert await shown("b", reply["position"]) == together
    assert await shown("a", reply["position"], as_of="2021-02-01T00:00:00Z") == together[:1]
    now = merged.json()["position"]
    assert await shown("a", now, as_of="2090-01-01T00:00:00Z") == together
    apart = await admin.post("/v1/posts/b:unmerge")
    assert await shown("a", apart.json()["position"]) == together[:1]
    assert await shown("b", apart.json()["position"]) == together[1:]
