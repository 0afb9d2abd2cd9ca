"""What gates hold back, and what comes through them."""

from typing import cast

import pytest
from hypothesis import given
from hypothesis import strategies as st

from events.domain.aggregates import Change
from events.domain.commands import Command, ImportPost
from events.domain.event import DomainEvent
from events.domain.gates.asking import MOST_NAMED, GateOpen
from events.domain.gates.checks import EVIDENCE_CHARACTERS, PostChecks
from events.domain.gates.commands import PassCheck, SetGate, TakeCheckBack
from events.domain.gates.events import (
    Check,
    CheckPassed,
    CheckTakenBack,
    GateOverridden,
    GatePassed,
    GateSet,
)
from events.domain.gates.gate import MOST_CHECKS, Gate
from events.domain.merging.commands import MergePost
from events.domain.post import Post
from events.domain.posts.commands import ChangeStatus, DeletePost, MovePost
from events.domain.posts.events import PostStatusChanged
from events.domain.refusals import Conflict, Invalid, NotFound, Refusal
from events.domain.releases.commands import (
    PublishDue,
    PublishRelease,
    PutRelease,
    ScheduleRelease,
    SettlePost,
    WithdrawRelease,
)
from events.domain.releases.events import ReleaseHeld, ReleasePostNotMoved, ReleasePublished
from events.domain.releases.release import Release
from tests.support.world import AT, WORKSPACE, World

LATER = "2026-02-01T00:00:00.000Z"
BOTH = ("reviewed", "tested")


def gate(*checks: str, board: str = "ideas", at: str | None = None) -> SetGate:
    named = tuple(Check(check=check, name=check.title()) for check in checks)
    return SetGate(workspace=WORKSPACE, board=board, checks=named, at=at)


def passed(post: str, check: str, *, evidence: str = "seen", by: str = "", at: str | None = None) -> PassCheck:
    return PassCheck(workspace=WORKSPACE, post=post, check=check, evidence=evidence, by=by, at=at)


def back(post: str, check: str, reason: str = "no") -> TakeCheckBack:
    return TakeCheckBack(workspace=WORKSPACE, post=post, check=check, reason=reason)


def status(post: str, status: str = "complete", **more: object) -> ChangeStatus:
    return ChangeStatus(workspace=WORKSPACE, post=post, status=status, **more)  # type: ignore[arg-type]


def release(*posts: str, release: str = "r") -> PutRelease:
    return PutRelease(workspace=WORKSPACE, release=release, title="R", posts=posts)


def publish(**more: object) -> PublishRelease:
    return PublishRelease(workspace=WORKSPACE, release="r", **more)  # type: ignore[arg-type]


@pytest.fixture
def world() -> World:
    """A gated board with three posts, and one without a gate."""
    made = World()
    made.posts("a", "b", "c")
    made.board("free")
    made.do(gate(*BOTH))
    return made


def names(change: Change) -> list[str]:
    return [type(each.event).__name__ for each in change.events]


def refused(world: World, command: Command, error: type[Refusal], message: str) -> None:
    before = list(world.decided)
    with pytest.raises(error, match=message):
        world.do(command, LATER)
    assert world.decided == before


def test_a_post_is_shipped_once_all_checks_are_passed(world: World) -> None:
    refused(world, status("a"), GateOpen, "a lacks reviewed, tested")
    world.do(passed("a", "reviewed", by="p-7"))
    refused(world, status("a"), GateOpen, "a lacks tested")
    world.do(passed("a", "tested"))
    change = world.do(status("a"), LATER)
    assert names(change) == ["PostStatusChanged", "GatePassed"]
    assert change.events[1].event == GatePassed(post="a", board="ideas", checks=BOTH, at=LATER)
    assert names(world.do(status("b", "planned"))) == ["PostStatusChanged"], "what ships nothing is asked nothing"


def test_an_open_gate_is_overridden_with_a_reason(world: World) -> None:
    refused(world, status("a", override=True), Invalid, "reason")
    refused(world, status("a", override=True, reason=" "), Invalid, "reason")
    change = world.do(status("a", override=True, reason="It burns"), LATER)
    assert [type(each.event).__name__ for each in change.events[1:]] == ["ChecksBegun", "GateOverridden"]
    overridden = cast("GateOverridden", change.events[2].event)
    assert (overridden.missing, overridden.reason) == (BOTH, "It burns")
    for check in BOTH:
        world.do(passed("b", check))
    change = world.do(status("b", override=True), LATER)
    assert names(change) == ["PostStatusChanged", "GatePassed"], "nothing to override, and no reason needed"


