"""Gates over HTTP: what holds a post back, what lets it through; and what came of it after it was shipped."""

import httpx

from tests.support.moments import all_recorded
from tests.support.stack import Api

CHECKS = [{"check": "reviewed", "name": "Reviewed"}, {"check": "tested", "name": "Tested"}]
EVIDENCE = 'javascript:alert("<b>")'


async def done(client: httpx.AsyncClient, method: str, path: str, **fields: object) -> dict:
    what = {"params": fields} if method in ("GET", "DELETE") else {"json": fields}
    answer = await client.request(method, f"/v1{path}", **what)
    assert answer.status_code in (200, 201), answer.text
    found: dict = answer.json()
    return found


async def test_a_gate_holds_posts_back_until_its_checks_are_passed(admin: httpx.AsyncClient, posts: list[str]) -> None:
    assert (await done(admin, "GET", "/boards/ideas/gate"))["checks"] == []
    await done(admin, "PUT", "/boards/ideas/gate", checks=CHECKS, at="2026-01-01T00:00:00Z")
    asked = await admin.put("/v1/boards/ideas/gate", json={"checks": CHECKS[:1]}, headers={"if-match": '"7"'})
    assert asked.status_code == 412

    await done(admin, "PUT", "/posts/a/checks/reviewed", evidence=EVIDENCE, by="p-7")
    refused = await admin.post("/v1/posts/a:status", json={"status": "complete"})
    assert (refused.status_code, refused.json()["errors"][0]["field"]) == (409, "status")
    assert "a lacks tested" in refused.json()["detail"]
    why = await admin.post("/v1/posts/a:status", json={"status": "complete", "override": True})
    assert (why.status_code, why.json()["errors"][0]["field"]) == (422, "reason")

    statuses = [
        {"id": "new", "name": "New", "colour": "#6b7280", "kind": "open"},
        {"id": "out", "name": "Out", "colour": "#16a34a", "kind": "shipped"},
    ]
    rules = {"statuses": statuses, "initial": "new", "moved": {"open": "out"}}
    refused = await admin.put("/v1/workflow", json=rules)
    assert (refused.status_code, refused.json()["errors"][0]["field"]) == (409, "moved.open"), "no way around the gate"

    await done(admin, "PUT", "/releases/r", title="R", posts=["a", "b"])
    refused = await admin.post("/v1/releases/r:publish", json={})
    assert refused.status_code == 409
    assert "a lacks tested; b lacks reviewed, tested" in refused.json()["detail"]

    after = (await done(admin, "PUT", "/posts/a/checks/tested", evidence="77 of 77"))["position"]
    found = await done(admin, "GET", "/posts/a/checks", after=after)
    assert [(each["check"], each["by"], each["evidence"]) for each in found["checks"]] == [
        ("reviewed", "p-7", EVIDENCE), ("tested", found["checks"][1]["by"], "77 of 77"),
    ]  # fmt: skip
    assert found["missing"] == []
    shipped = await done(admin, "POST", "/posts/a:status", status="complete")
    assert shipped["status"] == "complete"
    late = await done(admin, "POST", "/posts/b:status", status="complete", at="2025-12-31T00:00:00Z")
    assert late["status"] == "complete", "the gate was set later"

    published = await done(admin, "POST", "/releases/r:publish")
    assert (published["state"], published["override"]) == ("published", False)
    after = (await done(admin, "POST", "/posts/c:status", status="complete", override=True, reason="It burns"))[
        "position"
    ]
    overrides = await done(admin, "GET", "/gate-overrides", after=after)
    assert [(each["post"], each["missing"], each["reason"]) for each in overrides["items"]] == [
        ("c", ["reviewed", "tested"], "It burns")
    ]
    assert (await done(admin, "GET", "/open-gates"))["items"] == []
    before = await done(admin, "GET", "/open-gates", as_of="2026-01-02T00:00:00Z")
    assert [(each["post"], each["passed"]) for each in before["items"]] == [("a", 0), ("c", 0)]

    gone = await done(admin, "DELETE", "/posts/a/checks/tested", reason="The wrong build")
    assert (gone["passed"], gone["evidence"]) == (False, "")
    history = await done(admin, "GET", "/posts/a/checks/history", after=gone["position"])
    assert [(each["check"], each["passed"], each["reason"]) for each in history["items"]] == [
        ("reviewed", True, ""), ("tested", True, ""), ("tested", False, "The wrong build"),
    ]  # fmt: skip
    decided = await done(admin, "GET", "/boards/ideas/gate/history")
    assert [[check["check"] for check in each["checks"]] for each in decided["items"]] == [["reviewed", "tested"]]


