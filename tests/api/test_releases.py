"""Releases and the changelog over HTTP, with the sagas beside."""

import asyncio
import json
from base64 import b64encode
from collections.abc import AsyncIterator
from typing import NamedTuple
from xml.etree import ElementTree

import feedparser
import httpx
import pytest
import pytest_asyncio

from services.sagas.following import Following
from services.sagas.part import Surroundings
from services.sagas.shipping import ShippingSaga
from tests.api.conftest import make_posts
from tests.support.stack import Api

ATOM = "{http://www.w3.org/2005/Atom}"


@pytest_asyncio.fixture(scope="module", loop_scope="session", autouse=True)
async def shipping(api: Api) -> AsyncIterator[None]:
    """The saga that ships posts, in this process."""
    services = api.services
    saga = ShippingSaga(services.feedback)
    part = Following(saga, Surroundings(services._kafka, services.topics, services.feedback))
    task = asyncio.create_task(part.run())
    yield
    task.cancel()
    await asyncio.wait([task])


async def drafted(admin: httpx.AsyncClient, release: str = "spring", **fields: object) -> httpx.Response:
    answer = await admin.put(f"/v1/releases/{release}", json={"title": "Spring", **fields})
    assert answer.status_code in (200, 201), answer.text
    return answer


async def published(admin: httpx.AsyncClient, release: str = "spring", **fields: object) -> str:
    answer = await admin.post(f"/v1/releases/{release}:publish", json=fields)
    assert answer.status_code == 200, answer.text
    position: str = answer.json()["position"]
    return position


async def settled(admin: httpx.AsyncClient, release: str = "spring") -> dict:
    """The release once it says of all its posts what became of them."""
    async with asyncio.timeout(60):
        while True:
            found = (await admin.get(f"/v1/releases/{release}")).json()
            if len(found["moved"]) + len(found["not_moved"]) == len(found["posts"]):
                return found
            await asyncio.sleep(0.05)


async def test_a_release_from_draft_to_shipped_posts(admin: httpx.AsyncClient, posts: list[str]) -> None:
    first = await drafted(admin, body="# New\n<b>bold</b>", label="2.4", posts=["a", "b"], reason="go")
    assert (first.status_code, first.json()["state"], first.headers["etag"]) == (201, "draft", '"1"')
    stale = await admin.put("/v1/releases/spring", json={"title": "X"}, headers={"if-match": '"9"'})
    assert stale.status_code == 412
    assert (await admin.post("/v1/posts/b:delete", json={})).status_code == 200
    scheduled = await admin.post("/v1/releases/spring:schedule", json={"publish_at": "2099-01-01T00:00:00+01:00"})
    assert scheduled.json()["publish_at"] == "2098-12-31T23:00:00.000Z"
    await published(admin, reason="it is out")
    release = await settled(admin)
    assert release["moved"] == ["a"]
    assert list(release["not_moved"]) == ["b"]
    post = (await admin.get("/v1/posts/a", params={"after": release["position"]})).json()
    assert post["status"] == "complete"
    history = (await admin.get("/v1/releases/spring/history")).json()["items"]
    assert [each["change"] for each in history] == [
        "drafted", "scheduled", "published", "post-moved", "post-not-moved",
    ]  # fmt: skip
    assert (history[0]["reason"], history[2]["reason"]) == ("go", "it is out")


async def test_a_retried_request_publishes_once(admin: httpx.AsyncClient, posts: list[str]) -> None:
    await drafted(admin)
    answers = [
        await admin.post("/v1/releases/spring:publish", json={}, headers={"idempotency-key": "k1"}) for _ in range(2)
    ]
    assert answers[0].json() == answers[1].json()
    again = await admin.post("/v1/releases/spring:publish", json={})
    assert again.json()["version"] == answers[0].json()["version"]


