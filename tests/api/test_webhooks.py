"""Webhooks over HTTP: for admins only, the secret once, and each wrong thing with its field."""

import uuid

import httpx
import pytest

from events.domain.webhooks import subscriptions
from events.domain.webhooks.settings import WebhookSettings
from tests.support.stack import Api

BODY = {"url": "https://crm.example.com/in", "types": ["groundswell.post"], "description": "The CRM"}


async def test_the_secret_is_shown_once(admin: httpx.AsyncClient) -> None:
    made = await admin.put("/v1/webhooks/crm", json=BODY)
    assert made.status_code == 201, made.text
    body = made.json()
    assert body["secret"].startswith("whsec_")
    assert (body["active"], body["types"], body["version"]) == (True, ["groundswell.post"], 1)
    again = await admin.put("/v1/webhooks/crm", json=BODY)
    assert (again.status_code, again.json()["secret"]) == (200, None)
    read = await admin.get("/v1/webhooks/crm")
    assert (read.status_code, read.headers["etag"]) == (200, '"1"'), read.text
    shown = await admin.get("/v1/webhooks")
    assert [item["webhook"] for item in shown.json()["items"]] == ["crm"]
    assert body["secret"] not in shown.text
    events = await admin.get("/v1/events", params={"limit": 1000})
    assert body["secret"] not in events.text


async def test_a_retry_of_the_same_request_shows_the_same_secret(admin: httpx.AsyncClient) -> None:
    headers = {"idempotency-key": uuid.uuid4().hex}
    first, second = [await admin.put("/v1/webhooks/crm", json=BODY, headers=headers) for _ in range(2)]
    assert first.json()["secret"] == second.json()["secret"] is not None
    rotate = {"idempotency-key": uuid.uuid4().hex}
    rotated = [await admin.post("/v1/webhooks/crm:rotate", json={}, headers=rotate) for _ in range(2)]
    assert rotated[0].json()["secret"] == rotated[1].json()["secret"] != first.json()["secret"]
    assert rotated[0].json()["previous_secret_until"] is not None


async def test_changed_disabled_replayed_tested_and_deleted(admin: httpx.AsyncClient) -> None:
    await admin.put("/v1/webhooks/crm", json=BODY)
    off = await admin.put("/v1/webhooks/crm", json={**BODY, "active": False, "reason": "moving house"})
    assert (off.json()["active"], off.json()["disabled_reason"]) == (False, "moving house")
    assert (await admin.post("/v1/webhooks/crm:test")).status_code == 409
    stale = await admin.put("/v1/webhooks/crm", json=BODY, headers={"if-match": '"1"'})
    assert (stale.status_code, stale.headers["etag"]) == (412, '"2"')
    on = await admin.put("/v1/webhooks/crm", json=BODY, headers={"if-match": '"2"'})
    assert on.json()["active"]
    assert (await admin.post("/v1/webhooks/crm:test")).status_code == 200
    for again in ({"since": "2026-01-01T00:00:00Z"}, {"from": on.json()["position"], "reason": "lost"}):
        assert (await admin.post("/v1/webhooks/crm:replay", json=again)).status_code == 200
    after = (await admin.delete("/v1/webhooks/crm")).json()["position"]
    assert (await admin.get("/v1/webhooks/crm")).status_code == 404
    assert (await admin.get("/v1/webhooks/crm/deliveries", params={"after": after})).status_code == 404
    assert (await admin.put("/v1/webhooks/crm", json=BODY)).status_code == 201


async def test_nothing_was_sent_yet(admin: httpx.AsyncClient) -> None:
    position = (await admin.put("/v1/webhooks/crm", json=BODY)).json()["position"]
    page = await admin.get("/v1/webhooks/crm/deliveries", params={"after": position, "outcome": "failed"})
    assert page.status_code == 200, page.text
    assert (page.json()["items"], page.json()["next_cursor"]) == ([], None)
    assert (await admin.get("/v1/webhooks/crm")).json()["delivered"] is None


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"url": "http://crm.example.com/in"}, "url"), ({"url": "ftp://x"}, "url"), ({"url": ""}, "url"),
        ({"url": "https://a:b@crm.example.com"}, "url"), ({"url": 5}, "url"),
        ({"types": ["groundswell.pots"]}, "types"),
        ({"types": "groundswell.post"}, "types"), ({"secret": "mine"}, "secret"), ({"internal": "yes"}, "internal"),
        ({"description": "x" * 501}, "description"), ({"description": "a\x00b"}, "description"),
    ],
)  # fmt: skip
async def test_what_can_t_be_is_refused_with_its_field(quiet: httpx.AsyncClient, change: dict, field: str) -> None:
    answer = await quiet.put("/v1/webhooks/crm", json={**BODY, **change})
    assert answer.status_code == 422, answer.text
    assert [error["field"].partition(".")[0] for error in answer.json()["errors"]] == [field]
    assert (await quiet.get("/v1/webhooks")).json()["items"] == []


@pytest.mark.parametrize(
    ("path", "body", "status", "field"),
    [
        ("replay", {}, 422, "from"), ("replay", {"from": "nonsense"}, 400, "from"),
        ("replay", {"since": "yesterday"}, 422, "since"),
        ("replay", {"from": "kZA", "since": "2026-01-01T00:00:00Z"}, 400, "from"),
        ("rotate", {"overlap_seconds": -1}, 422, "overlap_seconds"), ("test", {"x": 1}, 404, "webhook"),
    ],
)  # fmt: skip
async def test_what_can_t_be_done_is_refused(
    admin: httpx.AsyncClient, path: str, body: dict, status: int, field: str
) -> None:
    name = "other" if path == "test" else "crm"
    await admin.put("/v1/webhooks/crm", json=BODY)
    answer = await admin.post(f"/v1/webhooks/{name}:{path}", json=body)
    assert (answer.status_code, answer.json()["errors"][0]["field"]) == (status, field), answer.text


async def test_only_for_admins(api: Api, admin: httpx.AsyncClient, workspace: str) -> None:
    await admin.put("/v1/webhooks/crm", json=BODY)
    for role in ("read", "ingest"):
        async with await api.client(workspace, role) as other:
            assert (await other.get("/v1/webhooks")).status_code == 403
            assert (await other.put("/v1/webhooks/crm", json=BODY)).status_code == 403
            assert (await other.get("/v1/webhooks/crm/deliveries")).status_code == 403


async def test_no_more_than_a_workspace_may_have(admin: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(subscriptions, "MOST_WEBHOOKS", 1)
    assert (await admin.put("/v1/webhooks/one", json=BODY)).status_code == 201
    assert (await admin.put("/v1/webhooks/two", json=BODY)).status_code == 409
    assert (await admin.put("/v1/webhooks/one", json={**BODY, "types": []})).status_code == 200


async def test_without_a_key_it_is_said_what_to_set(
    api: Api, admin: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(api.services, "webhook_settings", WebhookSettings())
    answer = await admin.put("/v1/webhooks/crm", json=BODY)
    assert answer.status_code == 503
    assert "GROUNDSWELL_WEBHOOKS_KEYS" in answer.json()["detail"]
