"""What may be decided about a post, without any ledger: its life, its statuses, its tags and fields."""

import pytest

from events.domain.commands import ClosePost, Command, PutBoard, PutPost, ReopenPost
from events.domain.fields.commands import DefineField, RemoveField
from events.domain.post import Post
from events.domain.posts.commands import (
    ArchivePost,
    ChangeStatus,
    DeletePost,
    MovePost,
    PinPost,
    ReplaceStatus,
    SetFields,
    TagPost,
    UntagPost,
)
from events.domain.refusals import Conflict, Invalid, NotFound, Refusal
from events.domain.tags.commands import DefineTag, RemoveTag
from events.domain.workflow.commands import SetWorkflow
from events.domain.workflow.events import Status
from tests.support.world import WORKSPACE as W
from tests.support.world import World

COLOUR = "#2563eb"


@pytest.fixture
def world() -> World:
    world = World()
    world.do(PutBoard(workspace=W, board="ideas", name="Ideas"))
    world.do(PutBoard(workspace=W, board="bugs", name="Bugs"))
    world.do(PutPost(workspace=W, post="p", board="ideas", title="Dark mode", body="Please"))
    world.do(DefineTag(workspace=W, word="ui", name="Look", colour=COLOUR))
    world.decided.clear()
    return world


def told(world: World) -> list[str]:
    return [event.TYPE.removeprefix("groundswell.") for event in world.decided]


def status(name: str, **fields: str) -> ChangeStatus:
    return ChangeStatus(workspace=W, post="p", status=name, **fields)  # type: ignore[arg-type]


def fields(**values: object) -> SetFields:
    return SetFields(workspace=W, post="p", fields=values)  # type: ignore[arg-type]


def post_of(world: World) -> Post:
    post = world.find(Post, "p")
    assert post is not None
    return post


def test_each_decision_is_made_once_and_undone(world: World) -> None:
    for command in (
        ArchivePost(workspace=W, post="p", reason="old"),
        ArchivePost(workspace=W, post="p", archived=False),
        PinPost(workspace=W, post="p"),
        PinPost(workspace=W, post="p", pinned=False),
        MovePost(workspace=W, post="p", board="bugs", reason="it is one"),
        DeletePost(workspace=W, post="p", reason="spam"),
        DeletePost(workspace=W, post="p", deleted=False),
    ):
        before = len(told(world))
        world.do(command)
        assert len(told(world)) == before + 1
        if not isinstance(command, DeletePost) or not command.deleted:
            world.do(command)
        assert len(told(world)) == before + 1
    post = post_of(world)
    assert (post.archived, post.pinned, post.deleted, post.board, post.version) == (False, False, False, "bugs", 8)


def test_a_deleted_post_is_not_there_for_anybody_but_who_restores_it(world: World) -> None:
    world.do(DeletePost(workspace=W, post="p"))
    for command in (
        status("planned"), ClosePost(workspace=W, post="p"), PinPost(workspace=W, post="p"),
        TagPost(workspace=W, post="p", tags=()), fields(), DeletePost(workspace=W, post="p"),
    ):  # fmt: skip
        with pytest.raises(NotFound):
            world.do(command)
    with pytest.raises(Conflict):
        world.do(PutPost(workspace=W, post="p", board="ideas", title="Another"))
    assert world.do(DeletePost(workspace=W, post="p", deleted=False)).aggregate.title == "Dark mode"


def test_a_post_is_reopened_to_the_status_that_it_had(world: World) -> None:
    world.do(status("planned", note="In spring"))
    world.do(status("planned"))  # nothing to say
    world.do(status("planned", note="In summer"))
    world.do(status("complete"))
    world.do(ClosePost(workspace=W, post="p", reason="done"))
    assert world.do(ReopenPost(workspace=W, post="p")).aggregate.status == "planned"
    world.do(ReopenPost(workspace=W, post="p"))
    assert told(world) == [
        *["post.status-changed.v1"] * 3, "post.closed.v1", "post.reopened.v1",
    ]  # fmt: skip


