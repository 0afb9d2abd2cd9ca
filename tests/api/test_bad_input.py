"""Bad input: the right status, and a problem document that names the field."""

import json
from typing import Any

import httpx
import pytest

from tests.support.stack import Api

VOTE = "/v1/posts/a/votes/ann"
LONG = "x" * 65
BATCH = "/v1/votes:batch"
POST = {"board": "ideas", "title": "T"}

# method, path, request arguments, status, field
TABLE: list[tuple[str, str, dict[str, Any], int, str]] = [
    ("PUT", "/v1/posts/nowhere/votes/ann", {}, 404, "post"),
    ("PUT", "/v1/posts/.a/votes/ann", {}, 400, "post"),
    ("PUT", f"/v1/posts/{LONG}/votes/ann", {}, 400, "post"),
    ("PUT", "/v1/posts/a/votes/a%20b", {}, 400, "person"),
    ("PUT", "/v1/posts/a/votes/a%0A", {}, 400, "person"),
    ("PUT", f"/v1/posts/a/votes/{LONG}", {}, 400, "person"),
    ("DELETE", "/v1/posts/a/votes/-", {}, 400, "person"),
    ("PUT", VOTE, {"json": {"value": 0}}, 422, "value"),
    ("PUT", VOTE, {"json": {"value": "1"}}, 422, "value"),
    ("PUT", VOTE, {"json": {"value": True}}, 422, "value"),
    ("PUT", VOTE, {"json": {"value": 1.5}}, 422, "value"),
    ("PUT", VOTE, {"json": {"importance": 4}}, 422, "importance"),
    ("PUT", VOTE, {"json": {"importance": 0}}, 422, "importance"),
    ("PUT", VOTE, {"json": {"at": "yesterday"}}, 422, "at"),
    ("PUT", VOTE, {"json": {"at": 5}}, 422, "at"),
    ("PUT", VOTE, {"json": {"at": "2026-01-31T12:00:00"}}, 422, "at"),
    ("PUT", VOTE, {"json": {"at": "1969-12-31T23:59:59Z"}}, 422, "at"),
    ("PUT", VOTE, {"json": {"at": "2026-02-30T00:00:00Z"}}, 422, "at"),
    ("PUT", VOTE, {"json": {"at": "2090-01-01T00:00:00Z"}}, 422, "at"),
    ("PUT", VOTE, {"json": {"at": "9999-12-31T23:59:59Z"}}, 422, "at"),
    ("PUT", VOTE, {"json": {"id": ""}}, 422, "id"),
    ("PUT", VOTE, {"json": {"id": "x" * 129}}, 422, "id"),
    ("PUT", VOTE, {"json": {"by": "no one"}}, 422, "by"),
    ("PUT", VOTE, {"json": {"weight": 5}}, 422, "weight"),
    ("PUT", VOTE, {"json": [1]}, 422, "body"),
    ("PUT", VOTE, {"content": b"{"}, 400, "body"),
    ("PUT", VOTE, {"content": b'{"at": "\xff"}'}, 400, "body"),
    ("PUT", VOTE, {"content": b"[" * 100_000}, 422, "body"),
    ("POST", BATCH, {"content": b'{"votes": ' + b"[" * 100_000}, 400, "body"),
    ("PUT", "/v1/boards/x", {"content": b'{"name": ' + b"[" * 100_000}, 400, "body"),
    ("PUT", VOTE, {"content": b"a=1", "headers": {"content-type": "text/plain"}}, 415, "Content-Type"),
    ("PUT", f"{VOTE}?value=1", {}, 400, "value"),
    ("DELETE", f"{VOTE}?at=never", {}, 422, "at"),
    ("DELETE", f"{VOTE}?when=now", {}, 400, "when"),
    ("POST", BATCH, {"json": {}}, 422, "votes"),
    ("POST", BATCH, {"json": {"votes": {}}}, 422, "votes"),
    ("POST", BATCH, {"json": {"votes": [], "more": 1}}, 422, "more"),
    ("POST", BATCH, {"json": {"votes": [{}] * 10_001}}, 400, "votes"),
    ("POST", BATCH, {"content": b'{"votes": [{]}'}, 400, "body"),
    ("POST", BATCH, {"content": b"", "headers": {"content-type": "text/csv"}}, 415, "Content-Type"),
    ("POST", f"{BATCH}?dry=1", {"json": {"votes": []}}, 400, "dry"),
    ("GET", "/v1/metrics?every=day", {}, 400, "every"),
    ("GET", "/v1/metrics/nothing", {}, 404, "metric"),
    ("GET", "/v1/metrics/votes_cast?every=hour", {}, 400, "every"),
    ("GET", "/v1/metrics/votes_cast?from=soon", {}, 400, "from"),
    ("GET", "/v1/metrics/votes_cast?from=2026-02-01&to=2026-02-01", {}, 400, "from"),
    ("GET", "/v1/metrics/votes_cast?from=1990-01-01&every=day", {}, 400, "from"),
    ("GET", "/v1/metrics/votes_cast?tag=-", {}, 400, "tag"),
    ("GET", "/v1/metrics/votes_cast?kind=nope", {}, 400, "kind"),
    ("GET", "/v1/metrics/throughput?kind=open", {}, 400, "kind"),
    ("GET", "/v1/metrics/forecast_calibration?known_at=2026-01-01", {}, 400, "known_at"),
    ("PUT", "/v1/teams/x", {"json": {"name": "a\nb"}}, 422, "name"),
    ("PUT", "/v1/teams/.x", {"json": {"name": "X"}}, 400, "team"),
    ("GET", "/v1/teams:report?from=soon", {}, 400, "from"),
    ("GET", "/v1/teams:report?team=none", {}, 404, "team"),
    ("DELETE", "/v1/teams/none", {}, 404, "team"),
    ("PUT", "/v1/posts/a/estimate", {"json": {"unit": "weeks", "low": 1, "high": 2}}, 422, "unit"),
    ("PUT", "/v1/posts/a/estimate", {"json": {"unit": "days", "low": 0, "high": 2}}, 422, "low"),
    ("PUT", "/v1/posts/a/estimate", {"json": {"unit": "days", "low": 3, "high": 2}}, 422, "high"),
    ("PUT", "/v1/posts/a/estimate", {"content": b'{"unit": "days", "low": 1, "high": NaN}'}, 422, "high"),
    ("PUT", "/v1/posts/none/estimate", {"json": {"unit": "days", "low": 1, "high": 2}}, 404, "post"),
    ("GET", "/v1/posts/b/estimate", {}, 404, "post"),
    ("DELETE", "/v1/posts/b/estimate", {}, 404, "estimate"),
    ("PUT", "/v1/boards/x", {"json": {}}, 422, "name"),
    ("PUT", "/v1/boards/x", {"json": {"name": ""}}, 422, "name"),
    ("PUT", "/v1/boards/x", {"json": {"name": "   "}}, 422, "name"),
    ("PUT", "/v1/boards/x", {"json": {"name": 5}}, 422, "name"),
    ("PUT", "/v1/boards/x", {"json": {"name": "x" * 101}}, 422, "name"),
    ("PUT", "/v1/boards/x", {"json": {"name": "X", "colour": "red"}}, 422, "colour"),
    ("PUT", "/v1/boards/x y", {"json": {"name": "X"}}, 400, "board"),
    ("PUT", "/v1/boards/x?force=1", {"json": {"name": "X"}}, 400, "force"),
    ("PUT", "/v1/boards/x", {"content": b"{"}, 400, "body"),
    (
        "PUT",
        "/v1/boards/x",
        {"content": b'{"name": "X"}', "headers": {"content-type": "text/xml"}},
        415,
        "Content-Type",
    ),
    ("PUT", "/v1/boards/x", {"content": b'{"name": "\\u0000"}'}, 422, "name"),
    ("PUT", "/v1/boards/x", {"content": b'{"name": "\\ud800"}'}, 422, "name"),
    ("PUT", "/v1/posts/x", {"json": POST | {"board": "nowhere"}}, 404, "board"),
    ("PUT", "/v1/posts/x", {"json": POST | {"board": "a b"}}, 422, "board"),
    ("PUT", "/v1/posts/x", {"json": POST | {"title": "x" * 201}}, 422, "title"),
    ("PUT", "/v1/posts/x", {"json": POST | {"title": None}}, 422, "title"),
    ("PUT", "/v1/posts/x", {"json": POST | {"body": "x" * 20_001}}, 422, "body"),
    ("PUT", "/v1/posts/x", {"json": POST | {"author": "a@b.c"}}, 422, "author"),
    ("PUT", "/v1/posts/x", {"json": POST | {"at": "soon"}}, 422, "at"),
    ("PUT", "/v1/posts/x", {"json": POST | {"at": "2098-01-01T00:00:00Z"}}, 422, "at"),
    ("POST", "/v1/posts/nowhere:close", {}, 404, "post"),
    ("POST", "/v1/posts/a:close", {"json": {"reason": "x" * 1001}}, 422, "reason"),
    ("PUT", "/v1/posts/x", {"json": POST | {"title": "two\nlines"}}, 422, "title"),
    ("PUT", "/v1/posts/x", {"json": POST | {"body": "bell\x07"}}, 422, "body"),
    ("POST", "/v1/posts/nowhere:status", {"json": {"status": "open"}}, 404, "post"),
    ("POST", "/v1/posts/a:status", {"json": {"status": "nope"}}, 422, "status"),
    ("POST", "/v1/posts/a:status", {"json": {"status": "open", "note": "x" * 1001}}, 422, "note"),
    ("POST", "/v1/posts/a:status", {"json": {"status": "open", "at": "2098-01-01T00:00:00Z"}}, 422, "at"),
    ("POST", "/v1/posts/a:status", {}, 422, "body"),
    ("POST", "/v1/posts/a:move", {"json": {"board": "nowhere"}}, 404, "board"),
    ("POST", "/v1/posts/a:pin", {"headers": {"x-groundswell-actor": "ann@example.com"}}, 400, "X-Groundswell-Actor"),
    ("PUT", "/v1/posts/a/tags", {"json": {"tags": ["none"]}}, 422, "tags"),
    ("PUT", "/v1/posts/a/fields", {"json": {"fields": {"none": 1}}}, 422, "fields.none"),
    ("PUT", "/v1/tags/x", {"json": {"name": "X", "colour": "red"}}, 422, "colour"),
    ("DELETE", "/v1/tags/none", {}, 404, "tag"),
    ("PUT", "/v1/boards/nowhere/fields/f", {"json": {"name": "F", "type": "text"}}, 404, "board"),
    ("PUT", "/v1/boards/ideas/fields/f", {"json": {"name": "F", "type": "money"}}, 422, "type"),
    ("PUT", "/v1/boards/ideas/fields/f", {"json": {"name": "F", "type": "choice"}}, 422, "choices"),
    ("GET", "/v1/boards/nowhere/fields", {}, 404, "board"),
    ("PUT", "/v1/workflow", {"json": {"statuses": [], "initial": "open"}}, 422, "statuses"),
    ("GET", "/v1/posts/a/versions/0", {}, 400, "version"),
    ("GET", "/v1/posts/a/versions/99", {}, 404, "version"),
    ("GET", "/v1/posts?kind=done", {}, 400, "kind"),
    ("GET", "/v1/posts?field.a%20b=1", {}, 400, "field.a b"),
    ("GET", "/v1/ranking?field.effort=1&field.effort=2", {}, 400, "field.effort"),
    ("GET", "/v1/posts/nowhere", {}, 404, "post"),
    ("GET", "/v1/posts/nowhere/votes", {}, 404, "post"),
    ("GET", "/v1/posts/nowhere/history", {}, 404, "post"),
    ("GET", "/v1/posts/a?as_of=then", {}, 400, "as_of"),
    ("GET", "/v1/posts/a?as_of=3000-01-01", {}, 400, "as_of"),
    ("GET", "/v1/posts/a?after=nonsense", {}, 400, "after"),
    ("GET", "/v1/posts/a/votes?limit=0", {}, 400, "limit"),
    ("GET", "/v1/posts/a/votes?limit=101", {}, 400, "limit"),
    ("GET", "/v1/posts/a/votes?limit=ten", {}, 400, "limit"),
    ("GET", "/v1/posts/a/votes?cursor=nonsense", {}, 400, "cursor"),
    ("GET", "/v1/posts/a/history?cursor=%00", {}, 400, "cursor"),
    ("GET", "/v1/persons/a%20b/votes", {}, 400, "person"),
    ("GET", "/v1/persons/ann/votes?page=2", {}, 400, "page"),
    ("GET", "/v1/posts?status=done", {}, 400, "status"),
    ("GET", "/v1/posts?board=a%20b", {}, 400, "board"),
    ("GET", "/v1/boards?cursor=kA", {}, 400, "cursor"),
    ("GET", "/v1/demand?by=best", {}, 400, "by"),
    ("GET", "/v1/demand?by=spend_now", {}, 400, "currency"),
    ("GET", "/v1/demand?by=spend_now&currency=XXX", {}, 400, "currency"),
    ("GET", "/v1/demand?currency=EUR", {}, 400, "currency"),
    ("GET", "/v1/demand?plan=gold&company=globex", {}, 400, "company"),
    ("GET", "/v1/demand?segment=nowhere", {}, 404, "segment"),
    ("GET", "/v1/demand?days=0", {}, 400, "days"),
    ("GET", "/v1/demand?comments=101", {}, 400, "comments"),
    ("GET", "/v1/demand?cursor=nonsense", {}, 400, "cursor"),
    ("GET", "/v1/posts/nowhere/demand", {}, 404, "post"),
    ("GET", "/v1/posts/a/demand?parts=0", {}, 400, "parts"),
    ("GET", "/v1/posts/a/demand?limit=5", {}, 400, "limit"),
    ("GET", "/v1/ranking?by=best", {}, 400, "by"),
    ("GET", "/v1/ranking?status=done", {}, 400, "status"),
    ("GET", "/v1/ranking?board=nowhere", {}, 404, "board"),
    ("GET", "/v1/ranking?tag=a%20b", {}, 400, "tag"),
    ("GET", "/v1/ranking?cursor=nonsense", {}, 400, "cursor"),
    ("GET", "/v1/ranking?known_at=1", {}, 400, "known_at"),
    ("GET", "/v1/ranking?as_of=2026-01-01T00:00:00", {}, 400, "as_of"),
    ("GET", "/v1/ranking?sort=top", {}, 400, "sort"),
    ("GET", "/v1/ranking?limit=-1", {}, 400, "limit"),
    ("GET", "/v1/events?after=%F0%9F%92%A9", {}, 400, "after"),
    ("GET", "/v1/events?wait=31", {}, 400, "wait"),
    ("GET", "/v1/events?wait=nan", {}, 400, "wait"),
    ("GET", "/v1/events?limit=1001", {}, 400, "limit"),
    ("PUT", "/v1/formulas/x", {"json": {}}, 422, "expression"),
    ("PUT", "/v1/formulas/x", {"json": {"expression": "up +"}}, 422, "expression"),
    ("PUT", "/v1/formulas/x", {"json": {"expression": "up", "unit": "a\nb"}}, 422, "unit"),
    ("PUT", "/v1/formulas/hot", {"json": {"expression": "up"}}, 422, "formula"),
    ("PUT", "/v1/formulas/savio", {"json": {"expression": "up"}}, 422, "formula"),
    ("POST", "/v1/formulas/x:remove", {"json": {}}, 404, "formula"),
    ("GET", "/v1/formulas/x", {}, 404, "formula"),
    ("GET", "/v1/ranking?by=luck", {}, 400, "by"),
    ("GET", "/v1/ranking?by=savio", {}, 400, "by"),
    ("POST", "/v1/ranking:what-if", {"json": {}}, 422, "formula"),
    ("POST", "/v1/ranking:what-if", {"json": {"formula": "luck"}}, 400, "formula"),
    ("POST", "/v1/ranking:what-if", {"json": {"formula": "hot", "compare_to": "luck"}}, 400, "compare_to"),
    ("POST", "/v1/ranking:what-if", {"json": {"expression": "up; down"}}, 422, "expression"),
    ("POST", "/v1/ranking:what-if", {"json": {"expression": "up + segment.nowhere"}}, 404, "segment"),
    ("POST", "/v1/ranking:what-if", {"json": {"formula": "hot", "limit": 0}}, 422, "limit"),
    ("POST", "/v1/ranking:what-if", {"json": {"formula": "hot", "fields": {"a b": "1"}}}, 400, "field.a b"),
    ("GET", "/v1/ranking/movement", {}, 400, "since"),
    ("GET", "/v1/ranking/movement?since=2026-01-01&cursor=x", {}, 400, "cursor"),
    ("GET", "/v1/posts/nowhere/rank-history?from=2026-01-01", {}, 404, "post"),
    ("GET", "/v1/posts/a/rank-history?from=2026-01-01&every=hour", {}, 400, "every"),
    ("GET", "/v1/posts/a/rank-history?from=2090-01-01", {}, 400, "from"),
    ("GET", "/v1/posts/a/rank-history?from=2026-01-01&by=savio.EUR", {}, 400, "by"),
    ("GET", "/v1/ranking?by=savio.EUR&known_at=2026-01-01", {}, 400, "known_at"),
    ("GET", "/v1/ranking/movement?since=2090-01-01", {}, 400, "since"),
    ("GET", "/v1/ranking/movement?since=2026-01-01&as_of=2090-01-01", {}, 400, "as_of"),
    ("POST", "/v1/ranking:what-if", {"json": {"formula": "hot", "as_of": "2090-01-01"}}, 422, "as_of"),
    ("POST", "/v1/ranking:what-if", {"json": {"formula": "hot", "known_at": "2090-01-01"}}, 422, "known_at"),
    ("GET", "/v1/metrics?as_of=2090-01-01", {}, 400, "as_of"),
    ("GET", "/v1/metrics/votes_cast?as_of=2090-01-01", {}, 400, "as_of"),
    ("GET", "/v1/metrics/votes_cast?known_at=2090-01-01", {}, 400, "known_at"),
    ("GET", "/v1/metrics/votes_cast?board=nowhere", {}, 404, "board"),
    ("GET", "/v1/metrics/votes_cast?team=nowhere", {}, 404, "team"),
    ("GET", "/v1/metrics/votes_cast?segment=nowhere", {}, 404, "segment"),
    ("GET", "/v1/demand?as_of=2090-01-01", {}, 400, "as_of"),
    ("GET", "/v1/posts/a/demand?as_of=2090-01-01", {}, 400, "as_of"),
    ("GET", "/v1/posts/a/forecast?as_of=2090-01-01", {}, 400, "as_of"),
    ("GET", "/v1/posts/a/forecast?known_at=2090-01-01", {}, 400, "known_at"),
    ("GET", "/v1/roadmaps/nowhere/forecast?as_of=2090-01-01", {}, 400, "as_of"),
    ("GET", "/v1/forecasts/calibration?as_of=2090-01-01", {}, 400, "as_of"),
    ("GET", "/v1/teams:report?as_of=2090-01-01", {}, 400, "as_of"),
    ("GET", "/v1/teams:report?known_at=2090-01-01", {}, 400, "known_at"),
    ("GET", "/v1/teams:report?from=2026-02-01&to=2026-01-01", {}, 400, "from"),
    ("GET", "/v1/forecasts/calibration?team=nowhere", {}, 404, "team"),
    ("GET", "/v1/goals?as_of=2090-01-01", {}, 400, "as_of"),
    ("GET", "/v1/goals:coverage?as_of=2090-01-01", {}, 400, "as_of"),
    ("GET", "/v1/goals:coverage?known_at=2090-01-01", {}, 400, "known_at"),
    ("GET", "/v1/quality?as_of=2090-01-01", {}, 400, "as_of"),
    ("GET", "/v1/quality?from=2026-02-01&to=2026-02-01", {}, 400, "from"),
    ("GET", "/v1/quality?board=nowhere", {}, 404, "board"),
    ("GET", "/v1/quality?team=nowhere", {}, 404, "team"),
    ("GET", "/report?as_of=2090-01-01", {}, 400, "as_of"),
]