async def test_drafts_are_not_for_the_public(admin: httpx.AsyncClient, api: Api, workspace: str) -> None:
    await drafted(admin, "out", title="Out")
    await drafted(admin, "secret", title="Secret")
    await drafted(admin, "later", title="Later")
    await admin.post("/v1/releases/later:schedule", json={"publish_at": "2099-01-01T00:00:00Z"})
    await drafted(admin, "back", title="Back")
    await published(admin, "back")
    await published(admin, "out")
    answer = await admin.post("/v1/releases/back:withdraw", json={"reason": "oops"})
    after = answer.json()["position"]
    for role in ("read", "ingest"):
        async with await api.client(workspace, role) as public:
            found = await public.get("/v1/releases", params={"after": after})
            assert [item["release"] for item in found.json()["items"]] == ["out"]
            assert found.json()["items"][0]["moved"] is None
            for hidden in ("secret", "later", "back"):
                assert (await public.get(f"/v1/releases/{hidden}")).status_code == 404
            refused = await public.get("/v1/releases", params={"state": "draft"})
            assert (refused.status_code, refused.json()["errors"][0]["field"]) == (403, "state")
            assert (await public.get("/v1/releases/out/history")).status_code == 403
            assert (await public.put("/v1/releases/out", json={"title": "Mine"})).status_code == 403
            for feed in ("/v1/changelog", "/v1/changelog.atom"):
                text = (await public.get(feed)).text
                assert "Out" in text
                assert not any(word in text for word in ("Secret", "Later", "Back"))
    listed = await admin.get("/v1/releases", params={"state": "scheduled"})
    assert [item["release"] for item in listed.json()["items"]] == ["later"]


NASTY = "<script>alert(1)</script> & ]]> \ufffe\uffff \U0001f312 <!-- --> &amp; \t\n# Titel"


class Told(NamedTuple):
    """A workspace with three published releases, the last one with a text that would be markup."""

    workspace: str
    admin: httpx.AsyncClient
    position: str


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def told(api: Api) -> AsyncIterator[Told]:
    """One for all tests of the feeds, which change nothing but the body of the release `one`."""
    async with await api.client("told") as admin:
        await make_posts(admin)
        for number, release in enumerate(("one", "two")):
            await drafted(admin, release, title=f"Release {release}", at=f"2024-0{number + 1}-01T00:00:00Z")
            await published(admin, release, at=f"2024-0{number + 1}-02T00:00:00Z")
        await drafted(admin, "three", title="<b>Three</b> & more", body=NASTY, label='3.0<&"', posts=["a"])
        position = await published(admin, "three")
        await settled(admin, "three")
        yield Told("told", admin, position)


async def test_the_json_feed_is_one(told: Told) -> None:
    answer = await told.admin.get("/v1/changelog", params={"after": told.position})
    assert answer.headers["content-type"] == "application/feed+json"
    feed = json.loads(answer.content)
    assert feed["version"] == "https://jsonfeed.org/version/1.1"
    assert [item["title"] for item in feed["items"]] == ["<b>Three</b> & more", "Release two", "Release one"]
    assert feed["items"][0]["content_text"] == NASTY
    assert feed["items"][0]["_groundswell"]["posts"] == [{"post": "a", "title": "Post a", "status": "complete"}]
    assert feed["items"][1]["date_published"] == "2024-02-02T00:00:00.000Z"
    assert all(isinstance(item["id"], str) and item["id"] for item in feed["items"])


async def test_pages_of_the_feed_lead_through_all(told: Told) -> None:
    titles, url = [], "/v1/changelog?limit=1"
    while url:
        feed = (await told.admin.get(url)).json()
        titles += [item["id"].rpartition(":")[2] for item in feed["items"]]
        url = feed.get("next_url")
    assert titles == ["three", "two", "one"]


async def test_the_atom_feed_is_one(told: Told) -> None:
    answer = await told.admin.get("/v1/changelog.atom", params={"after": told.position})
    assert answer.headers["content-type"].partition(";")[0] == "application/atom+xml"
    root = ElementTree.fromstring(answer.content)
    entries = root.findall(f"{ATOM}entry")
    assert root.tag == f"{ATOM}feed"
    assert all(root.find(f"{ATOM}{name}") is not None for name in ("id", "title", "updated", "author"))
    for entry in entries:
        assert all(entry.find(f"{ATOM}{name}") is not None for name in ("id", "title", "updated", "content"))
    content = entries[0].find(f"{ATOM}content")
    assert content is not None
    assert content.text is not None
    assert content.text.startswith(NASTY.replace("\ufffe", "\ufffd").replace("\uffff", "\ufffd"))
    assert content.text.endswith("- Post a")
    assert len(content) == 0
    parsed = feedparser.parse(answer.content)
    assert (parsed.bozo, parsed.version) == (False, "atom10")
    assert [entry.title for entry in parsed.entries] == ["<b>Three</b> & more", "Release two", "Release one"]
    assert parsed.entries[0].tags[0].term == '3.0<&"'
    assert len({entry.id for entry in parsed.entries}) == 3


