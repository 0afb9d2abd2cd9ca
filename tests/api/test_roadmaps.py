"""Roadmaps by HTTP: decided on, read at any moment, told apart, and edited by two at once."""

import asyncio
import re

import httpx
import pytest

from tests.support.stack import Api

R = "/v1/roadmaps/product"


async def columns(client: httpx.AsyncClient, **params: object) -> dict[str, list[str]]:
    answer = await client.get(R, params=params)
    assert answer.status_code == 200, answer.text
    return {column["column"]: [item["post"] for item in column["items"]] for column in answer.json()["columns"]}


@pytest.fixture
async def roadmap(admin: httpx.AsyncClient, posts: list[str]) -> str:
    made = await admin.put(R, json={"name": "Product", "public": True, "at": "2026-01-01T00:00:00Z", "reason": "begin"})
    assert (made.status_code, made.headers["etag"]) == (201, '"1"')
    return R


async def test_the_life_of_a_roadmap(admin: httpx.AsyncClient, roadmap: str) -> None:
    async def put(post: str, **body: object) -> dict:
        answer = await admin.put(f"{roadmap}/items/{post}", json=body)
        assert answer.status_code == 200, answer.text
        return answer.json()

    await put("a", column="next", target="2026-Q1", owner="web", reason="asked for", at="2026-01-10T00:00:00Z")
    await put("b", column="next", position=1, at="2026-01-11T00:00:00Z")
    await put("c", column="later", at="2026-01-12T00:00:00Z")
    moved = await put(
        "a", column="now", target="2026-05-15", owner="app", reason="harder than it looked", at="2026-02-01T00:00:00Z"
    )
    assert {name: moved[name] for name in ("column", "place", "target", "due", "owner", "version")} == {
        "column": "now", "place": 1, "target": "2026-05-15", "due": "2026-05-15", "owner": "app", "version": 7,
    }  # fmt: skip
    gone = await admin.request(
        "DELETE", f"{roadmap}/items/c", json={"reason": "not now", "at": "2026-02-02T00:00:00Z"},
        headers={"x-groundswell-actor": "ann"},
    )  # fmt: skip
    assert (gone.status_code, gone.json()["column"], gone.headers["etag"]) == (200, None, '"8"')
    shipped = await admin.post("/v1/posts/a:status", json={"status": "complete"})
    assert shipped.status_code == 200, shipped.text
    after = shipped.json()["position"]
    read = await admin.get(roadmap, params={"after": after})
    assert read.headers["etag"] == '"8"'
    item = read.json()["columns"][0]["items"][0]
    assert {name: item[name] for name in ("place", "post", "title", "status", "kind", "target", "owner", "score")} == {
        "place": 1, "post": "a", "title": "Post a", "status": "complete", "kind": "shipped", "target": "2026-05-15",
        "owner": "app", "score": 0,
    }  # fmt: skip
    assert await columns(admin) == {"now": ["a"], "next": ["b"], "later": []}
    assert await columns(admin, as_of="2026-01-20T00:00:00Z") == {"now": [], "next": ["b", "a"], "later": ["c"]}
    early = await admin.get(roadmap, params={"as_of": "2025-12-31T00:00:00Z"})
    assert (early.status_code, early.json()["errors"][0]["field"]) == (404, "roadmap")
    await check_revisions(admin)
    await check_difference(admin)


async def check_revisions(admin: httpx.AsyncClient) -> None:
    first = (await admin.get(f"{R}/revisions", params={"limit": 4})).json()
    rest = (await admin.get(f"{R}/revisions", params={"cursor": first["next_cursor"]})).json()
    told = [*first["items"], *rest["items"]]
    assert [each["version"] for each in told] == list(range(8, 0, -1))
    assert [each["line"] for each in told] == [
        'removed "Post c" from Later',
        'gave "Post a" to app (it was web\'s)',
        'moved the date of "Post a" from 2026-Q1 to 2026-05-15: 45 days later',
        'moved "Post a" from Next to Now',
        'placed "Post c" in Later',
        'placed "Post b" in Next',
        'placed "Post a" in Next for 2026-Q1, owned by web',
        'created "Product", public, with Now, Next, Later',
    ]
    assert (told[0]["actor"], told[0]["reason"], told[0]["at"]) == ("ann", "not now", "2026-02-02T00:00:00.000Z")


