"""Goals by HTTP: defined, measured, linked and closed; what stands behind them; and a roadmap's revision."""

import httpx
import pytest

from tests.support.moments import all_recorded
from tests.support.stack import Api

G = "/v1/goals/retention"
CHURN = {"key_result": "churn", "name": "Monthly churn", "unit": "%", "start": 4, "target": 2.0}


async def ok(asked, status: int = 200) -> dict:
    answer = await asked
    assert answer.status_code == status, answer.text
    return answer.json()


@pytest.fixture
async def goal(admin: httpx.AsyncClient, posts: list[str]) -> str:
    body = {"name": "Customers stay", "target_day": "2027-06-30", "key_results": [CHURN], "at": "2026-01-10T00:00:00Z"}
    made = await admin.put(G, json=body)
    assert (made.status_code, made.headers["etag"], made.headers["location"]) == (201, '"1"', G)
    return G


async def test_the_life_of_a_goal(admin: httpx.AsyncClient, goal: str) -> None:
    measure = f"{goal}/key-results/churn:measure"
    await ok(admin.post(measure, json={"value": 3.5, "at": "2026-02-01T00:00:00Z"}))
    late = await ok(admin.post(measure, json={"value": 3.8, "at": "2026-01-20T00:00:00Z", "reason": "found later"}))
    assert (late["value"], late["measured_at"], late["version"]) == (3.5, "2026-02-01T00:00:00.000Z", 3)
    linked = await ok(admin.put(f"{goal}/posts/a", json={"weight": 60, "reason": "asked for"}))
    assert (linked["weight"], linked["version"]) == (60, 4)
    await ok(admin.put(f"{goal}/posts/b"))
    gone = await ok(admin.delete(f"{goal}/posts/b", params={"reason": "no"}))
    assert gone["weight"] is None
    closed = await ok(admin.post(f"{goal}:close", json={"outcome": "missed", "reason": "June"}))
    refused = await admin.put(goal, json={"name": "x"}, headers={"if-match": '"1"'})
    assert refused.status_code == 412
    read = await admin.get(goal, params={"after": closed["position"]})
    assert (read.headers["etag"], read.json()["state"], read.json()["progress"]) == ('"7"', "missed", 0.25)
    assert read.json()["key_results"][0] | CHURN == read.json()["key_results"][0]
    before = await ok(admin.get(goal, params={"as_of": "2026-01-25T00:00:00Z"}))
    assert (before["state"], before["progress"], before["version"]) == ("open", pytest.approx(0.1), None)
    values = await ok(admin.get(f"{goal}/key-results/churn/values"))
    assert [each["value"] for each in values["items"]] == [3.8, 3.5]
    first = await ok(admin.get(f"{goal}/history", params={"limit": 4}))
    rest = await ok(admin.get(f"{goal}/history", params={"cursor": first["next_cursor"]}))
    told = [(each["version"], each["change"]) for each in [*first["items"], *rest["items"]]]
    assert [change for _, change in sorted(told)] == [
        "defined", "measured", "measured", "linked", "linked", "unlinked", "closed",
    ]  # fmt: skip
    links = await ok(admin.get(f"{goal}/posts"))
    assert [(each["post"], each["title"], each["weight"]) for each in links["items"]] == [("a", "Post a", 60)]
    assert [each["goal"] for each in (await ok(admin.get("/v1/goals", params={"state": "open"})))["items"]] == []
    await ok(admin.post(f"{goal}:reopen"))