def problem(answer: httpx.Response) -> dict[str, Any]:
    assert answer.headers["content-type"] == "application/problem+json", answer.text
    document = answer.json()
    assert document["status"] == answer.status_code
    assert document["type"].startswith("urn:groundswell:problem:")
    assert document["title"]
    assert document["detail"]
    for inside in ("Traceback", "SELECT", "site-packages", "msgspec", "pydantic"):
        assert inside not in answer.text
    return document


@pytest.mark.parametrize(("method", "path", "given", "status", "field"), TABLE)
async def test_it_is_refused_and_named(
    quiet: httpx.AsyncClient, method: str, path: str, given: dict[str, Any], status: int, field: str
) -> None:
    answer = await quiet.request(method, path, **given)
    assert answer.status_code == status, answer.text
    document = problem(answer)
    assert field in {error["field"] for error in document["errors"]}, document
    assert all(error["message"] for error in document["errors"])


@pytest.mark.parametrize("key", ["", "Bearer", "Bearer nonsense", "Basic YTpi", f"Bearer gsk_abc_{'x' * 40}"])
@pytest.mark.parametrize(("method", "path"), [("PUT", VOTE), ("POST", BATCH), ("GET", "/v1/ranking")])
async def test_without_a_key_there_is_nothing(api: Api, key: str, method: str, path: str) -> None:
    async with httpx.AsyncClient(base_url=api.url) as client:
        headers = {"authorization": key} if key else {}
        answer = await client.request(method, path, headers=headers, content=b"{" if method != "GET" else None)
    assert answer.status_code == 401
    assert answer.headers["www-authenticate"].startswith("Bearer")
    problem(answer)