async def check_difference(admin: httpx.AsyncClient) -> None:
    answer = await admin.get(f"{R}/diff", params={"from": "2026-01-11T12:00:00Z"})
    found = {(each["change"], each["post"], each["days"]): each["line"] for each in answer.json()["items"]}
    assert found == {
        ("shipped", "a", None): 'shipped "Post a"',
        ("moved", "a", None): 'moved "Post a" from Next to Now',
        ("slipped", "a", 45): 'moved the date of "Post a" from 2026-Q1 to 2026-05-15: 45 days later',
        ("re-owned", "a", None): 'gave "Post a" to app (it was web\'s)',
    }
    window = {"from": "2026-01-11T12:00:00Z", "to": "2026-01-13T00:00:00Z"}
    before = (await admin.get(f"{R}/diff", params=window)).json()
    assert [(each["change"], each["post"]) for each in before["items"]] == [("added", "c")]
    assert (before["from"], before["to"]) == ("2026-01-11T12:00:00.000Z", "2026-01-13T00:00:00.000Z")
    dropped = (await admin.get(f"{R}/diff", params={"from": "2026-01-13T00:00:00Z"})).json()
    assert [(each["change"], each["post"]) for each in dropped["items"] if each["post"] == "c"] == [("dropped", "c")]


async def test_two_who_edit_one_roadmap_lose_nothing(admin: httpx.AsyncClient, roadmap: str) -> None:
    placed = [await admin.put(f"{roadmap}/items/{post}", json={"column": "now"}) for post in "abc"]
    known = placed[-1].headers["etag"]
    first = await admin.put(
        f"{roadmap}/items/a", json={"column": "next", "reason": "first things first"},
        headers={"if-match": known, "x-groundswell-actor": "ann"},
    )  # fmt: skip
    second = await admin.put(f"{roadmap}/items/b", json={"column": "later"}, headers={"if-match": known})
    assert (first.status_code, second.status_code) == (200, 412)
    problem = second.json()
    assert (problem["errors"][0]["field"], problem["version"]) == ("If-Match", 5)
    told = problem["changes"]
    assert [(each["version"], each["line"], each["actor"], each["reason"]) for each in told] == [
        (5, 'moved "Post a" from Now to Next', "ann", "first things first")
    ]
    again = await admin.put(f"{roadmap}/items/b", json={"column": "later"}, headers={"if-match": '"5"'})
    assert again.status_code == 200
    both = await asyncio.gather(
        admin.put(f"{roadmap}/items/b", json={"column": "now", "position": 1}),
        admin.put(f"{roadmap}/items/a", json={"column": "now", "after_item": "c"}),
    )
    assert [answer.status_code for answer in both] == [200, 200]
    latest = max(both, key=lambda answer: answer.json()["version"]).json()
    assert await columns(admin, after=latest["position"]) == {"now": ["b", "c", "a"], "next": [], "later": []}


