"""What releases decide."""

from typing import TypeVar
from uuid import UUID

import pytest

from events.domain.aggregates import Aggregate, Change, project
from events.domain.commands import Command, PutBoard, PutPost
from events.domain.merging.events import PostMerged
from events.domain.originators import originator_of
from events.domain.post import Post
from events.domain.posts.commands import ArchivePost, ChangeStatus, DeletePost
from events.domain.refusals import Conflict, Invalid, NotFound
from events.domain.releases.commands import (
    PublishDue,
    PublishRelease,
    PutRelease,
    ScheduleRelease,
    SettlePost,
    WithdrawRelease,
)
from events.domain.releases.events import ReleasePostMoved, ReleasePostNotMoved
from events.domain.releases.release import MOST_POSTS, RELEASE_CHARACTERS, Release
from events.domain.workflow.commands import SetWorkflow
from events.domain.workflow.events import Status

W = "acme"
A = TypeVar("A", bound=Aggregate)


def at(second: int) -> str:
    return f"2026-05-01T12:{second // 60:02}:{second % 60:02}.000Z"


class Workspace:
    """Aggregates in memory; each command happens a second after the one before."""

    def __init__(self) -> None:
        self.known: dict[UUID, Aggregate] = {}
        self.second = 0

    def find(self, kind: type[A], id: str, /) -> A | None:
        found = self.known.get(originator_of(W, kind.KIND, id))
        assert found is None or isinstance(found, kind)
        return found

    def do(self, command: Command[A]) -> Change[A]:
        self.second += 1
        change = command.change(self, command.at or at(self.second))
        for recorded in change.events:
            present = self.known.get(recorded.originator_id)
            assert recorded.originator_version == (0 if present is None else present.version) + 1
            after = project(present, [recorded])
            assert after is not None
            self.known[recorded.originator_id] = after
        assert self.known.get(command.subject, change.aggregate) == change.aggregate
        return change

    @property
    def release(self) -> Release:
        found = self.find(Release, "r")
        assert found is not None
        return found

    def post(self, id: str) -> Post:
        found = self.find(Post, id)
        assert found is not None
        return found

    def settle(self) -> list[object]:
        """What became of each post, in order."""
        events: list[object] = []
        for post in self.release.unsettled:
            command = SettlePost(workspace=W, release="r", post=post, edition=self.release.edition)
            events += [each.event for each in self.do(command).own]
            assert self.do(command).events == ()
        return events


@pytest.fixture
def workspace() -> Workspace:
    made = Workspace()
    made.do(PutBoard(workspace=W, board="ideas", name="Ideas"))
    for post in "abcd":
        made.do(PutPost(workspace=W, post=post, board="ideas", title=f"Post {post}"))
    made.do(PutRelease(workspace=W, release="r", title="Spring", body="# New", label="2.4", posts=("a", "b")))
    return made


def publish(**fields: str) -> PublishRelease:
    return PublishRelease(workspace=W, release="r", **fields)


def test_a_release_is_edited_by_what_is_said(workspace: Workspace) -> None:
    workspace.do(PutRelease(workspace=W, release="r", title="Spring", label="2.5"))
    release = workspace.release
    assert (release.title, release.body, release.label, release.posts) == ("Spring", "# New", "2.5", ("a", "b"))
    assert workspace.do(PutRelease(workspace=W, release="r", title="Spring")).events == ()
    workspace.do(PutRelease(workspace=W, release="r", title="Spring", body="", posts=()))
    assert (workspace.release.body, workspace.release.posts) == ("", ())


def test_its_posts_move_once_when_it_is_published(workspace: Workspace) -> None:
    assert workspace.settle() == []
    workspace.do(publish())
    assert workspace.settle() == [
        ReleasePostMoved(release="r", post=post, status="complete", at=at(workspace.second - back))
        for post, back in (("a", 3), ("b", 1))
    ]
    assert (workspace.post("a").status, workspace.post("a").kind) == ("complete", "shipped")
    assert workspace.release.unsettled == []
    assert workspace.do(publish()).events == ()


def test_what_can_t_move_is_said_with_its_reason(workspace: Workspace) -> None:
    statuses = (
        Status(id="open", name="Open", colour="#000000", kind="open", next=("planned",)),
        Status(id="planned", name="Planned", colour="#000000", kind="planned"),
        Status(id="live", name="Live", colour="#000000", kind="shipped"),
    )
    workspace.do(SetWorkflow(workspace=W, statuses=statuses, initial="open"))
    workspace.do(ChangeStatus(workspace=W, post="b", status="planned"))
    workspace.do(PutRelease(workspace=W, release="r", title="Spring", posts=("a", "b", "c")))
    workspace.do(DeletePost(workspace=W, post="c"))
    workspace.do(publish())
    a, b, c = workspace.settle()
    assert isinstance(a, ReleasePostNotMoved)
    assert "can't follow 'open'" in a.why
    assert isinstance(b, ReleasePostMoved)
    assert isinstance(c, ReleasePostNotMoved)
    assert c.why == "it was deleted"
    assert workspace.release.settled == {"a": a.why, "b": "", "c": c.why}


