"""Merging and unmerging posts over the whole house: what is shown, what is counted, what is refused."""

import asyncio

import httpx
import pytest

MERGE = "/v1/posts/{}:merge"


async def vote(admin: httpx.AsyncClient, post: str, *persons: str, value: int = 1) -> str:
    votes = [{"post": post, "person": person, "value": value} for person in persons]
    answer = await admin.post("/v1/votes:batch", json={"votes": votes})
    assert answer.json()["rejected"] == 0, answer.text
    return str(answer.json()["position"])


async def merge(admin: httpx.AsyncClient, post: str, into: str, **fields: str) -> str:
    answer = await admin.post(MERGE.format(post), json={"into": into, **fields})
    assert answer.status_code == 200, answer.text
    return str(answer.json()["position"])


async def unmerge(admin: httpx.AsyncClient, post: str) -> str:
    answer = await admin.post(f"/v1/posts/{post}:unmerge", json={"reason": "not the same"})
    assert answer.status_code == 200, answer.text
    return str(answer.json()["position"])


async def ranking(admin: httpx.AsyncClient, after: str) -> dict[str, int]:
    answer = await admin.get("/v1/ranking", params={"after": after})
    return {item["post"]: item["voters"] for item in answer.json()["items"]}


async def test_a_voter_of_both_counts_once_and_an_unmerge_gives_back(
    admin: httpx.AsyncClient, posts: list[str]
) -> None:
    await vote(admin, "a", "ann", "ben")
    first = await ranking(admin, await vote(admin, "b", "ben", "cem"))
    assert first == {"a": 2, "b": 2, "c": 0}
    assert await ranking(admin, await merge(admin, "a", "b", reason="the same")) == {"b": 3, "c": 0}
    await vote(admin, "a", "dee")
    assert await ranking(admin, await merge(admin, "b", "c")) == {"c": 4}
    await unmerge(admin, "b")
    assert await ranking(admin, await unmerge(admin, "a")) == {"a": 3, "b": 2, "c": 0}


async def test_what_was_merged_shows_on_both_as_it_was_at_any_moment(
    admin: httpx.AsyncClient, posts: list[str]
) -> None:
    await merge(admin, "a", "b", reason="the same", at="2020-02-01T00:00:00Z")
    after = await merge(admin, "b", "c", at="2020-03-01T00:00:00Z")
    a = (await admin.get("/v1/posts/a", params={"after": after})).json()
    assert a["merge"]["into"] == "b"
    assert a["merge"]["root"] == "c"
    assert (a["merge"]["at"], a["merge"]["reason"]) == ("2020-02-01T00:00:00.000Z", "the same")
    assert a["merge"]["by"].startswith("key:")
    c = (await admin.get("/v1/posts/c")).json()
    assert [(each["post"], each["into"]) for each in c["merged"]] == [("a", "b"), ("b", "c")]
    assert c["merge"] is None
    past = (await admin.get("/v1/posts/b", params={"as_of": "2020-02-15T00:00:00Z"})).json()
    assert past["merge"] is None
    assert [each["post"] for each in past["merged"]] == ["a"]
    assert (await admin.get("/v1/posts/a", params={"as_of": "2020-01-15T00:00:00Z"})).json()["merge"] is None
    after = await unmerge(admin, "b")
    c = (await admin.get("/v1/posts/c", params={"after": after})).json()
    assert c["merged"] == []


async def test_who_and_why_is_not_for_the_public(api, workspace: str, admin: httpx.AsyncClient, posts) -> None:  # type: ignore[no-untyped-def]
    after = await merge(admin, "a", "b", reason="between us")
    async with await api.client(workspace, "read") as public:
        answer = await public.get("/v1/posts/a", params={"after": after})
        assert (answer.json()["merge"]["by"], answer.json()["merge"]["reason"]) == (None, None)
        answer = await public.get("/v1/posts/b")
        assert "between us" not in answer.text
        assert (await public.post(MERGE.format("b"), json={"into": "c"})).status_code == 403


@pytest.mark.parametrize(
    ("post", "body", "status", "field"),
    [
        ("a", {"into": "a"}, 422, "into"),
        ("a", {"into": "nowhere"}, 404, "post"),
        ("nowhere", {"into": "a"}, 404, "post"),
        ("a", {"into": "closed"}, 409, "into"),
        ("merged", {"into": "b"}, 409, "post"),
        ("root", {"into": "merged"}, 409, "into"),
        ("a", {"into": "b", "at": "2019-01-01T00:00:00Z"}, 422, "at"),
        ("a", {"into": "b", "at": "yesterday"}, 422, "at"),
        ("a", {"into": "no id"}, 422, "into"),
        ("a", {"into": 1}, 422, "into"),
        ("a", {}, 422, "into"),
        ("a", {"into": "b", "why": "x"}, 422, "why"),
        ("a", {"into": "b", "reason": "x" * 1001}, 422, "reason"),
        ("a", {"into": "b", "reason": "x\u0000"}, 422, "reason"),
    ],
)
async def test_what_can_not_be_merged_names_the_field_and_changes_nothing(
    refusing: httpx.AsyncClient, post: str, body: dict[str, object], status: int, field: str
) -> None:
    answer = await refusing.post(MERGE.format(post), json=body)
    assert answer.status_code == status, answer.text
    assert answer.headers["content-type"] == "application/problem+json"
    assert [error["field"] for error in answer.json()["errors"]] == [field]
    assert (await refusing.get("/v1/posts/a")).json()["merge"] is None


@pytest.fixture
async def refusing(quiet: httpx.AsyncClient) -> httpx.AsyncClient:
    """A workspace where `closed` is closed, and `merged` went into `root`."""
    for post in ("closed", "merged", "root"):
        await quiet.put(f"/v1/posts/{post}", json={"board": "ideas", "title": post})
    await quiet.post("/v1/posts/closed:close", json={"reason": "done"})
    await merge(quiet, "merged", "root")
    return quiet


async def test_of_two_merges_at_once_that_would_make_a_circle_one_is_refused(
    admin: httpx.AsyncClient, posts: list[str]
) -> None:
    answers = await asyncio.gather(
        *(admin.post(MERGE.format(post), json={"into": into}) for post, into in (("a", "b"), ("b", "a")))
    )
    assert sorted(answer.status_code for answer in answers) == [200, 409]


async def test_at_the_version_that_is_named_or_not_at_all(admin: httpx.AsyncClient, posts: list[str]) -> None:
    answer = await admin.post(MERGE.format("a"), json={"into": "b"}, headers={"if-match": '"7"'})
    assert answer.status_code == 412
    answer = await admin.post(MERGE.format("a"), json={"into": "b"}, headers={"if-match": '"1"'})
    assert (answer.status_code, answer.headers["etag"]) == (200, '"2"')