async def test_what_came_of_a_post(api: Api, admin: httpx.AsyncClient, posts: list[str], workspace: str) -> None:
    await done(admin, "POST", "/posts/a:status", status="complete", at="2020-02-01T00:00:00Z")
    for person, value in (("ann", 1), ("ben", 1), ("cem", -1)):
        await done(admin, "PUT", f"/posts/a/votes/{person}", value=value)
    await done(admin, "PUT", "/posts/a/defects/b", at="2020-03-01T00:00:00Z")
    await done(admin, "PUT", "/posts/a/defects/c", reason="flickers")
    itself = await admin.put("/v1/posts/a/defects/a", json={})
    assert (itself.status_code, itself.json()["errors"][0]["field"]) == (422, "defect")
    assert (await admin.put("/v1/posts/a/defects/nowhere", json={})).status_code == 404
    comment = (await done(admin, "POST", "/posts/a/comments", author="cem", body="It is bad"))["comment"]
    await done(admin, "PUT", f"/comments/{comment}/complaint")
    async with await api.client(workspace, "ingest") as ingest:
        assert (await ingest.put("/v1/posts/b/satisfaction/ann", json={"rating": 5})).status_code == 409
        assert (await ingest.put("/v1/posts/a/satisfaction/ann", json={"rating": 6})).status_code == 422
        assert (await ingest.get("/v1/quality")).status_code == 403
        after = (await done(ingest, "PUT", "/posts/a/votes/dan"))["position"]
        asked = await done(ingest, "GET", "/persons/ann/questions", after=after)
        assert [each["post"] for each in asked["items"]] == ["a"]
        after = (await done(ingest, "PUT", "/posts/a/satisfaction/ann", rating=4))["position"]
        assert (await done(ingest, "GET", "/persons/ann/questions", after=after))["items"] == []
        withdrawn = await done(ingest, "DELETE", "/posts/a/satisfaction/ann")
        assert (await done(ingest, "GET", "/persons/ann/questions", after=withdrawn["position"]))["items"] != []
        after = (await done(ingest, "PUT", "/posts/a/satisfaction/ben", rating=2))["position"]
    content = await done(admin, "GET", "/posts/a/satisfaction", after=after)
    assert (content["ratings"], content["by_rating"], content["mean_rating"], content["asked"]) == (
        1,
        {"2": 1},
        None,
        3,
    )
    linked = await done(admin, "GET", "/posts/a/defects")
    assert [(each["defect"], each["escaped"]) for each in linked["items"]] == [("c", False), ("b", False)]
    found = await done(admin, "GET", "/quality", by="post", after=after)
    (outcome,) = found["posts"]
    assert outcome == {
        "post": "a", "title": "Post a", "board": "ideas", "team": None, "shipped_at": "2020-02-01T00:00:00.000Z",
        "reopened": 0, "down_votes_after": 1, "complaints": 1, "defects": 2, "escaped_defects": 0, "ratings": 1,
        "mean_rating": None,
    }  # fmt: skip
    (team,) = (await done(admin, "GET", "/quality", to="2021-01-01T00:00:00Z"))["teams"]
    assert (team["team"], team["shipped_posts"], team["escaped_defect_rate"]) == (None, 1, None)
    assert (await done(admin, "GET", "/quality", **{"from": "2021-01-01T00:00:00Z"}))["teams"] == []
    (then,) = (await done(admin, "GET", "/quality", by="post", as_of="2020-03-02T00:00:00Z"))["posts"]
    assert (then["defects"], then["complaints"], then["ratings"], then["down_votes_after"]) == (1, 0, 0, 0)
    moments = {"as_of": "2020-03-02T00:00:00Z", "known_at": all_recorded()}
    assert (await done(admin, "GET", "/quality", by="post", **moments))["posts"] == [then]
    assert (await done(admin, "GET", "/posts/a/defects", **moments))["known_at"] == moments["known_at"]
    for path, empty in (("/quality", "teams"), ("/posts/a/defects", "items")):
        known = await done(admin, "GET", path, known_at="2020-03-02T00:00:00Z")
        assert (known[empty], known["known_at"]) == ([], "2020-03-02T00:00:00.000Z"), "it was recorded in these days"
