"""Posts and boards: written, read, listed; versions and conflicts."""

import httpx


async def test_a_post_from_its_creation_on(admin: httpx.AsyncClient, posts: list[str]) -> None:
    body = {"board": "ideas", "title": "Dark", "body": "Eyes.", "author": "ann", "at": "2021-03-04T05:06:07.089+01:00"}
    made = await admin.put("/v1/posts/dark", json=body)
    assert (made.status_code, made.headers["etag"], made.headers["location"]) == (201, '"1"', "/v1/posts/dark")
    answer = made.json()
    position = answer.pop("position")
    said = {
        "post": "dark",
        "board": "ideas",
        "title": "Dark",
        "body": "Eyes.",
        "author": "ann",
        "status": "open",
        "kind": "open",
        "closed_reason": None,
        "duplicate_of": None,
        "merge": None,
        "tags": [],
        "fields": {},
        "archived": False,
        "pinned": False,
        "created_at": "2021-03-04T04:06:07.089Z",
        "version": 1,
    }
    assert answer == said
    read = await admin.get("/v1/posts/dark", params={"after": position})
    assert read.headers["etag"] == '"1"'
    shown = read.json()
    assert shown.pop("position")
    tally = {"score": 0, "up": 0, "down": 0, "voters": 0, "importance": 0, "last_vote_at": None, "merged": []}
    assert shown == said | tally | {"updated_at": said["created_at"], "as_of": None}


async def test_a_post_can_be_read_at_once(admin: httpx.AsyncClient, posts: list[str]) -> None:
    await admin.put("/v1/posts/quick", json={"board": "ideas", "title": "Quick"})
    assert (await admin.get("/v1/posts/quick")).status_code == 200


async def test_an_edit_needs_the_version_that_it_names(admin: httpx.AsyncClient, posts: list[str]) -> None:
    body = {"board": "ideas", "title": "Other"}
    edited = await admin.put("/v1/posts/a", json=body, headers={"if-match": '"1"'})
    assert (edited.status_code, edited.headers["etag"]) == (200, '"2"')
    late = await admin.put("/v1/posts/a", json=body | {"title": "Late"}, headers={"if-match": '"1"'})
    assert (late.status_code, late.json()["errors"][0]["field"]) == (412, "If-Match")
    assert (late.headers["etag"], late.json()["version"]) == ('"2"', 2)
    new = await admin.put("/v1/posts/new", json=body, headers={"if-match": '"1"'})
    assert (new.status_code, "version" in new.json()) == (412, False)
    odd = await admin.put("/v1/posts/a", json=body, headers={"if-match": "three"})
    assert odd.status_code == 400
    same = await admin.put("/v1/posts/a", json=body)
    assert (same.status_code, same.headers["etag"]) == (200, '"2"')


async def test_an_id_is_made_for_a_post(admin: httpx.AsyncClient, posts: list[str]) -> None:
    made = await admin.post("/v1/posts", json={"board": "ideas", "title": "Yours"})
    assert made.status_code == 201
    assert made.headers["location"] == f"/v1/posts/{made.json()['post']}"
    again = await admin.post("/v1/posts", json={"board": "ideas", "title": "Yours"})
    assert again.json()["post"] != made.json()["post"]


async def test_a_board_must_be_there(admin: httpx.AsyncClient) -> None:
    answer = await admin.put("/v1/posts/a", json={"board": "nowhere", "title": "A"})
    assert (answer.status_code, answer.json()["errors"][0]["field"]) == (404, "board")


async def test_boards(admin: httpx.AsyncClient) -> None:
    made = await admin.put("/v1/boards/x", json={"name": "X"})
    assert (made.status_code, made.json()["name"], made.json()["version"]) == (201, "X", 1)
    renamed = await admin.put("/v1/boards/x", json={"name": "Y"})
    assert (renamed.status_code, renamed.json()["name"]) == (200, "Y")
    await admin.put("/v1/boards/b", json={"name": "B"})
    last = await admin.put("/v1/boards/c", json={"name": "C"})
    first = await admin.get("/v1/boards", params={"after": last.json()["position"], "limit": 2})
    assert [(item["board"], item["name"]) for item in first.json()["items"]] == [("b", "B"), ("c", "C")]
    second = await admin.get("/v1/boards", params={"cursor": first.json()["next_cursor"], "limit": 2})
    assert [item["board"] for item in second.json()["items"]] == ["x"]
    assert second.json()["next_cursor"] is None


async def test_posts_by_board_and_status(admin: httpx.AsyncClient, posts: list[str]) -> None:
    await admin.put("/v1/boards/bugs", json={"name": "Bugs"})
    await admin.put("/v1/posts/bug", json={"board": "bugs", "title": "Bug", "at": "2020-02-01T00:00:00Z"})
    position = (await admin.post("/v1/posts/a:close")).json()["position"]

    async def listed(**params: str) -> list[str]:
        answer = await admin.get("/v1/posts", params={"after": position, **params})
        return [item["post"] for item in answer.json()["items"]]

    assert await listed() == ["bug", "c", "b", "a"]
    assert await listed(board="ideas") == ["c", "b", "a"]
    assert await listed(status="closed") == ["a"]
    assert await listed(status="open", board="bugs") == ["bug"]


async def test_the_same_key_is_the_same_decision(admin: httpx.AsyncClient, posts: list[str]) -> None:
    headers = {"idempotency-key": "k-1"}
    body = {"board": "ideas", "title": "Once"}
    first = await admin.post("/v1/posts", json=body, headers=headers)
    second = await admin.post("/v1/posts", json=body, headers=headers)
    assert (first.status_code, second.status_code) == (201, 201)
    assert first.json() == second.json()
    other = await admin.post("/v1/posts", json=body | {"title": "Twice"}, headers=headers)
    assert (other.status_code, other.json()["errors"][0]["field"]) == (422, "Idempotency-Key")
    listed = await admin.get("/v1/posts", params={"after": first.json()["position"]})
    assert [item["title"] for item in listed.json()["items"]].count("Once") == 1
