"""The page over HTTP: who sees it, what is sent with it, and a browser that opens it with a key as the password."""

import re

import httpx

from tests.api.conftest import make_posts
from tests.support.chromium import chromium
from tests.support.stack import Api


async def test_a_browser_opens_the_page_with_a_key_as_the_password(api: Api) -> None:
    async with await api.client("report-seen") as admin:
        await make_posts(admin)
        voted = await admin.put("/v1/posts/a/votes/ann", json={})
        await admin.get("/report", params={"after": voted.json()["position"]})
    key = await api.key("report-seen", "admin")
    async with chromium() as browser:
        context = await browser.new_context(http_credentials={"username": "me", "password": key})
        shown = await context.new_page()
        wrong: list[str] = []
        asked: list[str] = []
        shown.on("console", lambda message: wrong.append(message.text))
        shown.on("pageerror", lambda error: wrong.append(str(error)))
        shown.on("request", lambda request: asked.append(request.url))
        answer = await shown.goto(f"{api.url}/report")
        assert answer is not None
        assert answer.status == 200
        await shown.wait_for_selector("html[data-drawn]", state="attached")
        assert await shown.locator("#chart-standing .mark-line path").count() == 1
        assert "1 vote stands now" in await shown.locator("#demand .sentence").inner_text()
        assert set(asked) <= {f"{api.url}/report", "data:,"}
        assert wrong == []


async def test_the_page_is_for_those_who_see_what_is_internal_and_kept_by_nobody_else(api: Api) -> None:
    async with await api.client("report-kept") as admin, httpx.AsyncClient(base_url=api.url, verify=False) as nobody:
        await make_posts(admin)
        answer = await admin.get("/report")
        assert answer.headers["content-type"] == "text/html; charset=utf-8"
        assert answer.headers["cache-control"] == "private, no-cache"
        assert answer.headers["vary"] == "Authorization"
        policy = answer.headers["content-security-policy"]
        assert policy.startswith("default-src 'none'; script-src 'sha256-")
        assert policy.endswith("frame-ancestors 'none'")
        assert "unsafe" not in policy
        same = await admin.get("/report", headers={"if-none-match": answer.headers["etag"]})
        assert (same.status_code, same.content) == (304, b"")
        of_board = await admin.get("/report", params={"board": "ideas", "as_of": "2026-01-01T00:00:00Z"})
        assert "as of 1\xa0Jan\xa02026, board \u201cideas\u201d" in of_board.text
        assert (await admin.get("/report", params={"board": "none"})).status_code == 404

        refused = await nobody.get("/report")
        assert refused.status_code == 401
        assert 'Basic realm="groundswell"' in refused.headers["www-authenticate"]
        key = await api.key("report-kept", "admin")
        assert (await nobody.get("/report", params={"key": key})).status_code == 401
        assert (await admin.get("/report", params={"key": key})).status_code == 400
    async with await api.client("report-kept", "read") as reader:
        assert (await reader.get("/report")).status_code == 403


async def test_an_empty_page_tells_of_routes_that_there_are(api: Api) -> None:
    async with await api.client("report-empty") as admin:
        page = (await admin.get("/report")).text
        paths = (await admin.get("/openapi.json")).json()["paths"]
    there = {(method.upper(), path) for path, methods in paths.items() for method in methods}
    told = set(re.findall(r"(GET|PUT|POST|DELETE) (/v1/[\w{}/:-]*[\w}])", page))
    assert len(told) > 8
    assert told <= there