async def test_a_hundred_decisions_at_once_are_all_made_in_some_order(
    admin: httpx.AsyncClient, posts: list[str]
) -> None:
    limits = httpx.Limits(max_connections=20)
    async with httpx.AsyncClient(base_url=admin.base_url, headers=admin.headers, timeout=60, limits=limits) as client:
        edits = [client.put("/v1/posts/a", json={"board": "ideas", "title": f"Title {n}"}) for n in range(100)]
        answers = await asyncio.gather(*edits)
        assert {answer.status_code for answer in answers} == {200}
        by_version = {answer.json()["version"]: answer.json()["title"] for answer in answers}
        assert sorted(by_version) == list(range(2, 102))
        races = [
            client.put("/v1/posts/a", json={"board": "ideas", "title": f"Last {n}"}, headers={"if-match": '"101"'})
            for n in range(20)
        ]
        refused = [answer for answer in await asyncio.gather(*races) if answer.status_code != 200]
        assert {answer.status_code for answer in refused} == {412}
        assert len(refused) == 19
        assert {answer.json()["version"] for answer in refused} == {102}
        versions = await client.get("/v1/posts/a", params={"after": answers[0].json()["position"]})
        assert re.fullmatch(r"Last \d+", versions.json()["title"]) or versions.json()["version"] < 102


async def test_what_is_internal_is_not_there_for_the_public(
    api: Api, workspace: str, admin: httpx.AsyncClient, roadmap: str
) -> None:
    hidden = await admin.put("/v1/roadmaps/secret", json={"name": "Secret"})
    await admin.put("/v1/roadmaps/secret/items/a", json={"column": "now", "reason": "hush"})
    await admin.put(f"{roadmap}/items/a", json={"column": "now", "reason": "between us", "owner": "ann"})
    closed = await admin.put(roadmap, json={"name": "Nobody knows", "public": False})
    await admin.put(f"{roadmap}/items/b", json={"column": "now"})
    opened = await admin.put(roadmap, json={"name": "Product", "public": True})
    after = opened.json()["position"]
    assert (hidden.json()["public"], closed.json()["version"]) == (False, 3)
    async with await api.client(workspace, "read") as public:
        listed = (await public.get("/v1/roadmaps", params={"after": after})).json()
        assert [each["roadmap"] for each in listed["items"]] == ["product"]
        for path in ("", "/revisions", "/diff?from=2026-01-01"):
            assert (await public.get(f"/v1/roadmaps/secret{path}")).status_code == 404
        assert await columns(public, after=after) == {"now": ["a", "b"], "next": [], "later": []}
        moved = await admin.put(f"{roadmap}/items/b", json={"column": "later"})
        for asked in ({"after": moved.json()["position"]}, {}):
            assert await columns(public, **asked) == {"now": ["a"], "next": [], "later": ["b"]}
        told = (await public.get(f"{roadmap}/revisions")).json()["items"][1:]
        assert [each["version"] for each in told] == [5, 2, 1]
        assert {(each["actor"], each["reason"]) for each in told} == {(None, None)}
        assert told[0]["line"] == "made it public"
        assert (await public.put(f"{roadmap}/items/a", json={"column": "now"})).status_code == 403
    everything = (await admin.get("/v1/roadmaps", params={"after": after})).json()
    assert [each["roadmap"] for each in everything["items"]] == ["product", "secret"]


@pytest.mark.parametrize(
    ("post", "body", "status", "field"),
    [
        ("nope", {"column": "now"}, 404, "post"),
        ("a", {}, 422, "column"),
        ("a", {"column": "never"}, 422, "column"),
        ("a", {"column": "now", "after_item": "b"}, 409, "after_item"),
        ("a", {"column": "now", "after_item": "a"}, 422, "after_item"),
        ("a", {"column": "now", "position": 0}, 422, "position"),
        ("a", {"column": "now", "target": "soon"}, 422, "target"),
        ("a", {"column": "now", "target": "2026-02-30"}, 422, "target"),
        ("a", {"column": "now", "target": "2101-01-01"}, 422, "target"),
        ("a", {"column": "now", "target": "2026-Q1", "precision": "day"}, 422, "precision"),
        ("a", {"column": "now", "precision": "day"}, 422, "precision"),
        ("a", {"column": "now", "owner": "ann@example.com"}, 422, "owner"),
        ("a", {"column": "now", "owner": "two\nlines"}, 422, "owner"),
        ("a", {"column": "now", "note": "\u0007"}, 422, "note"),
        ("a", {"column": "now", "reason": "x" * 1001}, 422, "reason"),
        ("a", {"column": "now", "at": "2101-01-01T00:00:00Z"}, 422, "at"),
        ("a", {"column": "now", "colour": "red"}, 422, "colour"),
        ("a", {"column": "q1", "target": "2027-04-01"}, 422, "target"),
    ],
)
async def test_what_can_t_be_placed(
    refusing: httpx.AsyncClient, post: str, body: dict[str, object], status: int, field: str
) -> None:
    answer = await refusing.put(f"{R}/items/{post}", json=body)
    assert (answer.status_code, answer.json()["errors"][0]["field"]) == (status, field), answer.text


