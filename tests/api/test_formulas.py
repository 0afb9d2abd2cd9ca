"""Formulas as decisions, rankings by them, what-if, movement and places over time, as products see them."""

import httpx

from tests.support.stack import Api

OWN = {"expression": "up * 10 + comments", "meaning": "Votes, then talk", "reason": "Agreed"}


async def vote(admin: httpx.AsyncClient, votes: dict[str, int], at: str | None = None) -> str:
    wanted = [
        {"post": post, "person": f"p{n}", "value": 1, **({} if at is None else {"at": at})}
        for post, count in votes.items()
        for n in range(count)
    ]
    return str((await admin.post("/v1/votes:batch", json={"votes": wanted})).json()["position"])


async def test_a_formula_of_ones_own_is_a_decision(admin: httpx.AsyncClient) -> None:
    made = await admin.put("/v1/formulas/ours", json=OWN)
    assert (made.status_code, made.json()["version"], made.json()["unit"]) == (201, 1, "plain"), made.text
    assert made.json()["columns"] == ["up", "comments"]
    same = await admin.put("/v1/formulas/ours", json=OWN)
    assert (same.status_code, same.json()["version"]) == (200, 1)
    stale = await admin.put("/v1/formulas/ours", json=OWN | {"expression": "up"}, headers={"if-match": '"7"'})
    assert stale.status_code == 412
    changed = await admin.put("/v1/formulas/ours", json={"expression": "up * 2", "unit": "points"})
    read = await admin.get("/v1/formulas/ours")
    assert (read.json()["expression"], read.json()["unit"], read.headers["etag"]) == ("up * 2", "points", '"2"')
    after = {"after": changed.json()["position"]}
    history = (await admin.get("/v1/formulas/ours/history", params=after)).json()["items"]
    assert [(each["version"], each["expression"], each["reason"]) for each in history] == [
        (1, OWN["expression"], "Agreed"), (2, "up * 2", None),
    ]  # fmt: skip
    listed = (await admin.get("/v1/formulas", params=after)).json()["items"]
    assert {each["formula"]: each["built_in"] for each in listed}.items() >= {"hot": True, "ours": False}.items()
    removed = await admin.post("/v1/formulas/ours:remove", json={"reason": "unused"})
    assert removed.json()["removed"] is True
    assert (await admin.get("/v1/formulas/ours")).status_code == 404
    assert (await admin.get("/v1/ranking", params={"by": "ours"})).status_code == 400
    back = await admin.put("/v1/formulas/ours", json=OWN)
    assert (back.status_code, back.json()["version"], back.json()["removed"]) == (200, 4, False)


async def test_what_is_no_formula_is_refused_with_its_place(quiet: httpx.AsyncClient) -> None:
    for text, at in (("score + luck", 9), ("score; DROP TABLE votes", 6), ("sqrt(age)", 6)):
        refused = await quiet.put("/v1/formulas/bad", json={"expression": text})
        assert refused.status_code == 422, refused.text
        assert refused.json()["errors"][0]["field"] == "expression"
        assert f"at character {at}:" in refused.json()["errors"][0]["message"]
        checked = (await quiet.post("/v1/formulas:check", json={"expression": text})).json()
        assert (checked["valid"], checked["error"]["at"]) == (False, at)
    good = (await quiet.post("/v1/formulas:check", json={"expression": "spend.EUR / 100 EUR"})).json()
    assert good == {"valid": True, "unit": "plain", "columns": ["spend[EUR]"], "internal": True, "error": None}
    taken = await quiet.put("/v1/formulas/top", json={"expression": "up"})
    assert taken.json()["errors"][0]["field"] == "formula"


