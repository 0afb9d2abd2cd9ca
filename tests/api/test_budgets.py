"""Vote budgets over the whole house: nothing is refused, what is over waits, and counts when there is room."""

import httpx
import pytest

BUDGET = "/v1/boards/ideas/budget"


async def vote(admin: httpx.AsyncClient, person: str, **values: int) -> str:
    """A vote a post, in this order; 0 withdraws."""
    position = ""
    for post, value in values.items():
        answer = await admin.post("/v1/votes:batch", json={"votes": [{"post": post, "person": person, "value": value}]})
        assert answer.json()["rejected"] == 0, answer.text
        position = answer.json()["position"]
    return position


async def give(admin: httpx.AsyncClient, votes: int | None, period: str = "all") -> str:
    answer = await admin.put(BUDGET, json={"votes": votes, "period": period})
    assert answer.status_code == 200, answer.text
    assert answer.json()["budget"] == (None if votes is None else {"votes": votes, "period": period})
    return str(answer.json()["position"])


async def counted(admin: httpx.AsyncClient, after: str) -> dict[str, int]:
    answer = await admin.get("/v1/ranking", params={"after": after})
    assert answer.status_code == 200, answer.text
    return {item["post"]: item["voters"] for item in sorted(answer.json()["items"], key=lambda item: item["post"])}


async def budget(admin: httpx.AsyncClient, person: str, after: str) -> tuple[int, int, int | None]:
    answer = await admin.get(f"/v1/persons/{person}/budget", params={"board": "ideas", "after": after})
    assert answer.status_code == 200, answer.text
    return tuple(answer.json()[name] for name in ("standing", "waiting", "left"))


async def test_a_vote_over_budget_waits_and_counts_once_there_is_room(
    admin: httpx.AsyncClient, posts: list[str]
) -> None:
    await give(admin, 2)
    after = await vote(admin, "ann", a=1, b=1, c=1)
    assert await counted(admin, after) == {"a": 1, "b": 1, "c": 0}
    assert await budget(admin, "ann", after) == (2, 1, 0)
    after = await vote(admin, "ann", a=0)
    assert await counted(admin, after) == {"a": 0, "b": 1, "c": 1}
    assert await budget(admin, "ann", after) == (2, 0, 0)
    after = await vote(admin, "ann", b=0)
    assert await budget(admin, "ann", after) == (1, 0, 1)


async def test_a_budget_holds_for_what_stood_before_it_and_goes_again(
    admin: httpx.AsyncClient, posts: list[str]
) -> None:
    after = await vote(admin, "ann", a=1, b=1, c=1)
    assert await budget(admin, "ann", after) == (3, 0, None)
    assert await counted(admin, await give(admin, 1)) == {"a": 1, "b": 0, "c": 0}
    assert await counted(admin, await give(admin, 2)) == {"a": 1, "b": 1, "c": 0}
    assert await counted(admin, await give(admin, None)) == {"a": 1, "b": 1, "c": 1}


async def test_a_post_that_moves_away_takes_no_room_any_more(admin: httpx.AsyncClient, posts: list[str]) -> None:
    await admin.put("/v1/boards/bugs", json={"name": "Bugs"})
    await give(admin, 1)
    assert await counted(admin, await vote(admin, "ann", a=1, b=1)) == {"a": 1, "b": 0, "c": 0}
    moved = await admin.put("/v1/posts/a", json={"board": "bugs", "title": "Post a"})
    assert await counted(admin, moved.json()["position"]) == {"a": 1, "b": 1, "c": 0}


async def test_a_budget_is_shown_where_boards_are(admin: httpx.AsyncClient, posts: list[str]) -> None:
    after = await give(admin, 3, "month")
    boards = (await admin.get("/v1/boards", params={"after": after})).json()["items"]
    assert [board["budget"] for board in boards] == [{"votes": 3, "period": "month"}]
    assert (await admin.get(BUDGET)).json()["budget"] == {"votes": 3, "period": "month"}
    answer = await admin.get("/v1/persons/ann/budget", params={"board": "ideas", "after": after})
    assert answer.json()["ends_at"].endswith("-01T00:00:00.000Z")
    renamed = await admin.put("/v1/boards/ideas", json={"name": "Wishes"})
    assert renamed.json()["budget"] == {"votes": 3, "period": "month"}
    assert (await admin.get(BUDGET)).json()["budget"] == {"votes": 3, "period": "month"}


@pytest.mark.parametrize(
    ("board", "body", "status", "field"),
    [
        ("ideas", {"votes": 0}, 422, "votes"),
        ("ideas", {"votes": 1001}, 422, "votes"),
        ("ideas", {"votes": "3"}, 422, "votes"),
        ("ideas", {"votes": 1.5}, 422, "votes"),
        ("ideas", {}, 422, "votes"),
        ("ideas", {"votes": 3, "period": "week"}, 422, "period"),
        ("ideas", {"votes": 3, "reason": "x" * 1001}, 422, "reason"),
        ("ideas", {"votes": 3, "until": "x"}, 422, "until"),
        ("nowhere", {"votes": 3}, 404, "board"),
    ],
)
async def test_what_is_no_budget_is_refused_with_the_field(
    quiet: httpx.AsyncClient, board: str, body: dict[str, object], status: int, field: str
) -> None:
    answer = await quiet.put(f"/v1/boards/{board}/budget", json=body)
    assert answer.status_code == status, answer.text
    assert [error["field"] for error in answer.json()["errors"]] == [field]
    assert (await quiet.get(BUDGET)).json()["budget"] is None


async def test_whose_budget_and_of_which_board_must_be_said(quiet: httpx.AsyncClient) -> None:
    assert (await quiet.get("/v1/persons/ann/budget")).status_code == 400
    assert (await quiet.get("/v1/persons/ann/budget", params={"board": "nowhere"})).status_code == 404


async def test_a_vote_that_was_turned_belongs_to_the_period_that_it_was_cast_in(
    admin: httpx.AsyncClient, posts: list[str]
) -> None:
    await give(admin, 2, "year")
    for value, at in ((1, "2021-05-01T00:00:00Z"), (-1, None)):
        body = {"value": value} if at is None else {"value": value, "at": at}
        after = (await admin.put("/v1/posts/a/votes/ann", json=body)).json()["position"]
    assert await budget(admin, "ann", after) == (0, 0, 2)
    after = await vote(admin, "ann", b=1)
    assert await budget(admin, "ann", after) == (1, 0, 1)
    merged = (await admin.post("/v1/posts/a:merge", json={"into": "c"})).json()["position"]
    after = await vote(admin, "ann", c=1)
    assert await counted(admin, merged) == {"b": 1, "c": 1}
    assert await budget(admin, "ann", after) == (1, 0, 1), "what was merged brings the place that it had"
    after = await vote(admin, "ann", c=0)
    after = await vote(admin, "ann", c=1)
    assert await budget(admin, "ann", after) == (2, 0, 0), "what was withdrawn is cast anew"
