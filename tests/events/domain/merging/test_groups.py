"""Who stands together, as merges come and go."""

from hypothesis import given, settings
from hypothesis import strategies as st

from events.domain.application import Feedback
from events.domain.commands import ClosePost, PutBoard, PutPost
from events.domain.directory import Directory
from events.domain.merging.commands import MergePost, UnmergePost
from events.domain.merging.events import PostMerged, PostUnmerged
from events.domain.merging.groups import Groups
from tests.support.world import AT, WORKSPACE

POSTS = "abcdefg"


def naive_root(into: dict[str, str], post: str) -> str:
    while post in into:
        post = into[post]
    return post


@settings(max_examples=100)
@given(st.lists(st.tuples(st.sampled_from(POSTS), st.sampled_from(POSTS)), max_size=20))
def test_groups_are_those_of_the_merges_that_stand(steps: list[tuple[str, str]]) -> None:
    groups, into = Groups(), dict[str, str]()
    for post, target in steps:
        if post in into:
            groups.take(WORKSPACE, PostUnmerged(post=post, into=into.pop(post), at=AT))
        elif naive_root(into, target) != post:
            groups.take(WORKSPACE, PostMerged(post=post, into=target, at=AT))
            into[post] = target
        for each in POSTS:
            root = naive_root(into, each)
            assert groups.root(WORKSPACE, each) == root
            assert groups.group(WORKSPACE, each)[0] == root
            assert set(groups.group(WORKSPACE, each)) == {other for other in POSTS if naive_root(into, other) == root}
            assert set(groups.absorbed(WORKSPACE, each)) == {other for other in into if into[other] == each}
            assert groups.root("other", each) == each


def test_whether_votes_are_taken_is_up_to_the_root(feedback: Feedback) -> None:
    directory = Directory(feedback.ledger)
    feedback.execute(PutBoard(workspace=WORKSPACE, board="ideas", name="Ideas"))
    for post in "abc":
        feedback.execute(PutPost(workspace=WORKSPACE, post=post, board="ideas", title=post))
    feedback.execute(ClosePost(workspace=WORKSPACE, post="a", reason="duplicate"))
    for post, into in (("a", "b"), ("b", "c")):
        feedback.execute(MergePost(workspace=WORKSPACE, post=post, into=into))
    for known in (directory, Directory(feedback.ledger)):
        assert known.root(WORKSPACE, "a") == "c"
        assert known.group(WORKSPACE, "b") == ("c", "b", "a")
        assert known.voted(WORKSPACE, "a") == known.post(WORKSPACE, "c")
    feedback.execute(ClosePost(workspace=WORKSPACE, post="c", reason="done"))
    voted = directory.voted(WORKSPACE, "b")
    assert voted is not None
    assert not voted.takes_votes
    feedback.execute(UnmergePost(workspace=WORKSPACE, post="b"))
    voted = directory.voted(WORKSPACE, "a")
    assert voted == directory.post(WORKSPACE, "b")
    assert voted is not None
    assert voted.takes_votes
