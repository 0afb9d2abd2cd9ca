"""Forecasts over HTTP: of a post, of a roadmap, and how past ones held."""

from datetime import date, timedelta

import httpx

from events.times import DAY, format_time
from tests.support.stack import Api

TOOK = [3, 5, 7, 9, 11, 13]
BEGUN = [date(2026, 1, 5) + timedelta(weeks=week) for week in range(len(TOOK))]
AS_OF = "2026-03-16T00:00:00Z"


async def decide(admin: httpx.AsyncClient, path: str, body: dict[str, object], verb: str = "POST") -> str:
    answer = await admin.request(verb, path, json=body)
    assert answer.is_success, answer.text
    return str(answer.json()["position"])


async def work(admin: httpx.AsyncClient) -> str:
    """Six posts that took 3 to 13 days, one that is in work, and one that waits; the last write's position."""
    await decide(admin, "/v1/boards/ideas", {"name": "Ideas"}, "PUT")
    await decide(admin, "/v1/roadmaps/product", {"name": "Product"}, "PUT")
    for number in range(len(TOOK) + 2):
        body = {"board": "ideas", "title": f"Post {number}", "at": "2026-01-01T00:00:00Z"}
        await decide(admin, f"/v1/posts/p{number}", body, "PUT")
    for number, (begun, took) in enumerate(zip(BEGUN, TOOK, strict=True)):
        for status, day in (("in-progress", begun), ("complete", begun + timedelta(days=took))):
            await decide(admin, f"/v1/posts/p{number}:status", {"status": status, "at": f"{day}T00:00:00Z"})
    await decide(admin, "/v1/posts/p6:status", {"status": "in-progress", "at": "2026-03-14T00:00:00Z"})
    for post, target in (("p6", "2026-03-31"), ("p7", "2026-04-30")):
        place = {"column": "now", "target": target, "at": "2026-03-15T00:00:00Z"}
        position = await decide(admin, f"/v1/roadmaps/product/items/{post}", place, "PUT")
    return position


async def test_a_forecast_says_when_how_surely_and_from_what(admin: httpx.AsyncClient) -> None:
    position = await work(admin)
    asked = {"as_of": AS_OF, "after": position}
    answer = await admin.get("/v1/posts/p6/forecast", params=asked)
    assert answer.status_code == 200, answer.text
    forecast = answer.json()
    assert (forecast["state"], forecast["age_days"], forecast["why"]) == ("in_work", 2.0, None)
    assert forecast["history"]["begun"] == 7
    assert forecast["history"]["finished"] == 6
    assert forecast["done"]["p50"]["day"] == "2026-03-22"
    assert forecast["done"]["p95"] is None  # six finished ones say nothing of the slowest of twenty
    waiting = (await admin.get("/v1/posts/p7/forecast", params={"as_of": AS_OF})).json()
    assert (waiting["state"], waiting["done"]["p50"]["day"]) == ("waiting", None)
    shipped = (await admin.get("/v1/posts/p0/forecast", params={"as_of": AS_OF})).json()
    assert (shipped["state"], shipped["why"], shipped["done"]["p50"]) == ("shipped", "it is shipped", None)

    roadmap = (await admin.get("/v1/roadmaps/product/forecast", params={"as_of": AS_OF})).json()
    first, second = roadmap["items"]
    assert (first["post"], first["due"], second["post"]) == ("p6", "2026-03-31", "p7")
    assert first["done"]["p50"] == forecast["done"]["p50"]
    assert 0.5 < first["chance"] <= 1
    assert first["done"]["p50"]["days"] < second["done"]["p50"]["days"] <= roadmap["done"]["p50"]["days"]
    assert roadmap["fan"][0] == {"week": 0, "p50": 0, "p85": 0, "p95": 0}
    assert roadmap["teams"][0]["history"]["weeks"][0] == 0  # the last one was done more than a week ago
    assert roadmap == (await admin.get("/v1/roadmaps/product/forecast", params={"as_of": AS_OF})).json()


async def test_what_was_recorded_later_was_not_known(admin: httpx.AsyncClient) -> None:
    """History that comes in today was known to nobody in March: `known_at` says so, and so does the record."""
    position = await work(admin)
    before = format_time(int(1_773_619_200_000 - 5 * DAY))
    forecast = (await admin.get("/v1/posts/p6/forecast", params={"known_at": before, "after": position})).json()
    assert forecast["why"] == "0 of the items that were begun are finished: it takes 5 to say anything"
    assert forecast["as_of"] == before
    teams = (await admin.get("/v1/forecasts/calibration", params={"after": position})).json()["teams"]
    by_basis = {row["basis"]: row for row in teams}
    assert by_basis["happened"]["forecasts"] == 7
    assert by_basis["happened"]["p50"] == {"judged": 1, "held": 0, "share": None}
    assert by_basis["recorded"]["forecasts"] == 1  # the one whose end is still to come


async def test_forecasts_are_for_those_who_see_what_is_internal(api: Api, workspace: str) -> None:
    async with await api.client(workspace, "read") as read:
        for path in ("/v1/posts/p6/forecast", "/v1/roadmaps/product/forecast", "/v1/forecasts/calibration"):
            assert (await read.get(path)).status_code == 403, path
