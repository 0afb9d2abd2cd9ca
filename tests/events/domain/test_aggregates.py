"""What may be decided, without any ledger."""

import pytest

from events.domain.aggregates import A, Aggregate, Change, project
from events.domain.commands import (
    ClosePost,
    Command,
    CreateKey,
    ImportPost,
    NoteDuplicate,
    PutBoard,
    PutPost,
    ReopenPost,
    RevokeKey,
)
from events.domain.originators import originator_of
from events.domain.post import Post
from events.domain.refusals import Invalid, NotFound
from events.domain.workspace import Workspace

AT = "2026-01-01T00:00:00.000Z"
W = "acme"


class World:
    """One workspace's aggregates in dictionaries."""

    def __init__(self) -> None:
        self.events: list[str] = []
        self._there: dict[object, Aggregate] = {}

    def find(self, kind: type[A], id: str, /) -> A | None:
        return self._there.get(originator_of(W, kind.KIND, id))  # type: ignore[return-value]

    def do(self, command: Command) -> Change:
        before = self._there.get(command.subject)
        change = command.change(self, AT)
        versions = [recorded.originator_version for recorded in change.events]
        start = before.version if before else 0
        assert versions == list(range(start + 1, start + 1 + len(versions)))
        assert project(before, change.events) == change.aggregate
        assert change.created == (before is None)
        self._there[command.subject] = change.aggregate
        self.events += [recorded.event.TYPE.split(".", 1)[1] for recorded in change.events]
        return change


@pytest.fixture
def world() -> World:
    world = World()
    world.do(PutBoard(workspace=W, board="ideas", name="Ideas"))
    world.do(PutBoard(workspace=W, board="bugs", name="Bugs"))
    world.do(PutPost(workspace=W, post="p", board="ideas", title="Dark mode", body="Please", author="u1"))
    world.events.clear()
    return world


def put(**changes: object) -> PutPost:
    fields: dict[str, object] = {"workspace": W, "post": "p", "board": "ideas", "title": "Dark mode"}
    return PutPost(**(fields | changes))  # type: ignore[arg-type]


def test_a_post_is_edited_and_moved_only_where_it_differs(world: World) -> None:
    world.do(put())
    world.do(put(body="Please", author="u1"))
    assert world.events == []
    world.do(put(title="Darker mode"))
    world.do(put(title="Darker mode", board="bugs"))
    world.do(put(title="Dark mode", board="ideas", body=""))
    assert world.events == ["post.edited.v1", "post.moved.v1", "post.edited.v1", "post.moved.v1"]
    post = world.find(Post, "p")
    assert post is not None
    assert (post.title, post.body, post.board, post.author, post.version) == ("Dark mode", "", "ideas", "u1", 5)


def test_a_post_is_closed_and_reopened(world: World) -> None:
    closed = world.do(ClosePost(workspace=W, post="p", reason="done")).aggregate
    assert (closed.closed, closed.status, closed.kind) == ("done", "closed", "declined")
    world.do(ClosePost(workspace=W, post="p", reason="done"))
    world.do(ClosePost(workspace=W, post="p", reason="rejected"))
    reopened = world.do(ReopenPost(workspace=W, post="p")).aggregate
    assert (reopened.closed, reopened.status, reopened.kind) == (None, "open", "open")
    world.do(ReopenPost(workspace=W, post="p"))
    assert world.events == ["post.closed.v1", "post.closed.v1", "post.reopened.v1"]


def test_a_duplicate_is_noted_once_and_must_be_there(world: World) -> None:
    with pytest.raises(NotFound, match="'q'"):
        world.do(NoteDuplicate(workspace=W, post="p", duplicate_of="q"))
    with pytest.raises(Invalid, match="itself"):
        world.do(NoteDuplicate(workspace=W, post="p", duplicate_of="p"))
    world.do(put(post="q"))
    world.do(NoteDuplicate(workspace=W, post="p", duplicate_of="q"))
    world.do(NoteDuplicate(workspace=W, post="p", duplicate_of="q"))
    assert world.events == ["post.submitted.v1", "post.duplicate-noted.v1"]


def test_a_key_opens_its_workspace_and_is_revoked_once(world: World) -> None:
    def create(key: str) -> Change:
        return world.do(CreateKey(workspace=W, key=key, role="read", hash="0" * 64))

    create("k1")
    create("k2")
    assert world.events == ["workspace.opened.v1", "key.created.v1", "key.created.v1"]
    world.do(RevokeKey(workspace=W, key="k1"))
    workspace = world.find(Workspace, "")
    assert workspace is not None
    assert {id: (key.role, key.label, key.internal) for id, key in workspace.keys.items()} == {
        "k2": ("read", "", False)
    }
    with pytest.raises(NotFound):
        world.do(RevokeKey(workspace=W, key="k1"))


def test_an_import_brings_words_duplicate_and_end_together(world: World) -> None:
    command = ImportPost(
        workspace=W, post="old", board="bugs", title="Old", duplicate_of="older", closed="duplicate",
        closed_at="2025-01-01T00:00:00.000Z",
    )  # fmt: skip
    change = world.do(command)
    assert [recorded.event.at for recorded in change.events] == [AT, AT, "2025-01-01T00:00:00.000Z"]
    world.events.clear()
    world.do(command)
    assert world.events == []


@pytest.mark.parametrize(
    ("command", "field"),
    [
        (put(title=""), "title"),
        (put(title=" \n"), "title"),
        (put(title="x" * 201), "title"),
        (put(title="a\x00b"), "title"),
        (put(body="x" * 20_001), "body"),
        (put(body="\ud800"), "body"),
        (put(author="e mail@x"), "author"),
        (put(post="new", title=""), "title"),
        (put(post="/etc"), "post"),
        (put(post="x" * 65), "post"),
        (put(post="new", board="../x"), "board"),
        (PutBoard(workspace=W, board="", name="x"), "board"),
        (PutBoard(workspace=W, board="b", name=""), "name"),
        (PutBoard(workspace=W, board="ideas", name="x" * 101), "name"),
        (CreateKey(workspace=W, key="k", role="root", hash=""), "role"),  # type: ignore[arg-type]
        (ClosePost(workspace=W, post="p", reason="x" * 1001), "reason"),
        (NoteDuplicate(workspace=W, post="p", duplicate_of="a b"), "duplicate_of"),
    ],
)
def test_what_fields_may_hold(world: World, command: Command, field: str) -> None:
    with pytest.raises(Invalid) as refused:
        world.do(command)
    assert refused.value.field == field


def test_the_longest_that_is_allowed(world: World) -> None:
    world.do(put(title="é" * 200, body="x" * 20_000))
    world.do(PutBoard(workspace=W, board="ideas", name="n" * 100))


@pytest.mark.parametrize(
    "command",
    [
        put(post="new", board="nowhere"),
        put(board="nowhere"),
        ClosePost(workspace=W, post="nope"),
        ReopenPost(workspace=W, post="nope"),
        NoteDuplicate(workspace=W, post="nope", duplicate_of="p"),
        RevokeKey(workspace=W, key="nope"),
    ],
)
def test_what_is_not_there(world: World, command: Command) -> None:
    with pytest.raises(NotFound):
        world.do(command)


def test_originators_follow_from_the_ids_and_never_meet() -> None:
    assert str(originator_of("acme", "post", "p")) == "48d4a77b-4b2d-58f0-905d-2691d47d9741"
    ids = {originator_of(w, kind, id) for w in ("a", "b") for kind in ("post", "board") for id in ("1", "2")}
    assert len(ids) == 8