async def test_demand_with_and_without_goals(api: Api, admin: httpx.AsyncClient, workspace: str, goal: str) -> None:
    await ok(admin.put("/v1/goals/growth", json={"name": "Grow"}), 201)
    await ok(admin.put("/v1/goals/quiet", json={"name": "Nobody asks"}), 201)
    await ok(admin.put(f"{goal}/posts/a", json={"weight": 75}))
    await ok(admin.put("/v1/goals/growth/posts/a", json={"weight": 25}))
    company = {"name": "Globex", "spend": {"amount": 90_000, "currency": "EUR"}}
    await ok(admin.put("/v1/companies/globex", json=company))
    await ok(admin.put("/v1/persons/p1", json={"company": "globex"}))
    votes = [{"post": post, "person": person, "value": 1} for post in "ab" for person in ("p1", "p2", "p3", "p4")]
    await ok(admin.post("/v1/votes:batch", json={"votes": votes[:6]}))
    last = await ok(admin.post("/v1/posts/c:status", json={"status": "planned"}))
    known = await ok(admin.post("/v1/votes:batch", json={"votes": votes[6:]}))
    found = await ok(admin.get("/v1/goals:coverage", params={"after": known["position"]}))
    assert {name: found["total"][name] for name in ("posts", "demand", "covered_demand", "covered")} == {
        "posts": 3, "demand": 8, "covered_demand": 4, "covered": 0.5,
    }  # fmt: skip
    assert [(each["goal"], each["demand"], each["open"], each["share"]) for each in found["items"]] == [
        ("retention", 3.0, 3.0, 3 / 8), ("growth", 1.0, 1.0, 1 / 8), ("quiet", 0.0, 0.0, 0.0),
    ]  # fmt: skip
    assert found["items"][1]["spend_now"] == [{"currency": "EUR", "amount": 90_000}]
    assert found["without_demand"] == ["quiet"]
    assert [(each["post"], each["demand"], each["companies"]) for each in found["without_goal"]] == [("b", 4, 1)]
    past = await ok(admin.get("/v1/goals:coverage", params={"as_of": "2026-01-11T00:00:00Z"}))
    assert [(each["goal"], each["demand"]) for each in past["items"]] == [("retention", 0.0)]
    assert past["total"]["covered"] is None
    known = await ok(admin.get("/v1/goals:coverage", params={"known_at": "2026-01-11T00:00:00Z"}))
    assert (known["items"], known["total"]["posts"], known["known_at"]) == ([], 0, "2026-01-11T00:00:00.000Z")
    known = await ok(admin.get("/v1/goals:coverage", params={"known_at": all_recorded()}))
    assert (known["items"], known["total"]) == (found["items"], found["total"])
    assert last["position"]
    async with await api.client(workspace, "read") as reader:
        for path in ("/v1/goals", goal, "/v1/goals:coverage", f"{goal}/posts", f"{goal}/history"):
            answer = await reader.get(path)
            assert (answer.status_code, answer.json()["errors"][0]["field"]) == (403, "goals")
        feed = await reader.get("/v1/events", params={"types": "groundswell.goal"})
        assert feed.json()["items"] == []


async def test_a_roadmap_is_revised(api: Api, admin: httpx.AsyncClient, workspace: str, posts: list[str]) -> None:
    item = "/v1/roadmaps/product/items/a"
    await ok(admin.put("/v1/roadmaps/product", json={"name": "P", "public": True, "at": "2026-01-01T00:00:00Z"}), 201)
    await ok(admin.put(item, json={"column": "next", "target": "2026-03-01", "at": "2026-01-05T00:00:00Z"}))
    late = {"target": "2026-03-11", "reason": "the supplier", "at": "2026-02-05T00:00:00Z"}
    await ok(admin.put(item, json=late))
    await ok(admin.put("/v1/posts/a/votes/p1", json={"at": "2026-02-06T00:00:00Z"}))
    vote = await ok(admin.put("/v1/posts/a/votes/p2", json={"at": "2026-02-07T00:00:00Z"}))
    moved = await ok(admin.post("/v1/posts/a:status", json={"status": "complete", "reason": "done", "note": "Here!"}))
    asked = {"since": "2026-02-01T00:00:00Z", "after": moved["position"]}
    path = "/v1/roadmaps/product/revision"
    await ok(admin.get("/v1/posts/a", params={"after": vote["position"]}))
    found = await ok(admin.get(path, params=asked))
    assert [(each["change"], each["days"], each["reasons"][-1]["reason"]) for each in found["items"]] == [
        ("shipped", None, "done"), ("slipped", 10, "the supplier"),
    ]  # fmt: skip
    assert [(each["post"], each["slips"], each["days"], each["slips_since"]) for each in found["slips"]] == [
        ("a", 1, 10, 1)
    ]
    assert [(each["post"], each["score_placed"], each["score"], each["share"]) for each in found["rose"]] == [
        ("a", 0, 2, None)
    ]
    assert found["fell"] == []
    async with await api.client(workspace, "read") as reader:
        shown = await ok(reader.get(path, params=asked))
        assert [each["reasons"][-1]["reason"] for each in shown["items"]] == [None, None]
        assert shown["items"][0]["reasons"][-1]["note"] == "Here!"
    ahead = await admin.get(path, params={"since": "2099-01-01T00:00:00Z"})
    assert (ahead.status_code, ahead.json()["errors"][0]["field"]) == (400, "since")
