"""What may be merged into what, and when."""

from itertools import pairwise, permutations

import pytest

from events.domain.commands import ClosePost
from events.domain.merging.commands import MergePost, UnmergePost, root_of
from events.domain.merging.events import PostAbsorbed, PostMerged, PostReleased, PostUnmerged
from events.domain.post import Post
from events.domain.posts.commands import DeletePost
from events.domain.refusals import Conflict, Invalid, NotFound
from tests.support.world import AT, WORKSPACE, World

LATER = "2026-01-02T00:00:00.000Z"
LATEST = "2026-01-03T00:00:00.000Z"


def merge(post: str, into: str, at: str | None = None, reason: str = "") -> MergePost:
    return MergePost(workspace=WORKSPACE, post=post, into=into, reason=reason, at=at)


def unmerge(post: str, at: str | None = None, reason: str = "") -> UnmergePost:
    return UnmergePost(workspace=WORKSPACE, post=post, reason=reason, at=at)


@pytest.fixture
def world() -> World:
    world = World()
    world.posts("a", "b", "c", "d")
    world.decided.clear()
    return world


def known(world: World, post: str) -> Post:
    found = world.find(Post, post)
    assert found is not None
    return found


def test_a_merge_is_written_on_both_posts_and_its_undoing_too(world: World) -> None:
    world.do(merge("a", "b", reason="the same"), LATER)
    assert world.decided == [
        PostMerged(post="a", into="b", reason="the same", at=LATER),
        PostAbsorbed(post="b", merged="a", at=LATER),
    ]
    assert known(world, "a").merging.into == "b"
    assert known(world, "b").merging.absorbed == ("a",)
    world.decided.clear()
    world.do(unmerge("a", reason="not quite"), LATEST)
    assert world.decided == [
        PostUnmerged(post="a", into="b", reason="not quite", at=LATEST),
        PostReleased(post="b", released="a", at=LATEST),
    ]
    assert known(world, "a").merging.into is None
    assert known(world, "b").merging.absorbed == ()


def test_a_chain_is_written_on_its_root_as_well(world: World) -> None:
    world.do(merge("b", "c"))
    world.decided.clear()
    world.do(merge("a", "b"))
    assert world.decided[1:] == [
        PostAbsorbed(post="b", merged="a", at=AT),
        PostAbsorbed(post="c", merged="a", through="b", at=AT),
    ]
    assert known(world, "c").merging.absorbed == ("b",)
    assert root_of(world, known(world, "a")).post == "c"
    world.decided.clear()
    world.do(unmerge("a"))
    assert world.decided[1:] == [
        PostReleased(post="b", released="a", at=AT),
        PostReleased(post="c", released="a", through="b", at=AT),
    ]
    assert known(world, "c").merging.absorbed == ("b",)


def test_the_middle_of_a_chain_is_unmerged_with_what_went_into_it(world: World) -> None:
    world.do(merge("a", "b"))
    world.do(merge("b", "c"))
    world.do(unmerge("b"))
    assert root_of(world, known(world, "a")).post == "b"
    world.do(merge("b", "d"))
    assert root_of(world, known(world, "a")).post == "d"


def test_merging_and_unmerging_again_is_no_event(world: World) -> None:
    world.do(merge("a", "b"))
    world.do(unmerge("c"))
    count = len(world.decided)
    world.do(merge("a", "b"), LATER)
    assert len(world.decided) == count


@pytest.mark.parametrize("length", [2, 3, 4])
def test_no_circle_is_made(world: World, length: int) -> None:
    chain = ["a", "b", "c", "d"][:length]
    for post, into in pairwise(chain):
        world.do(merge(post, into))
    for into in chain[:-1]:
        with pytest.raises(Conflict, match=r"^into: .*circle"):
            world.do(merge(chain[-1], into))


def test_what_can_not_be_merged_is_refused_with_the_field(world: World) -> None:
    world.do(merge("a", "b"))
    with pytest.raises(Conflict, match=r"^post: .*merged into 'b'"):
        world.do(merge("a", "c"))
    with pytest.raises(Invalid, match=r"^into: .*itself"):
        world.do(merge("c", "c"))
    with pytest.raises(NotFound, match="'x'"):
        world.do(merge("c", "x"))
    with pytest.raises(NotFound, match="'x'"):
        world.do(merge("x", "c"))
    with pytest.raises(Invalid, match=r"^into: must match"):
        world.do(merge("c", "no id"))
    with pytest.raises(Invalid, match=r"^reason: "):
        world.do(merge("c", "d", reason="x" * 1001))


def test_nothing_is_merged_into_a_group_whose_root_takes_no_votes(world: World) -> None:
    world.do(merge("b", "c"))
    world.do(ClosePost(workspace=WORKSPACE, post="c", reason="done"))
    for into in ("b", "c"):
        with pytest.raises(Conflict, match=r"^into: post 'c'.*takes none"):
            world.do(merge("a", into))
    world.do(ClosePost(workspace=WORKSPACE, post="a", reason="duplicate"))
    world.do(merge("a", "d"))  # that the one which goes is closed is the usual case


def test_no_merge_lies_before_the_last_one_of_any_of_them(world: World) -> None:
    world.do(merge("b", "c", at=LATER))
    with pytest.raises(Invalid, match=f"^at: must not lie before {LATER}"):
        world.do(merge("a", "b", at=AT))
    with pytest.raises(Invalid, match=f"^at: must not lie before {LATER}"):
        world.do(unmerge("b", at=AT))
    world.do(unmerge("b", at=LATEST))
    for first, second in permutations(("b", "c"), 2):
        with pytest.raises(Invalid, match=f"^at: must not lie before {LATEST}"):
            world.do(merge(first, second, at=LATER))
    world.posts("new", at=LATER)
    with pytest.raises(Invalid, match=r"^at: .*submitted"):
        world.do(merge("new", "a", at=AT))


def test_what_is_decided_now_lies_after_what_was_decided_by_a_clock_that_is_ahead(world: World) -> None:
    world.do(merge("a", "b", at=LATEST))
    assert world.do(unmerge("a"), LATER).aggregate.merging.at == LATEST
    assert known(world, "b").merging.at == LATEST


def delete(post: str, *, deleted: bool = True) -> DeletePost:
    return DeletePost(workspace=WORKSPACE, post=post, deleted=deleted)


def test_what_counts_for_others_is_not_deleted_with_them(world: World) -> None:
    world.do(merge("a", "b"))
    world.do(merge("b", "c"))
    with pytest.raises(Conflict, match=r"^post: 'a', 'b' would be hidden with it.*unmerge or delete them first"):
        world.do(delete("c"))
    world.do(delete("b"))  # what went into it shows where it did
    with pytest.raises(Conflict, match=r"^post: 'a' would"):
        world.do(delete("c"))
    world.do(unmerge("a"))
    world.do(delete("c"))
    assert known(world, "c").deleted


def test_what_is_merged_into_a_deleted_post_comes_back_after_it(world: World) -> None:
    world.do(merge("a", "b"))
    world.do(delete("a"))
    world.do(delete("b"))
    with pytest.raises(Conflict, match=r"^post: it is merged into 'b', which is deleted: restore that one first"):
        world.do(delete("a", deleted=False))
    for post in "ba":
        world.do(delete(post, deleted=False))
    assert not known(world, "a").deleted