@pytest.mark.parametrize(
    ("method", "path", "allowed"),
    [
        ("PATCH", VOTE, {"PUT", "DELETE"}),
        ("GET", VOTE, {"PUT", "DELETE"}),
        ("GET", BATCH, {"POST"}),
        ("DELETE", "/v1/posts/a", None),
        ("POST", "/v1/ranking", {"GET"}),
    ],
)
async def test_a_wrong_method(quiet: httpx.AsyncClient, method: str, path: str, allowed: set[str] | None) -> None:
    answer = await quiet.request(method, path)
    assert answer.status_code == 405
    problem(answer)
    if allowed is not None:
        assert set(answer.headers["allow"].replace(" ", "").split(",")) == allowed


@pytest.mark.parametrize("path", ["/", "/v1", "/v1/nothing", "/v1/ranking/", f"{VOTE}/more", "/v1/posts//votes/ann"])
async def test_a_wrong_address(quiet: httpx.AsyncClient, path: str) -> None:
    answer = await quiet.put(path)
    assert answer.status_code == 404
    problem(answer)


@pytest.mark.parametrize("path", [BATCH, VOTE, "/v1/boards/x"])
@pytest.mark.parametrize("declared", [True, False])
async def test_a_body_beyond_the_bound(quiet: httpx.AsyncClient, path: str, declared: bool) -> None:
    body = b'{"name": "' + b"x" * (8 * 1024 * 1024) + b'"}'

    async def pieces() -> Any:
        for start in range(0, len(body), 1 << 20):
            yield body[start : start + (1 << 20)]

    method = "POST" if path == BATCH else "PUT"
    content = body if declared else pieces()
    headers = {"content-type": "application/json"}
    answer = await quiet.request(method, path, content=content, headers=headers)
    assert answer.status_code == 413
    problem(answer)


