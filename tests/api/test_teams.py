"""Teams, estimates, and what is told of work that was done, over HTTP."""

import asyncio

import httpx
import pytest

from tests.support.stack import Api

E = "/v1/posts/a/estimate"


async def ok(answer: httpx.Response, status: int = 200) -> dict:
    assert answer.status_code == status, answer.text
    found: dict = answer.json()
    return found


async def test_the_life_of_a_team(admin: httpx.AsyncClient, posts: list[str]) -> None:
    made = await admin.put("/v1/teams/web", json={"name": "Web", "at": "2026-01-01T00:00:00Z"})
    assert (made.status_code, made.headers["etag"], made.json()["removed"]) == (201, '"1"', False)
    stale = await admin.put("/v1/teams/web", json={"name": "Other"}, headers={"if-match": '"3"'})
    assert stale.status_code == 412
    await ok(await admin.put("/v1/teams/api", json={"name": "API"}), 201)
    renamed = await ok(await admin.put("/v1/teams/web", json={"name": "Sites"}, headers={"if-match": '"1"'}))
    listed = await ok(await admin.get("/v1/teams", params={"limit": 1, "after": renamed["position"]}))
    assert [(each["team"], each["name"]) for each in listed["items"]] == [("api", "API")]
    listed = await ok(await admin.get("/v1/teams", params={"cursor": listed["next_cursor"]}))
    assert [(each["team"], each["name"], each["version"]) for each in listed["items"]] == [("web", "Sites", 2)]
    await ok(await admin.put("/v1/roadmaps/product", json={"name": "Product"}), 201)
    item = await ok(
        await admin.put("/v1/roadmaps/product/items/a", json={"column": "now", "team": "web", "owner": "ann"})
    )
    assert (item["team"], item["owner"]) == ("web", "ann")
    other = await ok(await admin.put("/v1/roadmaps/product/items/a", json={"team": "api"}))
    gone = await ok(await admin.delete("/v1/teams/web", params={"reason": "merged"}))
    assert gone["removed"]
    refused = await admin.put("/v1/roadmaps/product/items/b", json={"column": "now", "team": "web"})
    assert (refused.status_code, refused.json()["errors"][0]["field"]) == (422, "team")
    assert (await admin.get("/v1/teams/web")).status_code == 404
    read = await ok(await admin.get("/v1/roadmaps/product", params={"after": other["position"]}))
    assert read["columns"][0]["items"][0]["team"] == "api"
    told = await ok(await admin.get("/v1/roadmaps/product/revisions", params={"after": other["position"]}))
    assert [(each["line"], each["team_before"], each["team"]) for each in told["items"]][:2] == [
        ('gave "Post a" to team api (it was web\'s)', "web", "api"),
        ('placed "Post a" in Now, owned by ann, for team web', None, "web"),
    ]


async def test_the_life_of_an_estimate(admin: httpx.AsyncClient, posts: list[str]) -> None:
    said = {"unit": "days", "low": 2, "high": 5.5, "reason": "like the export", "at": "2026-01-10T00:00:00Z"}
    first = await admin.put(E, json=said)
    assert (first.status_code, first.headers["etag"]) == (201, '"1"')
    again = await admin.put(E, json={**said, "at": None}, headers={"if-match": '"1"'})
    assert (await ok(again))["version"] == 1
    points = await ok(await admin.put(E, json={"unit": "points", "low": 3, "high": 3, "at": "2026-02-01T00:00:00Z"}))
    now = await admin.get(E, params={"after": points["position"]})
    assert ((await ok(now))["unit"], now.json()["high"], now.headers["etag"]) == ("points", 3, '"2"')
    then = await ok(await admin.get(E, params={"as_of": "2026-01-20T00:00:00Z"}))
    assert (then["unit"], then["low"], then["high"], then["reason"]) == ("days", 2, 5.5, "like the export")
    assert (await admin.get(E, params={"as_of": "2026-01-09T00:00:00Z"})).status_code == 404
    early = await admin.put(E, json={"unit": "days", "low": 1, "high": 1, "at": "2026-01-20T00:00:00Z"})
    assert (early.status_code, early.json()["errors"][0]["field"]) == (409, "at")
    gone = await ok(await admin.delete(E, params={"reason": "nobody knows"}))
    assert (gone["unit"], gone["version"]) == (None, 3)
    assert (await admin.get(E, params={"after": gone["position"]})).status_code == 404
    told = await ok(await admin.get("/v1/posts/a/estimates", params={"limit": 2}))
    assert [(each["unit"], each["version"]) for each in told["items"]] == [("days", 1), ("points", 2)]
    rest = await ok(await admin.get("/v1/posts/a/estimates", params={"cursor": told["next_cursor"]}))
    assert [(each["unit"], each["reason"]) for each in rest["items"]] == [(None, "nobody knows")]


