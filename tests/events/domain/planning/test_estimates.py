"""Estimates are given, given otherwise and withdrawn, each in its time."""

import math

import pytest

from events.domain.commands import PutPost
from events.domain.estimates.commands import GiveEstimate, WithdrawEstimate
from events.domain.estimates.estimate import LARGEST, Estimate
from events.domain.estimates.events import EstimateGiven, EstimateWithdrawn
from events.domain.event import NotItsEvent
from events.domain.merging.commands import MergePost, UnmergePost
from events.domain.posts.commands import DeletePost
from events.domain.refusals import Conflict, Invalid, NotFound
from events.domain.teams.events import TeamRemoved
from tests.support.world import AT, WORKSPACE, World

LATER = "2026-02-01T00:00:00.000Z"


@pytest.fixture
def world() -> World:
    made = World()
    made.posts("a", "b")
    return made


def give(world: World, post: str = "a", **fields: object) -> Estimate:
    said = {"unit": "days", "low": 2.0, "high": 5.0, **fields}
    return world.do(GiveEstimate(workspace=WORKSPACE, post=post, **said)).aggregate  # type: ignore[arg-type]  # as given


def test_an_estimate_is_given_given_otherwise_and_withdrawn(world: World) -> None:
    first = give(world, reason="like the export")
    assert (first.unit, first.low, first.high, first.version) == ("days", 2.0, 5.0, 1)
    assert give(world).version == 1
    assert give(world, unit="points", low=3, high=3).unit == "points"
    assert world.do(WithdrawEstimate(workspace=WORKSPACE, post="a", reason="too old")).aggregate.withdrawn
    assert world.do(WithdrawEstimate(workspace=WORKSPACE, post="a")).events == ()
    again = give(world, unit="points", low=3, high=3)
    assert (again.withdrawn, again.version) == (False, 4)
    said = [event for event in world.decided if isinstance(event, EstimateGiven | EstimateWithdrawn)]
    assert [type(event) for event in said] == [EstimateGiven, EstimateGiven, EstimateWithdrawn, EstimateGiven]
    assert all(event.internal for event in said)


@pytest.mark.parametrize(
    ("fields", "field"),
    [
        ({"low": 0.0}, "low"),
        ({"low": -1.0}, "low"),
        ({"low": math.nan}, "low"),
        ({"high": math.inf}, "high"),
        ({"high": LARGEST + 1}, "high"),
        ({"low": 6.0}, "high"),
        ({"reason": "x" * 1001}, "reason"),
    ],
)
def test_what_is_no_span_of_days_or_points_is_refused(world: World, fields: dict[str, object], field: str) -> None:
    with pytest.raises(Invalid) as refused:
        give(world, **fields)
    assert refused.value.field == field


def test_only_a_post_that_is_there_is_estimated(world: World) -> None:
    with pytest.raises(NotFound):
        give(world, "nowhere")
    with pytest.raises(NotFound):
        world.do(WithdrawEstimate(workspace=WORKSPACE, post="a"))
    world.do(MergePost(workspace=WORKSPACE, post="b", into="a"))
    with pytest.raises(Conflict, match="estimate that one"):
        give(world, "b")
    world.do(UnmergePost(workspace=WORKSPACE, post="b"))
    world.do(DeletePost(workspace=WORKSPACE, post="a"))
    with pytest.raises(NotFound):
        give(world)


def test_nothing_is_said_before_what_was_said_last(world: World) -> None:
    give(world, at=LATER)
    with pytest.raises(Conflict, match="the last decision"):
        give(world, high=9.0, at=AT)
    with pytest.raises(Conflict, match="the last decision"):
        world.do(WithdrawEstimate(workspace=WORKSPACE, post="a", at=AT))
    assert give(world, high=9.0).touched == LATER  # our own clock gives way


def test_estimates_of_two_posts_have_nothing_to_do_with_each_other(world: World) -> None:
    give(world)
    world.do(PutPost(workspace=WORKSPACE, post="a", board="ideas", title="renamed"))
    assert give(world, "b", low=1.0, high=1.0).version == 1


def test_an_event_of_something_else_is_no_part_of_its_history(world: World) -> None:
    with pytest.raises(NotItsEvent):
        give(world).evolve(TeamRemoved(team="web", at=AT))
