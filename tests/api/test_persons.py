"""Persons, companies and segments over HTTP: who may say and read what, what is refused, and what is forgotten."""

import httpx
import pytest

from tests.support.stack import Api

ANN = {
    "name": "Ann Example", "email": "ann@example.com", "company": "globex", "plan": "gold",
    "spend": {"amount": 900, "currency": "EUR"}, "traits": {"seats": 5, "beta": True},
}  # fmt: skip


async def test_what_was_said_is_known_with_its_history(admin: httpx.AsyncClient):
    said = await admin.put("/v1/persons/ann", json={**ANN, "at": "2026-01-01T00:00:00Z"})
    assert said.status_code == 200, said.text
    later = {"plan": None, "traits": {"beta": None, "seats": 6}, "at": "2026-02-01T00:00:00Z"}
    said = await admin.put("/v1/persons/ann", json=later)
    known = (await admin.get("/v1/persons/ann", params={"after": said.json()["position"]})).json()
    assert {name: known[name] for name in (*ANN, "first_seen", "updated_at")} == {
        **ANN, "plan": None, "traits": {"seats": 6}, "first_seen": "2026-01-01T00:00:00.000Z",
        "updated_at": "2026-02-01T00:00:00.000Z",
    }  # fmt: skip
    first = (await admin.get("/v1/persons/ann/history", params={"limit": 1})).json()
    [past] = first["items"]
    assert (past["plan"], past["traits"], past["company"]) == ("gold", {"beta": True, "seats": 5}, "globex")
    assert "name" not in past
    rest = (await admin.get("/v1/persons/ann/history", params={"cursor": first["next_cursor"]})).json()
    assert [(item["plan"], item["spend"]) for item in rest["items"]] == [(None, ANN["spend"])]


async def test_a_batch_is_taken_whole_or_not_at_all_and_a_retry_counts_once(admin: httpx.AsyncClient):
    persons = [{"person": f"p{number}", "plan": "gold", "company": "c1"} for number in range(3)]
    bad = {"persons": [*persons, {"person": "p9", "email": "none"}]}
    refused = await admin.post("/v1/persons:batch", json=bad)
    assert (refused.status_code, refused.json()["errors"][0]["field"]) == (422, "email")
    for _ in range(2):
        taken = await admin.post(
            "/v1/persons:batch", json={"persons": persons}, headers={"Idempotency-Key": "identify-1"}
        )
        assert taken.json()["accepted"] == 3
    listed = (await admin.get("/v1/persons", params={"after": taken.json()["position"], "company": "c1"})).json()
    assert [item["person"] for item in listed["items"]] == ["p0", "p1", "p2"]
    assert len((await admin.get("/v1/persons/p0/history")).json()["items"]) == 1


async def test_names_are_for_admins_and_for_keys_that_see_what_is_internal(api: Api, workspace: str):
    async with await api.client(workspace, "ingest") as ingest, await api.client(workspace, "read") as read:
        assert (await ingest.put("/v1/persons/ann", json=ANN)).status_code == 200
        assert (await ingest.put("/v1/companies/globex", json={"name": "Globex"})).status_code == 200
        assert (await read.put("/v1/persons/ann", json=ANN)).status_code == 403
        for client in (ingest, read):
            for path in (
                "/v1/persons/ann", "/v1/persons", "/v1/persons/ann/history", "/v1/companies", "/v1/companies/globex",
                "/v1/companies/globex/history", "/v1/segments", "/v1/segments/s", "/v1/segments/s/members",
            ):  # fmt: skip
                refused = await client.get(path)
                assert refused.status_code == 403, path
                assert "Ann" not in refused.text
            assert (await client.delete("/v1/persons/ann")).status_code == 403
            assert (await client.put("/v1/segments/s", json={})).status_code == 403
    key, _ = api.services.feedback.create_key(workspace, "read", internal=True)
    async with httpx.AsyncClient(base_url=api.url, headers={"authorization": f"Bearer {key.text}"}) as internal:
        assert (await internal.get("/v1/persons/ann", timeout=30)).json()["name"] == "Ann Example"
    async with await api.client(f"{workspace}x") as other:
        assert (await other.get("/v1/persons/ann")).status_code == 404


async def test_segments_are_decided_and_their_members_are_asked_for_now_and_then(admin: httpx.AsyncClient):
    rules = {"name": "Gold", "conditions": [{"field": "plan", "op": "eq", "values": ["gold"]}]}
    made = await admin.put("/v1/segments/gold", json=rules)
    assert (made.status_code, made.headers["etag"]) == (201, '"1"')
    assert (await admin.put("/v1/segments/gold", json=rules)).status_code == 200
    stale = await admin.put("/v1/segments/gold", json={**rules, "name": "G"}, headers={"If-Match": '"7"'})
    assert stale.status_code == 412
    await admin.put("/v1/persons/ann", json={"plan": "gold", "at": "2026-01-01T00:00:00Z"})
    said = await admin.put("/v1/persons/ann", json={"plan": "free", "at": "2026-02-01T00:00:00Z"})
    said = await admin.put("/v1/persons/bob", json={"plan": "gold", "at": "2026-02-01T00:00:00Z"})
    after = said.json()["position"]
    await admin.get("/v1/segments", params={"after": made.json()["position"]})
    now = await admin.get("/v1/segments/gold/members", params={"after": after})
    assert now.json()["items"] == ["bob"], now.text
    listed = (await admin.get("/v1/segments")).json()["items"]
    assert [(item["segment"], item["conditions"][0]["values"]) for item in listed] == [("gold", ["gold"])]
    removed = await admin.post("/v1/segments/gold:remove", json={"reason": "unused"})
    assert removed.json()["removed"] is True
    assert (await admin.get("/v1/segments/gold/members")).status_code == 404
    assert (await admin.get("/v1/segments/gold")).status_code == 404