def strict_workflow(**changes: object) -> SetWorkflow:
    asked: dict[str, object] = {
        "statuses": (
            Status(id="new", name="New", colour=COLOUR, kind="open", next=("doing",)),
            Status(id="doing", name="Doing", colour=COLOUR, kind="in_progress", next=("new", "done")),
            Status(id="done", name="Done", colour=COLOUR, kind="shipped", votes=False, next=("doing",)),
        ),
        "initial": "new",
        "closing": "done",
    }
    return SetWorkflow(workspace=W, **(asked | changes))  # type: ignore[arg-type]


def test_only_what_the_workflow_allows_follows(world: World) -> None:
    world.do(strict_workflow())
    world.do(strict_workflow())
    assert told(world) == ["workflow.set.v1"]
    assert world.do(PutPost(workspace=W, post="p2", board="ideas", title="New")).aggregate.status == "new"
    with pytest.raises(Invalid, match="there are new, doing, done"):
        world.do(status("planned"))
    world.do(status("doing"))  # from a status that is gone, anything goes
    world.do(status("new"))
    with pytest.raises(Conflict, match="'done' can't follow 'new'; what can: doing"):
        world.do(status("done"))
    with pytest.raises(Conflict, match="what can: doing"):
        world.do(ClosePost(workspace=W, post="p"))
    world.do(status("doing"))
    closed = world.do(ClosePost(workspace=W, post="p", reason="shipped")).aggregate
    assert (closed.status, closed.kind, closed.closed) == ("done", "shipped", "shipped")
    assert world.do(ReopenPost(workspace=W, post="p")).aggregate.status == "doing"


def test_a_workflow_without_a_closing_status_closes_nothing(world: World) -> None:
    world.do(strict_workflow(closing=None))
    with pytest.raises(Conflict):
        world.do(ClosePost(workspace=W, post="p"))


def test_a_status_that_is_gone_is_replaced_once(world: World) -> None:
    world.do(strict_workflow())
    replace = ReplaceStatus(workspace=W, post="p", gone="open", status="done", reason="no such status any more")
    assert world.do(replace).aggregate.status == "done"
    world.do(replace)
    assert told(world) == ["workflow.set.v1", "post.status-changed.v1"]


def test_tags_are_a_set_of_those_that_there_are(world: World) -> None:
    world.do(DefineTag(workspace=W, word="api", name="API", colour=COLOUR))
    world.decided.clear()
    world.do(TagPost(workspace=W, post="p", tags=("ui", "api", "ui")))
    world.do(TagPost(workspace=W, post="p", tags=("api", "ui")))
    assert post_of(world).tags == ("api", "ui")
    world.do(RemoveTag(workspace=W, word="ui"))
    world.do(RemoveTag(workspace=W, word="ui"))
    world.do(UntagPost(workspace=W, post="p", gone="ui"))
    world.do(UntagPost(workspace=W, post="p", gone="ui"))
    assert post_of(world).tags == ("api",)
    with pytest.raises(Invalid, match="no tag 'ui'"):
        world.do(TagPost(workspace=W, post="p", tags=("ui",)))
    world.do(DefineTag(workspace=W, word="ui", name="Look", colour=COLOUR))
    assert told(world) == [
        "post.tagged.v1", "tag.removed.v1", "post.tagged.v1", "tag.defined.v1",
    ]  # fmt: skip


def define(field: str, holds: str, *choices: str) -> DefineField:
    return DefineField(workspace=W, board="ideas", field=field, name=field, holds=holds, choices=choices)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("holds", "good", "bad"),
    [
        ("text", ["x", "two\nlines"], [1, True, "", "x" * 501, "\x07"]),
        ("number", [0, -1.5, 10**15], ["1", True, 1e300, float("nan"), float("inf")]),
        ("boolean", [True, False], [1, "true"]),
        ("date", ["2026-02-28", "1900-01-01"], ["2026-02-30", "2026-1-1", "20260101", 2026, "1066-10-14"]),
        ("choice", ["S", "M"], ["L", "", 1]),
        ("person", ["p-1042"], ["ann@example.com", "", 7]),
    ],
)
def test_fields_hold_what_is_of_their_type(world: World, holds: str, good: list[object], bad: list[object]) -> None:
    world.do(define("f", holds, *(("S", "M") if holds == "choice" else ())))
    for value in good:
        assert world.do(fields(f=value)).aggregate.fields == {"f": value}
    for value in bad:
        with pytest.raises(Invalid) as refused:
            world.do(fields(f=value))
        assert refused.value.field == "fields.f"
    assert post_of(world).fields == {"f": good[-1]}
    world.do(fields(f=None))
    assert post_of(world).fields == {}


