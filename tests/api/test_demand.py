"""What customers ask for over HTTP: of a segment, plan or company, of one post, then and now; and who may read it."""

import httpx
import pytest
import pytest_asyncio

from tests.support.positions import after_all
from tests.support.stack import Api

GLOBEX = {"plan": "team", "spend": {"amount": 5000, "currency": "EUR"}}
MORE = {"spend": {"amount": 9000, "currency": "EUR"}}
INITECH = {"plan": "free", "spend": {"amount": 70, "currency": "USD"}}
RICH = {"name": "Rich", "conditions": [{"field": "company.spend", "op": "gte", "values": [4000], "currency": "EUR"}]}


@pytest_asyncio.fixture(loop_scope="session")
async def customers(admin: httpx.AsyncClient, posts: list[str]) -> None:
    """Two of Globex and one of Initech stand on `a`, one of Globex on `b`; Globex pays more since. All is folded."""
    at = "2026-01-01T00:00:00Z"
    written = [
        await admin.put("/v1/companies/globex", json={**GLOBEX, "at": at}),
        await admin.put("/v1/companies/initech", json={**INITECH, "at": at}),
        await admin.put("/v1/companies/globex", json={**MORE, "at": "2026-03-01T00:00:00Z"}),
        await admin.put("/v1/segments/rich", json=RICH),
    ]
    for who, company in (("ann", "globex"), ("bob", "globex"), ("cem", "initech")):
        written.append(await admin.put(f"/v1/persons/{who}", json={"company": company, "at": at}))
    for post, who, importance in (("a", "ann", 3), ("a", "bob", 1), ("a", "cem", 1), ("a", "dan", 1), ("b", "ann", 2)):
        voted = {"at": "2026-02-01T00:00:00Z", "importance": importance}
        written.append(await admin.put(f"/v1/posts/{post}/votes/{who}", json=voted))
    for who, internal in (("ann", False), ("cem", False), ("bob", True)):
        said = {"author": who, "body": f"{who} says so", "internal": internal}
        written.append(await admin.post("/v1/posts/a/comments", json=said))
    for answer in written:
        assert answer.is_success, answer.text
    folded = await admin.get("/v1/demand", params={"after": after_all(written), "limit": 1})
    assert folded.status_code == 200, folded.text


async def test_what_a_segment_asks_for_and_what_it_is_worth(customers: None, admin: httpx.AsyncClient) -> None:
    asked = {"segment": "rich", "by": "spend_now", "currency": "EUR"}
    answer = await admin.get("/v1/demand", params=asked)
    assert answer.status_code == 200, answer.text
    found = answer.json()
    assert found["group"] == {
        "dimension": "segment", "id": "rich", "persons": 2, "companies": 1, "spend": {"EUR": 9000},
    }  # fmt: skip
    assert [(item["post"], item["up"], item["importance"], item["companies"]) for item in found["items"]] == [
        ("a", 2, 4, 1), ("b", 1, 2, 1),
    ]  # fmt: skip
    assert {(str(item["spend_then"]), str(item["spend_now"])) for item in found["items"]} == {
        ("{'EUR': 5000}", "{'EUR': 9000}")
    }
    assert found["items"][0]["momentum"]["direction"] is None
    assert "fewer than 5" in found["items"][0]["momentum"]["why"]
    assert [(said["author"], said["internal"]) for said in found["comments"]] == [("bob", True), ("ann", False)]
    first = (await admin.get("/v1/demand", params={**asked, "limit": 1})).json()
    second = (await admin.get("/v1/demand", params={**asked, "cursor": first["next_cursor"]})).json()
    assert [item["post"] for item in second["items"]] == ["b"]
    assert second["next_cursor"] is None


async def test_as_of_a_moment_it_is_what_stood_and_was_known_then(customers: None, admin: httpx.AsyncClient) -> None:
    then = {"company": "globex", "as_of": "2026-02-15T00:00:00Z"}
    found = (await admin.get("/v1/demand", params=then)).json()
    assert found["group"]["spend"] == {"EUR": 5000}
    assert [(item["post"], item["spend_now"]) for item in found["items"]] == [
        ("a", {"EUR": 5000}),
        ("b", {"EUR": 5000}),
    ]
    assert found["comments"] == []
    before = (await admin.get("/v1/demand", params={**then, "as_of": "2026-01-15T00:00:00Z"})).json()
    assert (before["items"], before["group"]["persons"]) == ([], 2)
    assert (await admin.get("/v1/demand", params={"plan": "team", "tag": "none"})).json()["items"] == []


async def test_who_asks_for_a_post(customers: None, admin: httpx.AsyncClient) -> None:
    answer = await admin.get("/v1/posts/a/demand", params={"parts": 1})
    assert answer.status_code == 200, answer.text
    found = answer.json()
    assert (found["up"], found["companies"], found["spend_now"]) == (4, 2, {"EUR": 9000, "USD": 70})
    assert [(part["id"], part["up"], part["importance"]) for part in found["by_segment"]["items"]] == [("rich", 2, 4)]
    assert [(part["id"], part["up"]) for part in found["by_plan"]["items"]] == [("team", 2)]
    company = found["by_company"]
    assert [(part["id"], part["up"], part["spend_then"]) for part in company["items"]] == [("globex", 2, {"EUR": 5000})]
    assert (company["rest"]["askers"], company["rest"]["together"]["up"]) == (1, 1)
    assert company["without"]["up"] == 1
    assert [said["author"] for said in found["comments"]] == ["bob", "cem", "ann"]
    of_globex = (await admin.get("/v1/posts/a/demand", params={"company": "globex"})).json()
    assert (of_globex["up"], of_globex["dimension"], of_globex["id"]) == (2, "company", "globex")


@pytest.mark.parametrize("path", ["/v1/demand", "/v1/posts/a/demand"])
async def test_demand_is_for_keys_that_see_what_is_internal(
    customers: None, api: Api, workspace: str, path: str
) -> None:
    async with await api.client(workspace, "read") as read, await api.client(workspace, "ingest") as ingest:
        for client in (read, ingest):
            assert (await client.get(path)).status_code == 403


@pytest.mark.parametrize("path", ["/v1/demand", "/v1/posts/a/demand", "/v1/teams:report", "/v1/goals:coverage"])
async def test_who_has_an_answer_already_is_told_so_until_it_is_another(
    customers: None, admin: httpx.AsyncClient, path: str
) -> None:
    first = await admin.get(path)
    assert first.status_code == 200, first.text
    assert first.headers["etag"] == (await admin.get(path)).headers["etag"]
    again = await admin.get(path, headers={"if-none-match": first.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")
    assert (await admin.get(path, params={"as_of": "2026-01-20T00:00:00Z"})).headers["etag"] != first.headers["etag"]


async def test_an_answer_from_memory_has_what_after_asks_for(customers: None, admin: httpx.AsyncClient) -> None:
    before = await admin.get("/v1/demand", params={"company": "initech"})
    voted = await admin.put("/v1/posts/b/votes/cem")
    found = await admin.get("/v1/demand", params={"company": "initech", "after": voted.json()["position"]})
    assert [item["post"] for item in before.json()["items"]] == ["a"]
    assert sorted(item["post"] for item in found.json()["items"]) == ["a", "b"]
    assert found.headers["etag"] != before.headers["etag"]
