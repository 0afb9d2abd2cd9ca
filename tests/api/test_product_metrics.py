"""Product metrics over HTTP: what there is, one series, reading one's own writes, and what is refused."""

import httpx

from tests.support.stack import Api


async def voted(admin: httpx.AsyncClient) -> str:
    """Six persons vote for `a` in February 2026, which is shipped in March; two of them for `b`."""
    votes = [{"post": "a", "person": f"p{n}", "value": 1, "at": "2026-02-10T00:00:00Z"} for n in range(6)]
    votes += [{"post": "b", "person": f"p{n}", "value": 1, "at": "2026-02-11T00:00:00Z"} for n in range(2)]
    position = (await admin.post("/v1/votes:batch", json={"votes": votes})).json()["position"]
    shipped = {"status": "complete", "at": "2026-03-05T00:00:00Z"}
    answer = await admin.post("/v1/posts/a:status", json=shipped)
    assert answer.is_success, answer.text
    assert (await admin.get("/v1/metrics/votes_cast", params={"after": position})).status_code == 200
    return str(answer.json()["position"])


async def test_a_series_as_of_now_and_as_of_then(admin: httpx.AsyncClient, posts: list[str]) -> None:
    months = {"from": "2026-02-01T00:00:00Z", "to": "2026-04-01T00:00:00Z"}
    after = await voted(admin)
    answer = await admin.get("/v1/metrics/votes_delivered", params={**months, "after": after})
    assert answer.status_code == 200, answer.text
    found = answer.json()
    assert (found["from"], found["to"], found["every"], found["unit"]) == ("2026-02-01", "2026-03-01", "month", "share")
    assert found["series"] == [
        {
            "line": "",
            "points": [
                {"start": "2026-02-01", "value": 0, "numerator": 0, "denominator": 8, "why": None},
                {"start": "2026-03-01", "value": 0.75, "numerator": 6, "denominator": 8, "why": None},
            ],
        }
    ]
    then = await admin.get("/v1/metrics/votes_delivered", params={**months, "as_of": "2026-03-01T00:00:00Z"})
    assert [point["value"] for point in then.json()["series"][0]["points"]] == [0, 0]
    one = await admin.get("/v1/metrics/votes_cast", params={**months, "every": "week", "board": "ideas", "tag": "none"})
    assert {point["value"] for point in one.json()["series"][0]["points"]} == {0}
    same = await admin.get(
        "/v1/metrics/votes_delivered", params=months, headers={"if-none-match": answer.headers["etag"]}
    )
    assert (same.status_code, same.content) == (304, b"")


async def test_what_there_is_and_the_last_of_each(admin: httpx.AsyncClient, posts: list[str]) -> None:
    after = await voted(admin)
    answer = await admin.get("/v1/metrics", params={"after": after, "as_of": "2026-03-20T00:00:00Z"})
    assert answer.status_code == 200, answer.text
    found = {item["metric"]: item for item in answer.json()["items"]}
    for item in found.values():
        assert item["meaning"]
        assert [latest["line"] for latest in item["latest"]] == item["lines"]
    assert found["votes_delivered"]["latest"][0]["point"]["value"] == 0.75
    assert found["throughput"]["latest"][0]["point"] == {
        "start": "2026-03-01", "value": 1, "numerator": 1, "denominator": None, "why": None,
    }  # fmt: skip
    assert found["cycle_time"]["latest"] == [{"line": "p50", "point": None}, {"line": "p85", "point": None}]
    few = (await admin.get("/v1/metrics/lead_time", params={"as_of": "2026-03-20T00:00:00Z"})).json()
    assert few["series"][0]["points"][-1]["why"] == "of 1 nothing is said: it takes 5"


async def test_they_are_for_those_who_see_what_is_internal(api: Api, workspace: str) -> None:
    async with await api.client(workspace, "read") as reader:
        for path in ("/v1/metrics", "/v1/metrics/votes_cast"):
            answer = await reader.get(path)
            assert answer.status_code == 403, path
            assert "internal" in answer.json()["detail"]