def test_only_fields_of_the_board_can_be_set_and_what_they_hold_is_kept(world: World) -> None:
    world.do(define("effort", "number"))
    world.do(fields(effort=3))
    world.do(fields(effort=3))
    assert told(world) == ["field.defined.v1", "post.fields-set.v1"]
    world.do(MovePost(workspace=W, post="p", board="bugs"))
    with pytest.raises(Invalid, match="board 'bugs' has no such field"):
        world.do(fields(effort=4))
    world.do(fields(effort=None))  # what it still holds can be cleared anywhere
    world.do(MovePost(workspace=W, post="p", board="ideas"))
    world.do(RemoveField(workspace=W, board="ideas", field="effort"))
    with pytest.raises(Invalid, match=r"fields\.effort"):
        world.do(fields(effort=4))
    with pytest.raises(Conflict):
        world.do(define("effort", "text"))


def test_clocks_that_differ_do_not_turn_decisions_round(world: World) -> None:
    """A decision without a moment of its own is never before those that were made earlier."""
    late = PutPost(workspace=W, post="p", board="ideas", title="Later", at="2030-01-01T00:00:00.000Z")
    world.do(late)
    (pinned,) = world.do(PinPost(workspace=W, post="p")).events
    assert pinned.event.at == late.at
    (imported,) = world.do(PinPost(workspace=W, post="p", pinned=False, at="2020-01-01T00:00:00.000Z")).events
    assert imported.event.at == "2020-01-01T00:00:00.000Z"


@pytest.mark.parametrize(
    ("command", "refusal", "field"),
    [
        (status("nope"), Invalid, "status"),
        (status("planned", note="x" * 1001), Invalid, "note"),
        (status("planned", reason="\x00"), Invalid, "reason"),
        (MovePost(workspace=W, post="p", board="nowhere"), NotFound, None),
        (TagPost(workspace=W, post="p", tags=("a b",)), Invalid, "tags"),
        (TagPost(workspace=W, post="p", tags=tuple(f"t{n}" for n in range(51))), Invalid, "tags"),
        (fields(**{"a b": 1}), Invalid, "fields.a b"),
        (DefineTag(workspace=W, word="t", name="two\nlines", colour=COLOUR), Invalid, "name"),
        (DefineTag(workspace=W, word="t", name="T", colour="red"), Invalid, "colour"),
        (DefineTag(workspace=W, word="t", name="T", colour="#FFFFFF"), Invalid, "colour"),
        (RemoveTag(workspace=W, word="none"), NotFound, None),
        (define("f", "choice"), Invalid, "choices"),
        (define("f", "text", "a"), Invalid, "choices"),
        (define("f", "choice", "a", "a"), Invalid, "choices"),
        (strict_workflow(initial="nope"), Invalid, "initial"),
        (strict_workflow(initial="done"), Invalid, "initial"),
        (strict_workflow(closing="new"), Invalid, "closing"),
        (strict_workflow(statuses=()), Invalid, "statuses"),
        (PutPost(workspace=W, post="p", board="ideas", title="two\nlines"), Invalid, "title"),
        (PutPost(workspace=W, post="p", board="ideas", title="T", body="bell\x07"), Invalid, "body"),
    ],
)
def test_what_is_refused(world: World, command: Command, refusal: type[Refusal], field: str | None) -> None:
    with pytest.raises(refusal) as refused:
        world.do(command)
    assert getattr(refused.value, "field", None) == field
    assert told(world) == []


def test_a_body_is_text_with_lines_and_any_markup_is_text() -> None:
    world = World()
    world.do(PutBoard(workspace=W, board="ideas", name="Ideas"))
    body = "<b>one</b>\r\n\ttwo\n<script>alert(1)</script>"
    assert world.do(PutPost(workspace=W, post="p", board="ideas", title="<i>T</i>", body=body)).aggregate.body == body