@pytest.mark.parametrize(
    ("condition", "field"),
    [
        ({"field": "name", "op": "eq", "values": ["Ann"]}, "conditions.0.field"),
        ({"field": "traits.x y", "op": "eq", "values": [1]}, "conditions.0.field"),
        ({"field": "plan", "op": "eq", "values": []}, "conditions.0.values"),
        ({"field": "plan", "op": "eq", "values": [1]}, "conditions.0.values"),
        ({"field": "plan", "op": "gt", "values": ["a"]}, "conditions.0.values"),
        ({"field": "plan", "op": "exists", "values": ["a"]}, "conditions.0.values"),
        ({"field": "plan", "op": "like", "values": ["a"]}, "conditions.0.op"),
        ({"field": "spend", "op": "gt", "values": [1]}, "conditions.0.currency"),
        ({"field": "spend", "op": "gt", "values": [1.5], "currency": "EUR"}, "conditions.0.values"),
        ({"field": "spend", "op": "gt", "values": [1], "currency": "XXX"}, "conditions.0.currency"),
        ({"field": "plan", "op": "eq", "values": ["a"], "currency": "EUR"}, "conditions.0.currency"),
        ({"field": "traits.x", "op": "gt", "values": [True]}, "conditions.0.values"),
        ({"field": "traits.x", "op": "eq", "values": ["\x1b[2J"]}, "conditions.0.values"),
    ],
)
async def test_rules_that_cannot_be_so_are_refused(quiet: httpx.AsyncClient, condition: dict, field: str):
    refused = await quiet.put("/v1/segments/s", json={"name": "S", "conditions": [condition]})
    assert refused.status_code == 422
    assert refused.json()["errors"][0]["field"] == field, refused.text


async def test_what_is_said_of_somebody_must_be_of_its_type(quiet: httpx.AsyncClient):
    for body, field in (
        ({"name": 7}, "name"), ({"spend": {"amount": "1", "currency": "EUR"}}, "spend.amount"),
        ({"spend": {"amount": 1, "currency": "EURO"}}, "spend.currency"), ({"surname": "x"}, "surname"),
        ({"traits": {"x": [1]}}, "traits.x"), ({"at": "2100-01-01T00:00:00Z"}, "at"), ({"id": "a b"}, "id"),
        ({"name": "<b>\x00"}, "name"), ({"email": "x"}, "email"),
    ):  # fmt: skip
        refused = await quiet.put("/v1/persons/ann", json=body)
        assert refused.status_code == 422, (body, refused.text)
        assert refused.json()["errors"][0]["field"].startswith(field), refused.text
    assert (await quiet.put("/v1/persons/a b", json={})).status_code == 400
    assert (await quiet.delete("/v1/persons/ann", params={"reason": "Ann asked"})).status_code == 400
    assert (await quiet.get("/v1/persons/nobody")).status_code == 404


async def test_who_is_forgotten_is_unknown_at_once_and_the_feed_says_who_decided(admin: httpx.AsyncClient):
    await admin.put("/v1/boards/ideas", json={"name": "Ideas"})
    await admin.put("/v1/posts/a", json={"board": "ideas", "title": "A"})
    voted = await admin.put("/v1/posts/a/votes/ann", json={})
    await admin.put("/v1/persons/ann", json={**ANN, "at": "2026-01-01T00:00:00Z"})
    before = (await admin.get("/v1/posts/a", params={"after": voted.json()["position"]})).json()
    gone = await admin.delete("/v1/persons/ann", params={"reason": "retention"})
    assert (gone.status_code, gone.json()["reason"]) == (200, "retention"), gone.text
    after = {"after": gone.json()["position"]}
    assert (await admin.get("/v1/persons/ann", params=after)).status_code == 404
    assert (await admin.get("/v1/persons", params=after)).json()["items"] == []
    late = await admin.put("/v1/persons/ann", json={**ANN, "at": "2026-01-01T00:00:00Z"})
    assert (await admin.get("/v1/persons/ann", params={"after": late.json()["position"]})).status_code == 404
    assert (await admin.get("/v1/posts/a", params=after)).json()["up"] == before["up"] == 1
    events = (await admin.get("/v1/events", params={"wait": 10, "limit": 1000})).json()["items"]
    assert [event["subject"] for event in events if event["type"] == "groundswell.person.forgotten.v1"] == ["ann"]
    assert "Ann Example" not in str(events)
    again = await admin.put("/v1/persons/ann", json={"name": "Ann again"})
    known = (await admin.get("/v1/persons/ann", params={"after": again.json()["position"]})).json()
    assert (known["name"], known["plan"]) == ("Ann again", None)