def test_a_board_without_a_gate_has_none_open(world: World) -> None:
    world.do(MovePost(workspace=WORKSPACE, post="a", board="free"))
    assert names(world.do(status("a"))) == ["PostStatusChanged"]
    world.do(gate())
    assert names(world.do(status("b"))) == ["PostStatusChanged"]


def test_what_is_shipped_stays_so_whatever_the_gate_asks_later(world: World) -> None:
    world.do(gate())
    world.do(status("a"))
    world.do(gate(*BOTH))
    assert cast("Post", world.find(Post, "a")).kind == "shipped"
    assert names(world.do(status("a", note="Out now"))) == ["PostStatusChanged"], "it is shipped already"
    world.do(status("a", "in-progress"))
    refused(world, status("a"), GateOpen, "a lacks")


def test_history_from_before_the_gate_is_not_held_back() -> None:
    world = World()
    world.posts("a", "b")
    world.do(gate("reviewed", at="2026-03-01T00:00:00.000Z"))
    world.do(gate(*BOTH, at="2026-04-01T00:00:00.000Z"))
    assert names(world.do(status("a", at="2026-02-28T00:00:00.000Z"))) == ["PostStatusChanged"]
    with pytest.raises(GateOpen, match="b lacks reviewed\\."):
        world.do(status("b", at="2026-03-02T00:00:00.000Z"))
    with pytest.raises(GateOpen, match="b lacks reviewed, tested"):
        world.do(status("b", at="2026-04-02T00:00:00.000Z"))


def test_an_import_is_asked_nothing(world: World) -> None:
    imported = ImportPost(workspace=WORKSPACE, post="old", board="ideas", title="Old", closed="shipped long ago")
    assert world.do(imported).created


def test_a_merged_post_s_root_counts(world: World) -> None:
    world.do(passed("a", "reviewed"))
    world.do(MergePost(workspace=WORKSPACE, post="a", into="b"))
    refused(world, passed("a", "tested"), Conflict, "merged into 'b'")
    refused(world, status("a"), GateOpen, "b lacks reviewed, tested")
    for check in BOTH:
        world.do(passed("b", check))
    change = world.do(status("a"))
    assert change.events[1].event == GatePassed(post="b", board="ideas", checks=BOTH, at=change.events[0].event.at)


def test_checks_are_passed_and_taken_back(world: World) -> None:
    assert names(world.do(passed("a", "reviewed"))) == ["ChecksBegun", "CheckPassed"]
    assert names(world.do(passed("a", "reviewed"))) == [], "the same once more is the same"
    assert names(world.do(passed("a", "reviewed", evidence="another build"))) == ["CheckPassed"]
    assert names(world.do(back("a", "reviewed"))) == ["CheckTakenBack"]
    assert names(world.do(back("a", "reviewed"))) == []
    refused(world, back("a", "tested"), NotFound, "tested")
    refused(world, back("a", "reviewed", reason=""), Invalid, "reason")
    refused(world, passed("a", "beta"), NotFound, "beta")
    refused(world, passed("nowhere", "tested"), NotFound, "nowhere")
    world.do(DeletePost(workspace=WORKSPACE, post="c"))
    refused(world, passed("c", "tested"), NotFound, "post 'c'")


@pytest.mark.parametrize(
    ("command", "field"),
    [
        (passed("a", "tested", evidence=""), "evidence"),
        (passed("a", "tested", evidence="x" * (EVIDENCE_CHARACTERS + 1)), "evidence"),
        (passed("a", "tested", evidence="two\nlines"), "evidence"),
        (passed("a", "tested", by="ann@example.com"), "by"),
        (gate("a b"), "checks.0.check"),
        (gate("a", "a"), "checks"),
        (gate(*(f"c{number}" for number in range(MOST_CHECKS + 1))), "checks"),
        (SetGate(workspace=WORKSPACE, board="ideas", checks=(Check(check="a", name=""),)), "checks.0.name"),
    ],
)
def test_what_cannot_be_said(world: World, command: Command, field: str) -> None:
    refused(world, command, Invalid, f"^{field}:")


def test_decisions_on_the_same_do_not_go_back_in_time(world: World) -> None:
    world.do(passed("a", "tested", at=LATER))
    with pytest.raises(Conflict, match=r"^at:"):
        world.do(passed("a", "tested", evidence="other", at=AT))
    event = world.do(passed("a", "tested", evidence="other"), AT).events[0].event
    assert event.at == LATER, "our own clocks give way"
    world.do(passed("a", "reviewed", at=AT))
    world.do(gate("tested", at=LATER))
    with pytest.raises(Conflict, match=r"^at:"):
        world.do(gate("reviewed", at=AT))
    refused(world, gate("tested", board="nowhere"), NotFound, "nowhere")
    assert names(world.do(gate("tested"))) == []
    assert cast("Gate", world.find(Gate, "ideas")).version == 2