async def test_a_cursor_belongs_to_its_list(quiet: httpx.AsyncClient) -> None:
    top = await quiet.get("/v1/ranking", params={"limit": 1, "after": await latest(quiet)})
    cursor = top.json()["next_cursor"]
    assert cursor
    answer = await quiet.get("/v1/ranking", params={"limit": 1, "by": "recent", "cursor": cursor})
    assert (answer.status_code, answer.json()["errors"][0]["field"]) == (400, "cursor")
    for path in ("/v1/posts", "/v1/boards", "/v1/posts/a/votes", "/v1/posts/a/history", "/v1/persons/ann/votes"):
        answer = await quiet.get(path, params={"cursor": cursor})
        assert (answer.status_code, answer.json()["errors"][0]["field"]) == (400, "cursor"), path


async def latest(client: httpx.AsyncClient) -> str:
    """A position that includes everything that the client has decided so far."""
    position: str = (await client.put("/v1/boards/ideas", json={"name": "Ideas"})).json()["position"]
    return position


async def test_many_odd_numbers_are_no_reason_to_fail(quiet: httpx.AsyncClient) -> None:
    for number in ("1e999", "-0", "123456789012345678901234567890", "NaN", "Infinity", "0x1"):
        body = f'{{"votes": [{{"post": "a", "person": "ann", "value": {number}}}]}}'
        answer = await quiet.post(BATCH, content=body)
        assert answer.status_code in (200, 400), answer.text
        if answer.status_code == 200 and number != "-0":
            assert answer.json()["errors"][0]["index"] == 0
        else:
            json.loads(answer.text)
