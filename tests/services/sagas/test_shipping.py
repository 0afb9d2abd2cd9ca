"""When a post that a release could not move is tried again."""

import pytest

from events.domain.event import DomainEvent
from events.domain.gates.events import CheckPassed
from events.domain.merging.events import PostMerged
from events.domain.posts.events import PostRestored, PostStatusChanged, PostTagged
from events.domain.releases.events import ReleasePostMoved, ReleasePostNotMoved, ReleasePublished, ReleaseWithdrawn
from events.domain.workflow.events import WorkflowSet
from services.sagas.shipping import Held

W = "acme"
AT = "2026-01-01T00:00:00.000Z"


def status(post: str) -> PostStatusChanged:
    return PostStatusChanged(post=post, status="planned", kind="planned", at=AT)


@pytest.fixture
def held() -> Held:
    """Releases r and s could not move a, r could not move b, which is merged into c."""
    made = Held()
    for event in (
        PostMerged(post="b", into="c", at=AT),
        ReleasePublished(release="r", at=AT),
        *(ReleasePostNotMoved(release=release, post=post, why="no", at=AT) for release, post in ("ra", "sa", "rb")),
    ):
        made.take(W, event)
    return made


@pytest.mark.parametrize(
    ("event", "again"),
    [
        (status("a"), ["r", "s"]),
        (status("b"), ["r"]),
        (PostRestored(post="c", at=AT), ["r"]),
        (CheckPassed(post="a", check="tested", evidence="x", at=AT), ["r", "s"]),
        (WorkflowSet(statuses=(), initial="open", at=AT), ["r", "s"]),
        (status("d"), []),
        (PostTagged(post="a", tags=("x",), at=AT), []),
    ],
)
def test_what_may_have_held_it_has_it_tried_again(held: Held, event: DomainEvent, again: list[str]) -> None:
    assert held.touched_by(W, event) == again
    assert held.touched_by("globex", event) == []


def test_what_was_moved_or_withdrawn_is_not_tried_again(held: Held) -> None:
    held.take(W, ReleasePostMoved(release="r", post="a", status="complete", at=AT))
    assert held.touched_by(W, status("a")) == ["s"]
    held.take(W, ReleaseWithdrawn(release="s", at=AT))
    assert held.touched_by(W, status("a")) == []
    assert held.touched_by(W, status("b")) == ["r"]
