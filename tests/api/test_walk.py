"""The straight walk: a vote goes in, a ranking comes out."""

import httpx


async def test_a_vote_becomes_a_ranking(admin: httpx.AsyncClient, posts: list[str]) -> None:
    voted = await admin.put("/v1/posts/b/votes/ann", json={"importance": 3})
    assert voted.status_code == 200, voted.text
    answer = voted.json()
    assert answer | {"position": ""} == {"post": "b", "person": "ann", "value": 1, "importance": 3, "position": ""}
    ranking = await admin.get("/v1/ranking", params={"after": answer["position"]})
    assert ranking.status_code == 200, ranking.text
    body = ranking.json()
    assert [item["post"] for item in body["items"]] == ["b", "a", "c"]
    first = body["items"][0]
    assert first.pop("last_vote_at").endswith("Z")
    assert first == {
        "rank": 1,
        "post": "b",
        "title": "Post b",
        "board": "ideas",
        "status": "open",
        "kind": "open",
        "tags": [],
        "score": 1,
        "up": 1,
        "down": 0,
        "voters": 1,
        "importance": 3,
        "value": 1.0,
    }
    assert body["next_cursor"] is None
    assert body["formula"] == "top"
    assert body["as_of"] is None