@pytest.mark.parametrize(
    ("body", "status", "field"),
    [
        ({"name": ""}, 422, "name"),
        ({"name": "P", "by": "status"}, 409, "by"),
        ({"name": "P", "columns": [{"column": "other", "name": "Other"}]}, 409, "columns"),
        ({"name": "P", "columns": [{"column": "now", "name": "A"}, {"column": "now", "name": "B"}]}, 422, "columns"),
        ({"name": "P", "columns": [{"column": "now", "name": "A", "statuses": ["open"]}]}, 422, "columns.0.statuses"),
        ({"name": "P", "columns": [{"column": "now", "name": "A", "period": "soon"}]}, 422, "columns.0.period"),
    ],
)
async def test_what_a_roadmap_can_t_be(
    refusing: httpx.AsyncClient, body: dict[str, object], status: int, field: str
) -> None:
    answer = await refusing.put(R, json=body)
    assert (answer.status_code, answer.json()["errors"][0]["field"]) == (status, field), answer.text


@pytest.fixture(scope="module")
async def refusing(api: Api, quiet: httpx.AsyncClient) -> httpx.AsyncClient:
    """A roadmap on which nothing that a test asks for is done."""
    made = {
        "name": "Product",
        "columns": [{"column": "now", "name": "Now"}, {"column": "q1", "name": "Q1", "period": "2027-Q1"}],
    }
    await quiet.put(R, json=made)
    await quiet.put(f"{R}/items/c", json={"column": "now"})
    return quiet


async def test_a_decision_comes_after_the_one_before_it(admin: httpx.AsyncClient, roadmap: str) -> None:
    await admin.put(f"{roadmap}/items/a", json={"column": "now", "at": "2026-02-01T00:00:00Z"})
    late = await admin.put(f"{roadmap}/items/a", json={"column": "next", "at": "2026-01-31T00:00:00Z"})
    assert (late.status_code, late.json()["errors"][0]["field"]) == (409, "at")
    other = await admin.put(f"{roadmap}/items/b", json={"column": "next", "at": "2026-01-31T00:00:00Z"})
    assert other.status_code == 200
    absent = await admin.delete(f"{roadmap}/items/c")
    assert (absent.status_code, absent.json()["errors"][0]["field"]) == (404, "item")


async def test_a_post_that_is_gone_is_shown_as_gone(admin: httpx.AsyncClient, roadmap: str) -> None:
    for post in "ab":
        await admin.put(f"{roadmap}/items/{post}", json={"column": "now"})
    deleted = await admin.post("/v1/posts/a:delete", json={"reason": "spam"})
    assert deleted.status_code == 200, deleted.text
    merged = await admin.post("/v1/posts/b:merge", json={"into": "c"})
    assert merged.status_code == 200, merged.text
    again = await admin.put("/v1/roadmaps/other", json={"name": "Other"})
    refused = [await admin.put(f"/v1/roadmaps/other/items/{post}", json={"column": "now"}) for post in "ab"]
    assert [answer.status_code for answer in refused] == [404, 409]
    read = await admin.get(roadmap, params={"after": again.json()["position"]})
    items = read.json()["columns"][0]["items"]
    assert [(item["post"], item["title"], item["deleted"], item["merged_into"]) for item in items] == [
        ("a", None, True, None),
        ("b", "Post b", False, "c"),
    ]