async def test_a_ranking_by_it_goes_on_in_the_version_that_it_began_in(
    admin: httpx.AsyncClient, posts: list[str]
) -> None:
    await admin.put("/v1/formulas/ours", json={"expression": "up * 2"})
    after = await vote(admin, {"a": 1, "b": 3, "c": 2})
    first = await admin.get("/v1/ranking", params={"by": "ours", "limit": 1, "after": after})
    assert first.status_code == 200, first.text
    body = first.json()
    assert (body["formula"], body["version"], body["unit"]) == ("ours", 1, "votes")
    assert [(each["post"], each["value"]) for each in body["items"]] == [("b", 6.0)]
    await admin.put("/v1/formulas/ours", json={"expression": "0 - up"})
    following = {"by": "ours", "limit": 5, "cursor": body["next_cursor"]}
    assert [each["post"] for each in (await admin.get("/v1/ranking", params=following)).json()["items"]] == ["c", "a"]
    anew = (await admin.get("/v1/ranking", params={"by": "ours", "limit": 5})).json()
    assert (anew["version"], [each["post"] for each in anew["items"]]) == (2, ["a", "c", "b"])
    other = await admin.get("/v1/ranking", params={"by": "hot", "cursor": body["next_cursor"]})
    assert other.status_code == 400


async def test_what_weighs_by_spend_is_for_those_who_see_it(api: Api, admin: httpx.AsyncClient, workspace: str) -> None:
    await admin.put("/v1/formulas/rich", json={"expression": "spend.EUR"})
    async with await api.client(workspace, "read") as reader:
        for by in ("rich", "savio.USD"):
            refused = await reader.get("/v1/ranking", params={"by": by})
            assert (refused.status_code, refused.json()["errors"][0]["field"]) == (403, "by")
            assert (await admin.get("/v1/ranking", params={"by": by})).status_code == 200
        assert (await reader.get("/v1/formulas/rich")).status_code == 403
        assert (await reader.get("/v1/formulas/hot")).status_code == 200
        refused = await reader.post("/v1/ranking:what-if", json={"expression": "companies"})
        assert refused.status_code == 403


async def test_what_if_and_movement_and_places(admin: httpx.AsyncClient, posts: list[str]) -> None:
    await vote(admin, {"a": 3, "b": 2}, at="2020-02-01T00:00:00Z")
    after = await vote(admin, {"b": 5, "c": 1}, at="2020-03-01T00:00:00Z")
    asked = {"expression": "0 - score", "compare_to": "top", "after": after}
    answer = await admin.post("/v1/ranking:what-if", json=asked)
    assert answer.status_code == 200, answer.text
    moved = [(each["post"], each["rank"], each["rank_before"], each["moved"]) for each in answer.json()["items"]]
    assert moved == [("c", 1, 3, 2), ("a", 2, 2, 0), ("b", 3, 1, -2)]
    then = await admin.post("/v1/ranking:what-if", json={"formula": "hot", "as_of": "2020-02-02T00:00:00Z", "limit": 1})
    assert [each["value_before"] for each in then.json()["items"]][-1] == 3.0
    both = await admin.post("/v1/ranking:what-if", json={"formula": "hot", "expression": "up"})
    assert both.status_code == 422
    since = {"since": "2020-02-15T00:00:00Z", "after": after}
    answer = await admin.get("/v1/ranking/movement", params=since)
    assert answer.status_code == 200, answer.text
    moved = [(each["post"], each["rank"], each["rank_before"], each["moved"]) for each in answer.json()["items"]]
    assert moved == [("b", 1, 2, 1), ("a", 2, 1, -1), ("c", 3, 3, 0)]
    asked = {"from": "2020-01-01", "to": "2020-04-01T00:00:00Z", "every": "month", "after": after}
    answer = await admin.get("/v1/posts/b/rank-history", params=asked)
    assert answer.status_code == 200, answer.text
    places = [(each["at"][:10], each["rank"], each["of"], each["value"]) for each in answer.json()["items"]]
    assert places == [("2020-02-01", 2, 3, 2.0), ("2020-03-01", 1, 3, 5.0), ("2020-04-01", 1, 3, 5.0)]
    for params, field in (
        ({"from": "1970-01-01"}, None), ({"from": "2020-01-01", "every": "year"}, "every"), ({}, "from"),
        ({"from": "2020-01-01", "by": "savio.EUR"}, None),
    ):  # fmt: skip
        refused = await admin.get("/v1/posts/b/rank-history", params=params)
        assert refused.status_code == 400, refused.text
        assert field is None or refused.json()["errors"][0]["field"] == field