def test_what_could_not_move_is_tried_again_and_says_what_holds_it_then(workspace: Workspace) -> None:
    workspace.do(DeletePost(workspace=W, post="a"))
    workspace.do(publish())
    workspace.settle()
    assert list(workspace.release.not_moved) == ["a"]
    again = SettlePost(workspace=W, release="r", post="a", edition=workspace.release.edition, again=True)
    assert workspace.do(again).events == (), "nothing is otherwise"
    statuses = (
        Status(id="open", name="Open", colour="#000000", kind="open", next=()),
        Status(id="live", name="Live", colour="#000000", kind="shipped"),
    )
    only = Status(id="open", name="Open", colour="#000000", kind="open")
    workspace.do(SetWorkflow(workspace=W, statuses=(only,), initial="open"))
    workspace.do(DeletePost(workspace=W, post="a", deleted=False))
    (why,) = workspace.do(again).own
    assert isinstance(why.event, ReleasePostNotMoved)
    assert "no status of the workflow" in why.event.why
    workspace.do(SetWorkflow(workspace=W, statuses=statuses, initial="open"))
    assert isinstance(workspace.do(again).own[0].event, ReleasePostMoved)
    assert (workspace.post("a").kind, list(workspace.release.not_moved)) == ("shipped", [])
    assert workspace.do(again).events == ()


def test_a_workflow_in_which_nothing_ships(workspace: Workspace) -> None:
    only = Status(id="open", name="Open", colour="#000000", kind="open")
    workspace.do(SetWorkflow(workspace=W, statuses=(only,), initial="open"))
    workspace.do(publish())
    assert all(isinstance(each, ReleasePostNotMoved) for each in workspace.settle())


def test_a_merged_post_ships_by_the_one_that_it_went_into(workspace: Workspace) -> None:
    a = workspace.post("a")
    workspace.known[a.id] = a.evolve(PostMerged(post="a", into="d", at=at(30)))
    workspace.do(publish())
    first, _ = workspace.settle()
    assert isinstance(first, ReleasePostMoved)
    assert first.moved == "d"
    assert (workspace.post("d").kind, workspace.post("a").kind) == ("shipped", "open")


def test_archived_and_shipped_posts_are_no_obstacle(workspace: Workspace) -> None:
    workspace.do(ArchivePost(workspace=W, post="a"))
    workspace.do(ChangeStatus(workspace=W, post="b", status="complete"))
    version = workspace.post("b").version
    workspace.do(publish())
    assert [type(each) for each in workspace.settle()] == [ReleasePostMoved, ReleasePostMoved]
    assert workspace.post("b").version == version


def test_posts_added_after_it_was_published_move_too(workspace: Workspace) -> None:
    workspace.do(publish())
    workspace.settle()
    workspace.do(PutRelease(workspace=W, release="r", title="Spring", posts=("a", "c")))
    assert workspace.release.unsettled == ["c"]


def test_a_withdrawn_release_moves_nothing_and_the_next_edition_anew(workspace: Workspace) -> None:
    workspace.do(publish())
    late = SettlePost(workspace=W, release="r", post="a", edition=workspace.release.edition)
    workspace.do(WithdrawRelease(workspace=W, release="r", reason="too early"))
    assert workspace.do(late).events == ()
    assert workspace.do(WithdrawRelease(workspace=W, release="r")).events == ()
    workspace.do(publish())
    assert workspace.do(late).events == ()
    assert [type(each) for each in workspace.settle()] == [ReleasePostMoved, ReleasePostMoved]


def test_a_schedule_holds_until_another_one_does(workspace: Workspace) -> None:
    workspace.do(ScheduleRelease(workspace=W, release="r", publish_at=at(900)))
    first = workspace.release.edition
    assert workspace.do(ScheduleRelease(workspace=W, release="r", publish_at=at(900))).events == ()
    workspace.do(ScheduleRelease(workspace=W, release="r", publish_at=at(800)))
    assert workspace.do(PublishDue(workspace=W, release="r", edition=first)).events == ()
    workspace.do(PublishDue(workspace=W, release="r", edition=workspace.release.edition))
    assert (workspace.release.state, workspace.release.publish_at) == ("published", None)
    with pytest.raises(Conflict, match="withdraw it first"):
        workspace.do(ScheduleRelease(workspace=W, release="r", publish_at=at(950)))


def test_a_schedule_is_taken_back(workspace: Workspace) -> None:
    workspace.do(ScheduleRelease(workspace=W, release="r", publish_at=at(900)))
    edition = workspace.release.edition
    workspace.do(ScheduleRelease(workspace=W, release="r", publish_at=None))
    assert workspace.release.state == "draft"
    assert workspace.do(PublishDue(workspace=W, release="r", edition=edition)).events == ()


@pytest.mark.parametrize(
    ("fields", "field"),
    [
        ({"title": ""}, "title"),
        ({"title": "two\nlines"}, "title"),
        ({"title": "x" * 201}, "title"),
        ({"body": "\x00"}, "body"),
        ({"body": "x" * (RELEASE_CHARACTERS + 1)}, "body"),
        ({"label": "\x1b[31m"}, "label"),
        ({"posts": ("a", "a")}, "posts"),
        ({"posts": ("a", "nope")}, "posts.1"),
        ({"posts": ("no id",)}, "posts.0"),
        ({"posts": tuple(f"p{n}" for n in range(MOST_POSTS + 1))}, "posts"),
        ({"reason": "x" * 1001}, "reason"),
    ],
)
@pytest.mark.parametrize("release", ["r", "new"])
def test_what_no_release_can_say(workspace: Workspace, fields: dict, field: str, release: str) -> None:
    with pytest.raises(Invalid) as refused:
        workspace.do(PutRelease(workspace=W, release=release, **{"title": "Spring", **fields}))
    assert refused.value.field == field


def test_what_is_not_there_or_not_then(workspace: Workspace) -> None:
    with pytest.raises(NotFound):
        workspace.do(PublishRelease(workspace=W, release="nope"))
    with pytest.raises(Invalid, match="later than now"):
        workspace.do(ScheduleRelease(workspace=W, release="r", publish_at=at(0)))
    with pytest.raises(Invalid, match="RFC 3339"):
        workspace.do(ScheduleRelease(workspace=W, release="r", publish_at="tomorrow"))
    with pytest.raises(Conflict, match="can't have been before"):
        workspace.do(publish(at=at(0)))