def test_a_release_asks_the_gates_of_all_its_posts_at_once(world: World) -> None:
    world.do(release("a", "b", "c"))
    world.do(DeletePost(workspace=WORKSPACE, post="c"))
    world.do(passed("a", "tested"))
    refused(world, publish(), GateOpen, "a lacks reviewed; b lacks reviewed, tested")
    refused(world, publish(override=True), Invalid, "reason")
    change = world.do(publish(override=True, reason="The fair is tomorrow"), LATER)
    assert cast("ReleasePublished", change.events[0].event).override
    overridden = [each.event for each in change.events if isinstance(each.event, GateOverridden)]
    assert [(each.post, each.missing, each.release) for each in overridden] == [
        ("a", ("reviewed",), "r"), ("b", BOTH, "r"),
    ]  # fmt: skip
    assert names(world.do(publish())) == []
    edition = change.aggregate.edition
    world.do(back("a", "tested"))  # what was published is not held back any more
    moved = [names(world.do(settle(post, edition))) for post in ("a", "b")]
    assert moved == [["ReleasePostMoved", "PostStatusChanged"]] * 2


def settle(post: str, edition: int) -> SettlePost:
    return SettlePost(workspace=WORKSPACE, release="r", post=post, edition=edition)


def test_merged_posts_of_a_release_are_asked_once(world: World) -> None:
    world.do(release("a", "b"))
    world.do(MergePost(workspace=WORKSPACE, post="a", into="b"))
    for check in BOTH:
        world.do(passed("b", check))
    assert names(world.do(publish())) == ["ReleasePublished", "GatePassed"]


def test_a_post_that_is_added_to_a_published_release_is_asked_too(world: World) -> None:
    world.do(gate())
    world.do(release("a"))
    world.do(publish())
    world.do(gate("tested"))
    refused(world, release("a", "b"), GateOpen, "b lacks tested")
    world.do(passed("b", "tested"))
    assert names(world.do(release("a", "b"))) == ["ReleaseEdited", "GatePassed"]


def test_a_post_whose_gate_was_never_asked_is_not_moved(world: World) -> None:
    """It came to a gated board after its release was published."""
    world.do(MovePost(workspace=WORKSPACE, post="a", board="free"))
    world.do(release("a"))
    edition = world.do(publish()).aggregate.edition
    world.do(MovePost(workspace=WORKSPACE, post="a", board="ideas"))
    (event,) = [each.event for each in world.do(settle("a", edition)).events]
    assert "a lacks reviewed, tested" in cast("ReleasePostNotMoved", event).why


def test_a_scheduled_release_waits_for_its_gates(world: World) -> None:
    world.do(release("a"))
    scheduled = ScheduleRelease(workspace=WORKSPACE, release="r", publish_at=LATER)
    due = PublishDue(workspace=WORKSPACE, release="r", edition=world.do(scheduled).aggregate.edition)
    change = world.do(due, LATER)
    (held,) = [each.event for each in change.events]
    assert isinstance(held, ReleaseHeld)
    assert "a lacks reviewed, tested" in held.why
    assert (change.aggregate.state, change.aggregate.held) == ("scheduled", held.why)
    assert names(world.do(due, LATER)) == [], "it waits for the same"
    world.do(passed("a", "tested"))
    assert names(world.do(due, LATER)) == ["ReleaseHeld"], "it waits for less"
    world.do(passed("a", "reviewed"))
    change = world.do(due, LATER)
    assert names(change) == ["ReleasePublished", "GatePassed"]
    assert (change.aggregate.state, change.aggregate.held) == ("published", "")
    assert names(world.do(due, LATER)) == []


def test_what_holds_a_release_ends_with_its_schedule(world: World) -> None:
    world.do(release("a"))
    scheduled = ScheduleRelease(workspace=WORKSPACE, release="r", publish_at=LATER)
    edition = world.do(scheduled).aggregate.edition
    world.do(PublishDue(workspace=WORKSPACE, release="r", edition=edition), LATER)
    world.do(ScheduleRelease(workspace=WORKSPACE, release="r", publish_at=None), LATER)
    assert cast("Release", world.find(Release, "r")).held == ""
    world.do(publish(override=True, reason="now"), LATER)
    withdrawn = world.do(WithdrawRelease(workspace=WORKSPACE, release="r"), LATER).aggregate
    assert (withdrawn.state, withdrawn.override) == ("draft", False)


