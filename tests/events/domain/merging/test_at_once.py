"""Merges that are decided at once, on the real ledger: the log admits no two that make a circle."""

from concurrent.futures import ThreadPoolExecutor

import pytest

from events.domain.application import Feedback
from events.domain.commands import PutBoard, PutPost
from events.domain.execution import Plan, Terms, plan_command
from events.domain.merging.commands import MergePost, UnmergePost
from events.domain.post import Post
from events.domain.refusals import Conflict
from events.ledger.errors import VersionConflict
from tests.support.world import WORKSPACE

TERMS = Terms(None, None, None)


def merge(post: str, into: str) -> MergePost:
    return MergePost(workspace=WORKSPACE, post=post, into=into)


@pytest.fixture
def pairs(feedback: Feedback) -> Feedback:
    """A is merged into B, and C into D."""
    feedback.execute(PutBoard(workspace=WORKSPACE, board="ideas", name="Ideas"))
    for post in "abcd":
        feedback.execute(PutPost(workspace=WORKSPACE, post=post, board="ideas", title=post))
    feedback.execute(merge("a", "b"))
    feedback.execute(merge("c", "d"))
    return feedback


def test_of_two_that_would_make_a_circle_the_log_admits_one(pairs: Feedback) -> None:
    plans = [plan_command(pairs, merge(post, into), TERMS) for post, into in (("b", "c"), ("d", "a"))]
    outcomes = []
    for plan in plans:  # both were decided on the same state
        assert isinstance(plan, Plan)
        outcomes.append(pairs.ledger.submit(plan.commit).exception(timeout=20))
    assert [type(outcome) for outcome in outcomes] == [type(None), VersionConflict]


def test_an_unmerge_in_between_is_seen_by_the_merge(pairs: Feedback) -> None:
    planned = plan_command(pairs, merge("b", "c"), TERMS)
    assert isinstance(planned, Plan)
    pairs.execute(UnmergePost(workspace=WORKSPACE, post="c"))
    with pytest.raises(VersionConflict):
        pairs.ledger.submit(planned.commit).result(timeout=20)


def test_asked_at_once_in_two_processes_one_is_refused(pairs: Feedback, open_feedback) -> None:  # type: ignore[no-untyped-def]
    other: Feedback = open_feedback()
    asked = [(pairs, merge("b", "c")), (other, merge("d", "a"))]
    with ThreadPoolExecutor(2) as threads:
        done = [threads.submit(each.execute, command) for each, command in asked]
    refused = [future.exception() for future in done if future.exception() is not None]
    assert [type(error) for error in refused] == [Conflict]
    pairs.ledger.catch_up(10).result()
    posts = {post: pairs.load(merge(post, "-").subject) for post in "abcd"}
    into = {post: known.merging.into for post, known in posts.items() if isinstance(known, Post)}
    assert sum(target is not None for target in into.values()) == 3
