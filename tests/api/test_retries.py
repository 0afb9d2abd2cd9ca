"""The same again counts once, however it comes."""

import httpx


async def tally(client: httpx.AsyncClient, post: str, after: str) -> tuple[int, int]:
    answer = (await client.get(f"/v1/posts/{post}", params={"after": after})).json()
    return answer["up"], answer["down"]


async def changes(client: httpx.AsyncClient, post: str) -> list[str]:
    return [item["change"] for item in (await client.get(f"/v1/posts/{post}/history")).json()["items"]]


async def test_the_same_id_is_the_same_event(admin: httpx.AsyncClient, posts: list[str]) -> None:
    await admin.put("/v1/posts/a/votes/ann", json={"id": "e1"})
    gone = await admin.delete("/v1/posts/a/votes/ann", params={"id": "e2"})
    again = await admin.put("/v1/posts/a/votes/ann", json={"id": "e1"})
    assert again.status_code == 200
    assert await tally(admin, "a", again.json()["position"]) == (0, 0)
    assert await changes(admin, "a") == ["cast", "withdrawn"]
    assert gone.json()["value"] == 0


async def test_the_same_key_is_the_same_vote(admin: httpx.AsyncClient, posts: list[str]) -> None:
    headers = {"idempotency-key": '"3f9c"'}
    await admin.put("/v1/posts/a/votes/ann", headers=headers)
    await admin.delete("/v1/posts/a/votes/ann")
    retried = await admin.put("/v1/posts/a/votes/ann", headers=headers)
    assert await tally(admin, "a", retried.json()["position"]) == (0, 0)
    other = await admin.put("/v1/posts/a/votes/ann", headers={"idempotency-key": "another"})
    assert await tally(admin, "a", other.json()["position"]) == (1, 0)


async def test_the_same_key_is_the_same_batch(admin: httpx.AsyncClient, posts: list[str]) -> None:
    votes = [
        {"post": "a", "person": "ann", "value": 1},
        {"post": "a", "person": "ann", "value": -1},
        {"post": "b", "person": "ann", "value": 1, "id": "own"},
    ]
    for _ in range(3):
        answer = await admin.post("/v1/votes:batch", json={"votes": votes}, headers={"idempotency-key": "batch-1"})
        assert answer.json()["accepted"] == 3
    assert await tally(admin, "a", answer.json()["position"]) == (0, 1)
    assert await changes(admin, "a") == ["cast", "changed"]
    history = (await admin.get("/v1/posts/b/history")).json()["items"]
    assert [item["id"] for item in history] == ["own"]


async def test_a_key_must_be_printable(admin: httpx.AsyncClient, posts: list[str]) -> None:
    for key in ("", "has space", "x" * 129):
        for answer in (
            await admin.put("/v1/posts/a/votes/ann", headers={"idempotency-key": key}),
            await admin.put("/v1/boards/x", json={"name": "X"}, headers={"idempotency-key": key}),
        ):
            assert (answer.status_code, answer.json()["errors"][0]["field"]) == (400, "Idempotency-Key"), key