@pytest.mark.parametrize("path", ["/v1/changelog", "/v1/changelog.atom"])
async def test_what_is_known_is_not_sent_again(told: Told, path: str) -> None:
    etag = (await told.admin.get(path)).headers["etag"]
    same = await told.admin.get(path, headers={"if-none-match": etag})
    assert (same.status_code, same.content) == (304, b"")
    body = f"Another text of {path}"
    after = (await drafted(told.admin, "one", title="Release one", body=body)).json()["position"]
    changed = await told.admin.get(path, params={"after": after}, headers={"if-none-match": etag})
    assert changed.status_code == 200
    assert body in changed.text


async def test_a_feed_reader_sends_its_key_as_a_password(api: Api, told: Told) -> None:
    key = await api.key(told.workspace, "read")

    def basic(password: str) -> dict[str, str]:
        return {"authorization": "Basic " + b64encode(f"reader:{password}".encode()).decode()}

    async with httpx.AsyncClient(base_url=api.url) as client:
        for path in ("/v1/changelog", "/v1/changelog.atom"):
            assert (await client.get(path, headers=basic(key))).status_code == 200
            refused = await client.get(path)
            assert refused.status_code == 401
            assert "Basic" in refused.headers["www-authenticate"]
            for wrong in (basic("nope"), {"authorization": "Basic !!!"}, {"authorization": "Basic"}):
                assert (await client.get(path, headers=wrong)).status_code == 401
        for path in ("/v1/posts", "/v1/releases", "/v1/ranking"):
            assert (await client.get(path, headers=basic(key))).status_code == 401


@pytest.mark.parametrize(
    ("method", "path", "body", "status", "field"),
    [
        ("PUT", "x", {"title": ""}, 422, "title"),
        ("PUT", "x", {"title": "a\x00"}, 422, "title"),
        ("PUT", "x", {"title": "a", "body": "\x1b[2J"}, 422, "body"),
        ("PUT", "x", {"title": "a", "body": "x" * 50_001}, 422, "body"),
        ("PUT", "x", {"title": "a", "posts": ["nope"]}, 422, "posts.0"),
        ("PUT", "x", {"title": "a", "posts": ["a", "a"]}, 422, "posts"),
        ("PUT", "x", {"title": "a", "posts": [1]}, 422, "posts.0"),
        ("PUT", "x", {"title": "a", "state": "published"}, 422, "state"),
        ("PUT", "no%20id", {"title": "a"}, 400, "release"),
        ("POST", "x:schedule", {"publish_at": "2099-01-01T00:00:00Z"}, 404, "release"),
        ("POST", "x:schedule", {"publish_at": "tomorrow"}, 422, "publish_at"),
        ("POST", "x:schedule", {"publish_at": "9999-01-01T00:00:00Z"}, 422, "publish_at"),
        ("POST", "x:schedule", {}, 422, "publish_at"),
        ("POST", "x:publish", {}, 404, "release"),
        ("POST", "x:withdraw", {}, 404, "release"),
        ("GET", "x", None, 404, "release"),
        ("GET", "x/history", None, 404, "release"),
    ],
)
async def test_what_is_refused(
    quiet: httpx.AsyncClient, method: str, path: str, body: object, status: int, field: str
) -> None:
    answer = await quiet.request(method, f"/v1/releases/{path}", json=body)
    assert (answer.status_code, answer.json()["errors"][0]["field"]) == (status, field), answer.text


async def test_what_can_t_be_done_to_it_now(admin: httpx.AsyncClient) -> None:
    await drafted(admin)
    past = await admin.post("/v1/releases/spring:schedule", json={"publish_at": "2020-01-01T00:00:00Z"})
    assert (past.status_code, past.json()["errors"][0]["field"]) == (422, "publish_at")
    await published(admin)
    late = await admin.post("/v1/releases/spring:schedule", json={"publish_at": "2099-01-01T00:00:00Z"})
    assert (late.status_code, late.json()["errors"][0]["field"]) == (409, "publish_at")
