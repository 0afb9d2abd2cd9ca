"""What it takes to have a post stand on a roadmap as somebody asks, and what is refused."""

import pytest

from events.domain.refusals import Conflict, Invalid, NotFound
from events.domain.roadmaps import roadmap as bounds
from events.domain.roadmaps.commands import PlaceItem, PutRoadmap, RemoveItem
from events.domain.roadmaps.events import Column
from events.domain.roadmaps.targets import read_target
from tests.support.decided import WORKSPACE
from tests.support.roadmaps import ROADMAP, RoadmapWorld

QUARTERS = (
    Column(column="ideas", name="Ideas"),
    Column(column="q1", name="Q1", period="2027-Q1"),
    Column(column="q2", name="Q2", period="2027-Q2"),
)


@pytest.fixture
def world() -> RoadmapWorld:
    world = RoadmapWorld()
    world.with_posts(["a", "b", "c"])
    put(world, columns=QUARTERS)
    return world


def put(world: RoadmapWorld, name: str = "Product", **fields: object) -> None:
    world.do(PutRoadmap(workspace=WORKSPACE, roadmap=ROADMAP, name=name, **fields))


def place(world: RoadmapWorld, post: str, **fields: object) -> list[str]:
    """What was decided: the last parts of the events' names."""
    change = world.do(PlaceItem(workspace=WORKSPACE, roadmap=ROADMAP, post=post, **fields))
    return [recorded.event.TYPE.split(".")[2] for recorded in change.events]


def target(world: RoadmapWorld, post: str) -> str | None:
    found = world.roadmap.items[post].target
    return None if found is None else found.text


def test_each_thing_that_changes_is_a_decision(world: RoadmapWorld) -> None:
    assert place(world, "a", column="ideas", owner="web") == ["item-placed"]
    asked = {"column": "q1", "target": read_target("2027-02"), "owner": "ann", "note": "soon"}
    assert place(world, "a", **asked) == ["item-moved", "item-dated", "item-assigned", "item-noted"]
    assert place(world, "a", **asked) == []
    assert place(world, "a") == []
    assert place(world, "a", owner="", note="", target=None) == ["item-dated", "item-assigned", "item-noted"]
    assert world.roadmap.version == 1 + 1 + 4 + 3


def test_what_stands_where_it_is_asked_for_is_not_moved(world: RoadmapWorld) -> None:
    for post in "abc":
        place(world, post, column="ideas")
    assert place(world, "b", position=2) == place(world, "b", after="a") == place(world, "b", column="ideas") == []
    assert place(world, "c", position=1) == ["item-moved"]
    assert place(world, "c", position=99) == ["item-moved"]
    assert list(world.roadmap.ordered("ideas")) == ["a", "b", "c"]


def test_a_column_gives_its_period(world: RoadmapWorld) -> None:
    place(world, "a", column="q1")
    place(world, "b", column="ideas", target=read_target("2027-05-01"))
    place(world, "b", column="q2")
    assert (target(world, "a"), target(world, "b")) == ("2027-Q1", "2027-05-01")
    assert place(world, "a", column="q2") == ["item-moved", "item-dated"]
    assert place(world, "a", column="ideas") == ["item-moved"]
    assert target(world, "a") == "2027-Q2"
    with pytest.raises(Invalid, match=r"target: lies outside of 2027-Q2"):
        place(world, "b", target=read_target("2027-07-01"))
    assert place(world, "b", target=None) == ["item-dated"]
    assert place(world, "b", position=1) == []
    assert target(world, "b") is None


def test_a_column_goes_when_it_is_empty(world: RoadmapWorld) -> None:
    place(world, "a", column="q2")
    with pytest.raises(Conflict, match="still holds 1 items"):
        put(world, columns=QUARTERS[:2])
    world.do(RemoveItem(workspace=WORKSPACE, roadmap=ROADMAP, post="a"))
    put(world, columns=QUARTERS[:2])
    with pytest.raises(Invalid, match="there is no column 'q2'"):
        place(world, "a", column="q2")


def test_a_roadmap_is_full_some_day(world: RoadmapWorld, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("events.domain.roadmaps.placing.MOST_ITEMS", 2)
    assert bounds.MOST_ITEMS == 2000
    for post in "ab":
        place(world, post, column="ideas")
    with pytest.raises(Conflict, match="holds 2 items at most"):
        place(world, "c", column="ideas")
    assert place(world, "a", column="q1") == ["item-moved", "item-dated"]


def test_by_status_posts_say_the_column(world: RoadmapWorld) -> None:
    world.do(PutRoadmap(workspace=WORKSPACE, roadmap="status", name="Status", by="status"))
    with pytest.raises(Invalid, match="follow the posts' statuses"):
        world.do(PlaceItem(workspace=WORKSPACE, roadmap="status", post="a", column="planned"))
    world.do(PlaceItem(workspace=WORKSPACE, roadmap="status", post="a"))
    world.do(PlaceItem(workspace=WORKSPACE, roadmap="status", post="b", position=1))
    with pytest.raises(Conflict, match="not placed on this roadmap"):
        world.do(PlaceItem(workspace=WORKSPACE, roadmap="status", post="a", after="c"))
    unknown = (Column(column="x", name="X", statuses=("nope",)),)
    with pytest.raises(Invalid, match=r"columns\.0\.statuses: there is no status 'nope'"):
        world.do(PutRoadmap(workspace=WORKSPACE, roadmap="status", name="Status", columns=unknown))


def test_only_what_is_there_is_moved_or_removed(world: RoadmapWorld) -> None:
    with pytest.raises(NotFound, match="no item 'a'"):
        place(world, "a", column="ideas", present=True)
    with pytest.raises(NotFound, match="no item 'a'"):
        world.do(RemoveItem(workspace=WORKSPACE, roadmap=ROADMAP, post="a"))
    with pytest.raises(NotFound, match="no roadmap 'nope'"):
        world.do(RemoveItem(workspace=WORKSPACE, roadmap="nope", post="a"))