@pytest.mark.parametrize("path", ["/v1/teams", "/v1/teams/web", "/v1/teams:report", E, "/v1/posts/a/estimates"])
async def test_who_sees_nothing_internal_sees_none_of_it(
    api: Api, workspace: str, admin: httpx.AsyncClient, path: str
) -> None:
    async with await api.client(workspace, "read") as reader:
        refused = await reader.get(path)
        assert (refused.status_code, "--internal" in refused.json()["detail"]) == (403, True)
        assert (await reader.put(E, json={"unit": "days", "low": 1, "high": 2})).status_code == 403
        feed = await reader.get("/v1/events", params={"types": "groundswell.team"})
        assert feed.json()["items"] == []


async def work(admin: httpx.AsyncClient) -> None:
    """Twelve posts that team web shipped, those tagged mobile much quicker."""
    await asyncio.gather(*(
        admin.put(path, json=body)
        for path, body in [
            ("/v1/boards/ideas", {"name": "Ideas"}),
            ("/v1/tags/mobile", {"name": "Mobile", "colour": "#112233"}),
            ("/v1/teams/web", {"name": "Web", "at": "2026-01-01T00:00:00Z"}),
            ("/v1/roadmaps/product", {"name": "Product", "at": "2026-01-01T00:00:00Z"}),
        ]
    ))  # fmt: skip
    await asyncio.gather(*(ship(admin, number) for number in range(12)))


async def ship(admin: httpx.AsyncClient, number: int) -> None:
    """Days in progress: 1 to 6 with the tag, 15 to 20 without."""
    post, days = f"/v1/posts/w{number}", number + 1 if number < 6 else number + 9
    begun = "2026-03-01T00:00:00Z"
    body = {"board": "ideas", "title": f"W{number}", "at": "2026-02-01T00:00:00Z"}
    await ok(await admin.put(post, json=body), 201)
    if number < 6:
        await ok(await admin.put(f"{post}/tags", json={"tags": ["mobile"]}))
    item = {"column": "now", "team": "web", "target": "2026-03-31", "at": "2026-02-02T00:00:00Z"}
    await ok(await admin.put(f"/v1/roadmaps/product/items/w{number}", json=item))
    estimate = {"unit": "days", "low": days - 0.5, "high": days + 0.5, "at": "2026-02-03T00:00:00Z"}
    await ok(await admin.put(f"{post}/estimate", json=estimate), 201)
    await ok(await admin.post(f"{post}:status", json={"status": "in-progress", "at": begun}))
    shipped = f"2026-03-{1 + days:02d}T00:00:00Z"
    await ok(await admin.post(f"{post}:status", json={"status": "complete", "at": shipped}))


async def test_the_report_tells_a_teams_work_and_what_it_is_better_at(admin: httpx.AsyncClient) -> None:
    await work(admin)
    last = (await ok(await admin.put("/v1/teams/web", json={"name": "Web team"})))["position"]
    told = await ok(await admin.get("/v1/teams:report", params={"after": last}))
    assert (told["posts"], told["without_team"], told["fewest"], told["from"]) == (12, 0, 5, None)
    (web,) = told["items"]
    whole, mobile = web["work"]
    assert (web["name"], whole["tag"], whole["posts"], mobile["tag"]) == ("Web team", None, 12, "mobile")
    assert mobile["cycle_days"] == {"posts": 6, "p50": 3.5, "p85": 5.25}
    assert whole["estimates"]["in_days"] == 12
    assert (whole["estimates"]["hit_rate"], whole["estimates"]["ratio_p50"]) == (1, 1)
    assert (whole["dated"], whole["slip_rate"], whole["reopened"], whole["votes_delivered"]) == (12, 0, 0, 0)
    status = {each["status"]: each for each in mobile["status_days"]}
    assert status["in-progress"] == {"status": "in-progress", "posts": 6, "p50": 3.5, "p85": 5.25}
    assert status["open"]["p50"] == 28
    (strength,) = web["strengths"]
    assert strength["text"] == (
        "Web team is quicker at mobile: 3.5 days in progress at the median (6 posts), "
        "against 17.5 days in its own other work (6 posts)"
    )
    assert (strength["measure"], strength["posts"], strength["other_posts"]) == ("cycle_time", 6, 6)
    assert "other teams delivered no posts: nothing to compare Web team with" in web["missing"]
    span = {"from": "2026-03-04T00:00:00Z", "to": "2026-03-08T00:00:00Z", "team": "web"}
    few = (await ok(await admin.get("/v1/teams:report", params=span)))["items"][0]
    assert (few["work"][0]["posts"], few["work"][0]["cycle_days"]["p50"], few["compared"]) == (4, None, 0)
    assert few["missing"] == ["Web team delivered 4 posts: from fewer than 5 nothing is said"]
    unknown = await ok(await admin.get("/v1/teams:report", params={"known_at": "2026-06-01T00:00:00Z"}))
    assert (unknown["posts"], unknown["items"], unknown["known_at"]) == (0, [], "2026-06-01T00:00:00.000Z")
    past = await ok(await admin.get("/v1/teams:report", params={"as_of": "2026-03-10T00:00:00Z"}))
    assert (past["items"][0]["name"], past["items"][0]["work"][0]["posts"]) == ("Web", 6)