def test_of_many_open_gates_some_are_named() -> None:
    world = World()
    posts = [f"p{number:02}" for number in range(MOST_NAMED + 3)]
    world.posts(*posts)
    world.do(gate("tested"))
    world.do(release(*posts))
    refused(world, publish(), GateOpen, "p09 lacks tested; and 3 posts more")


POSTS = st.sampled_from(["a", "b", "c"])
CHECKS = st.sampled_from(BOTH)
COMMANDS = st.one_of(
    st.builds(passed, POSTS, CHECKS),
    st.builds(back, POSTS, CHECKS),
    st.builds(lambda checks: gate(*sorted(checks)), st.sets(CHECKS)),
    st.builds(status, POSTS, st.sampled_from(["complete", "open"])),
    st.builds(lambda post: status(post, override=True, reason="so"), POSTS),
    st.builds(lambda posts: release(*sorted(posts)), st.sets(POSTS)),
    st.builds(lambda override: publish(override=override, reason="so"), st.booleans()),
    st.just(WithdrawRelease(workspace=WORKSPACE, release="r")),
    st.builds(lambda post: ("settle", post), POSTS),
)


@given(st.lists(COMMANDS, max_size=30))
def test_nothing_is_shipped_or_published_past_an_open_gate(commands: list) -> None:
    """A plain replay of what was decided says that each gate was closed, or overridden with a reason."""
    world = World()
    world.posts("a", "b", "c")
    replay = Replay()
    for asked in commands:
        known = cast("Release | None", world.find(Release, "r"))
        if known is None and isinstance(asked, tuple):
            continue
        command = settle(asked[1], known.edition) if known and isinstance(asked, tuple) else asked
        before = {post: cast("Post", world.find(Post, post)).kind for post in "abc"}
        try:
            change = world.do(command)
        except Refusal:
            continue
        replay.take([each.event for each in change.events], before, known)


class Replay:
    """Gates and passed checks, the plainest way; which posts were let through with the release."""

    def __init__(self) -> None:
        self.asked: tuple[str, ...] = ()
        self.passed: set[tuple[str, str]] = set()
        self.cleared: set[str] = set()

    def take(self, events: list[DomainEvent], before: dict[str, str], known: Release | None) -> None:
        """Go on with one commit."""
        overridden = {each.post for each in events if isinstance(each, GateOverridden) and each.reason}
        settled = any(type(each).__name__ == "ReleasePostMoved" for each in events)
        for event in events:
            match event:
                case GateSet():
                    self.asked = tuple(check.check for check in event.checks)
                case CheckPassed():
                    self.passed.add((event.post, event.check))
                case CheckTakenBack():
                    self.passed.discard((event.post, event.check))
                case PostStatusChanged() if event.kind == "shipped" and before[event.post] != "shipped":
                    assert (
                        self.closed(event.post) or event.post in overridden or (settled and event.post in self.cleared)
                    )
                case ReleasePublished():
                    assert known is not None
                    for post in known.posts:
                        assert self.closed(post) or before[post] == "shipped" or post in overridden
                    self.cleared = set(known.posts)

    def closed(self, post: str) -> bool:
        """Whether a post passes all that is asked."""
        return all((post, check) in self.passed for check in self.asked)


@pytest.mark.parametrize("ships", [status("a"), publish()], ids=["status", "release"])
def test_of_shipping_and_taking_a_check_back_at_once_the_log_admits_one(world: World, ships: Command) -> None:
    """Decided by two processes on the same state: both write the next version of the post's checks."""
    world.do(release("a"))
    for check in BOTH:
        world.do(passed("a", check))
    one, other = (command.change(world, LATER) for command in (ships, back("a", "tested")))
    written = {(each.originator_id, each.originator_version) for each in one.events}
    assert written & {(each.originator_id, each.originator_version) for each in other.events}
    world.do(back("a", "tested"))
    refused(world, ships, GateOpen, "a lacks tested")


def test_checks_of_a_post_stand_by_themselves(world: World) -> None:
    world.do(passed("a", "tested"))
    standing = cast("PostChecks", world.find(PostChecks, "a"))
    assert (standing.passes("tested"), standing.passes("reviewed"), standing.last("reviewed")) == (True, False, "")
    assert world.find(PostChecks, "b") is None
