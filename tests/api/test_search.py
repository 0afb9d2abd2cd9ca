"""Search and similar posts over HTTP."""

import httpx
import pytest

from tests.support.stack import Api


async def put(admin: httpx.AsyncClient, post: str, title: str, body: str = "") -> str:
    answer = await admin.put(f"/v1/posts/{post}", json={"board": "ideas", "title": title, "body": body})
    assert answer.status_code in (200, 201), answer.text
    position: str = answer.json()["position"]
    return position


@pytest.fixture
async def position(admin: httpx.AsyncClient, posts: list[str]) -> str:
    await put(admin, "dark", "Dark mode", "My eyes hurt")
    await put(admin, "eyes", "Kinder to the eyes", "A mode that is dark")
    await put(admin, "csv", "Export to CSV")
    for number in range(5):
        await put(admin, f"mode-{number}", f"Mode {number}")
    return await put(admin, "gone", "Dark modes of old")


async def found(client: httpx.AsyncClient, **query: object) -> list[str]:
    answer = await client.get("/v1/search", params=query)
    assert answer.status_code == 200, answer.text
    return [item["post"] for item in answer.json()["items"]]


async def test_words_are_found_in_order_and_by_pages(
    admin: httpx.AsyncClient, api: Api, workspace: str, position: str
) -> None:
    modes = [f"mode-{number}" for number in range(4, -1, -1)]
    assert await found(admin, q="dark mode", after=position) == ["dark", "eyes", "gone", *modes]
    collected, cursor = [], None
    while True:
        params = {"q": "dark mode", "limit": 2} | ({} if cursor is None else {"cursor": cursor})
        page = (await admin.get("/v1/search", params=params)).json()
        collected += [item["post"] for item in page["items"]]
        cursor = page["next_cursor"]
        if cursor is None:
            break
    assert collected == ["dark", "eyes", "gone", *modes]
    async with await api.client(workspace, "read") as reader:
        assert await found(reader, q="CSV", board="ideas") == ["csv"]
        assert await found(reader, q="CSV", status="closed") == []
    async with await api.client(f"{workspace}-other") as stranger:
        assert await found(stranger, q="dark") == []


async def test_a_deleted_post_is_not_found(admin: httpx.AsyncClient, position: str) -> None:
    answer = await admin.post("/v1/posts/gone:delete", json={})
    assert answer.status_code == 200, answer.text
    after = answer.json()["position"]
    assert await found(admin, q="old", after=after) == []
    similar = await admin.get("/v1/posts:similar", params={"title": "Dark modes of old"})
    assert "gone" not in [item["post"] for item in similar.json()["items"]]


async def test_similar_posts_have_their_votes(admin: httpx.AsyncClient, position: str) -> None:
    vote = await admin.put("/v1/posts/dark/votes/ann", json={})
    params = {"title": "Drak mode", "limit": 1, "after": vote.json()["position"]}
    items = (await admin.get("/v1/posts:similar", params=params)).json()["items"]
    assert [(item["post"], item["score"], item["voters"]) for item in items] == [("dark", 1, 1)]
    assert 0.3 <= items[0]["likeness"] <= 1
    body = {"title": "Dark mode", "body": "my eyes hurt. " * 1400, "board": "ideas"}
    answer = await admin.post("/v1/posts:similar", json=body)
    assert answer.json()["items"][0]["post"] == "dark"
    assert (await admin.post("/v1/posts:similar", json={"title": "", "body": ""})).json()["items"] == []


@pytest.mark.parametrize(
    ("path", "query", "field"),
    [
        ("search", {}, "q"),
        ("search", {"q": ""}, "q"),
        ("search", {"q": "?!"}, "q"),
        ("search", {"q": "a\x00b"}, "q"),
        ("search", {"q": "a\nb"}, "q"),
        ("search", {"q": "x" * 201}, "q"),
        ("search", {"q": " ".join(map(str, range(17)))}, "q"),
        ("search", {"q": "a", "cursor": "AAAA"}, "cursor"),
        ("search", {"q": "a", "status": "nope"}, "status"),
        ("search", {"q": "a", "as_of": "2026-01-01T00:00:00Z"}, "as_of"),
        ("search", {"q": "a", "limit": "0"}, "limit"),
        ("posts:similar", {}, "title"),
        ("posts:similar", {"title": "a\x1bb"}, "title"),
        ("posts:similar", {"title": "a", "limit": "21"}, "limit"),
        ("posts:similar", {"title": "a", "body": "x" * 2001}, "body"),
    ],
)
async def test_what_can_t_be_asked(quiet: httpx.AsyncClient, path: str, query: dict[str, str], field: str) -> None:
    answer = await quiet.get(f"/v1/{path}", params=query)
    assert (answer.status_code, answer.json()["errors"][0]["field"]) == (400, field), answer.text


async def test_a_cursor_belongs_to_its_words(admin: httpx.AsyncClient, position: str) -> None:
    page = await admin.get("/v1/search", params={"q": "mode", "limit": 2, "after": position})
    answer = await admin.get("/v1/search", params={"q": "dark", "cursor": page.json()["next_cursor"]})
    assert answer.status_code == 400


@pytest.mark.parametrize(
    "body", [{}, {"title": "a", "body": "\x00"}, {"title": "a\nb"}, {"title": "a", "more": 1}, {"title": "x" * 201}]
)
async def test_what_can_t_be_similar(quiet: httpx.AsyncClient, body: dict[str, object]) -> None:
    assert (await quiet.post("/v1/posts:similar", json=body)).status_code == 422
