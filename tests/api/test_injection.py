"""No text from outside is ever SQL."""

import base64

import httpx
import msgspec
import pytest

from projections.cursor import cursor_token

HOSTILE = [
    "' OR 1=1 --",
    "a') UNION ALL SELECT name, name FROM system.tables --",
    "\\' OR 1=1 --",
    "a\x00b",
    "{workspace:String}",
    "%s%(post)s",
    "\\N",
    "`; DROP DATABASE groundswell; --",
    "a\nFORMAT JSON",
    "💥",
]
READS: dict[str, tuple[str, ...]] = {
    "/v1/ranking": (
        "board",
        "status",
        "kind",
        "tag",
        "author",
        "archived",
        "by",
        "cursor",
        "as_of",
        "known_at",
        "after",
        "limit",
    ),
    "/v1/demand": ("segment", "company", "by", "currency", "days", "comments", "as_of", "cursor", "after"),
    "/v1/posts/a/demand": ("segment", "company", "days", "comments", "parts", "as_of", "after"),
    "/v1/ranking/movement?since=2026-01-01": ("board", "status", "tag", "by", "as_of", "after", "limit", "cursor"),
    "/v1/posts/a/rank-history?from=2026-01-01": ("board", "status", "tag", "by", "to", "every", "after", "cursor"),
    "/v1/formulas": ("cursor", "after", "limit"),
    "/v1/posts": (
        "board",
        "status",
        "kind",
        "tag",
        "author",
        "archived",
        "pinned_first",
        "merged",
        "as_of",
        "cursor",
        "after",
        "limit",
    ),
    "/v1/boards": ("cursor", "after", "limit"),
    "/v1/posts/a": ("as_of", "after"),
    "/v1/posts/a/activity": ("cursor", "as_of", "after", "limit"),
    "/v1/posts/a/versions": ("cursor", "after", "limit"),
    "/v1/posts/a/versions/1": ("after",),
    "/v1/workflow": ("after",),
    "/v1/tags": ("cursor", "after", "limit"),
    "/v1/boards/ideas/fields": ("cursor", "after", "limit"),
    "/v1/posts/a/votes": ("cursor", "as_of", "after", "limit"),
    "/v1/posts/a/history": ("cursor", "after", "limit"),
    "/v1/persons/ann/votes": ("cursor", "after", "limit"),
    "/v1/events": ("after", "limit", "wait"),
}


@pytest.mark.parametrize("path", READS)
async def test_every_parameter(quiet: httpx.AsyncClient, path: str) -> None:
    for name in READS[path]:
        for text in HOSTILE:
            answer = await quiet.get(httpx.URL(path).copy_merge_params({name: text}))
            assert answer.status_code == 400, (name, text, answer.text)
            assert answer.json()["errors"][0]["field"] == name


@pytest.mark.parametrize("text", HOSTILE)
async def test_every_path(quiet: httpx.AsyncClient, text: str) -> None:
    from urllib.parse import quote

    quoted = quote(text, safe="")
    for method, path in (
        ("GET", f"/v1/posts/{quoted}"),
        ("GET", f"/v1/posts/{quoted}/votes"),
        ("GET", f"/v1/posts/{quoted}/history"),
        ("GET", f"/v1/persons/{quoted}/votes"),
        ("PUT", f"/v1/posts/{quoted}/votes/ann"),
        ("PUT", f"/v1/posts/a/votes/{quoted}"),
    ):
        answer = await quiet.request(method, path)
        assert answer.status_code in (400, 404), (path, answer.text)


@pytest.mark.parametrize("text", HOSTILE)
async def test_values_of_fields_are_values(quiet: httpx.AsyncClient, text: str) -> None:
    for path in ("/v1/posts", "/v1/ranking"):
        answer = await quiet.get(path, params={"field.effort": text})
        assert answer.status_code == (400 if "\x00" in text else 200), answer.text
        assert answer.status_code == 400 or answer.json()["items"] == []
        named = await quiet.get(path, params={f"field.{text}": "1"})
        assert named.status_code == 400, named.text


@pytest.mark.parametrize("text", HOSTILE)
async def test_plans_are_values(quiet: httpx.AsyncClient, text: str) -> None:
    answer = await quiet.get("/v1/demand", params={"plan": text})
    assert answer.status_code == (200 if text.isprintable() else 400), answer.text
    assert answer.status_code == 400 or (answer.json()["items"], answer.json()["group"]["id"]) == ([], text)


@pytest.mark.parametrize("text", HOSTILE)
async def test_forged_cursors_are_values(quiet: httpx.AsyncClient, text: str) -> None:
    for path, token in (
        ("/v1/tags", cursor_token("tags", (text,))),
        ("/v1/boards", cursor_token("boards", (text,))),
        ("/v1/posts", cursor_token("posts", (0, 0, text))),
        ("/v1/posts/a/votes", cursor_token("votes", (text,))),
        ("/v1/persons/ann/votes", cursor_token("persons-votes", (text,))),
        ("/v1/ranking", cursor_token("ranking", ("top", 1, 5, 0, text))),
        ("/v1/demand", cursor_token("demand:votes:", (5, 0, text))),
    ):
        answer = await quiet.get(path, params={"cursor": token})
        assert answer.status_code == 200, answer.text
        assert all(item.get("post", "a") in ("a", "b", "c") for item in answer.json()["items"])


@pytest.mark.parametrize("number", [-1, 2**16, 2**63, 2**64 - 1, -(2**63)])
async def test_forged_numbers_are_refused_or_find_nothing_wrong(quiet: httpx.AsyncClient, number: int) -> None:
    for path, token in (
        ("/v1/posts", cursor_token("posts", (number, "a"))),
        ("/v1/posts/a/history", cursor_token("history", (number, number, number))),
        ("/v1/ranking", cursor_token("ranking", ("top", number, number, number, "a"))),
        ("/v1/demand", cursor_token("demand:votes:", (number, number, "a"))),
    ):
        answer = await quiet.get(path, params={"cursor": token})
        assert answer.status_code in (200, 400), (path, answer.text)
    for topic in ("groundswell.ballots", "' OR 1=1 --"):
        token = packed([[topic, number, number]])
        for path in ("/v1/events", "/v1/ranking"):
            answer = await quiet.get(path, params={"after": token})
            assert (answer.status_code, answer.json()["errors"][0]["field"]) == (400, "after")


async def test_texts_stay_what_they_are(admin: httpx.AsyncClient, posts: list[str]) -> None:
    shown = [text for text in HOSTILE if "\x00" not in text]
    for number, text in enumerate(shown):
        body = {"board": "ideas", "title": text.replace("\n", " "), "body": text}
        made = await admin.put(f"/v1/posts/h{number}", json=body)
        assert made.status_code == 201, made.text
        read = await admin.get(f"/v1/posts/h{number}", params={"after": made.json()["position"]})
        assert (read.json()["title"], read.json()["body"]) == (text.replace("\n", " "), text)
    ranking = await admin.get("/v1/ranking", params={"after": made.json()["position"], "limit": 100})
    assert {item["title"] for item in ranking.json()["items"]} >= {text.replace("\n", " ") for text in shown}


def packed(value: object) -> str:
    return base64.urlsafe_b64encode(msgspec.msgpack.encode(value)).rstrip(b"=").decode()
