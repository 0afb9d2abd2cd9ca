"""Teams are put, renamed and removed; a roadmap's item can be given to those that are there."""

import pytest

from events.domain.event import NotItsEvent
from events.domain.refusals import Conflict, Invalid, NotFound
from events.domain.roadmaps.commands import PlaceItem, PutRoadmap
from events.domain.roadmaps.events import ItemAssigned, ItemPlaced
from events.domain.roadmaps.roadmap import Roadmap
from events.domain.teams.commands import PutTeam, RemoveTeam
from events.domain.teams.events import TeamDefined, TeamRemoved
from events.domain.teams.team import Team
from tests.support.world import AT, WORKSPACE, World

LATER = "2026-02-01T00:00:00.000Z"


def put(world: World, team: str = "web", at: str | None = None, **fields: str) -> Team:
    return world.do(PutTeam(workspace=WORKSPACE, team=team, at=at, **{"name": team.title(), **fields})).aggregate


def placed(world: World, **fields: object) -> Roadmap:
    return world.do(PlaceItem(workspace=WORKSPACE, roadmap="product", post="a", **fields)).aggregate


@pytest.fixture
def world() -> World:
    made = World()
    made.posts("a")
    made.do(PutRoadmap(workspace=WORKSPACE, roadmap="product", name="Product"))
    return made


def test_a_team_is_put_renamed_removed_and_put_again(world: World) -> None:
    assert put(world).name == "Web"
    assert put(world, name="Websites").name == "Websites"
    assert put(world, name="Websites").version == 2
    removed = world.do(RemoveTeam(workspace=WORKSPACE, team="web", reason="merged")).aggregate
    assert removed.removed
    assert world.do(RemoveTeam(workspace=WORKSPACE, team="web")).events == ()
    assert not put(world, name="Websites").removed
    teams = [event for event in world.decided if isinstance(event, TeamDefined | TeamRemoved)]
    assert [type(event) for event in teams] == [TeamDefined, TeamDefined, TeamRemoved, TeamDefined]
    assert all(event.internal for event in teams)


@pytest.mark.parametrize(
    ("fields", "field"), [({"team": "-"}, "team"), ({"name": ""}, "name"), ({"name": "a\nb"}, "name")]
)
def test_what_can_be_no_team_is_refused(world: World, fields: dict[str, str], field: str) -> None:
    with pytest.raises(Invalid) as refused:
        put(world, **fields)
    assert refused.value.field == field


def test_a_team_that_is_not_there_is_not_removed(world: World) -> None:
    with pytest.raises(NotFound):
        world.do(RemoveTeam(workspace=WORKSPACE, team="web"))


def test_nothing_is_decided_on_a_team_before_the_last_decision_on_it(world: World) -> None:
    put(world, at=LATER)
    with pytest.raises(Conflict, match="the last decision"):
        put(world, name="Other", at=AT)
    assert put(world, name="Other").touched == LATER  # our own clock gives way


def test_an_item_is_given_to_a_team_and_taken_from_it(world: World) -> None:
    put(world)
    put(world, "api")
    assert placed(world, column="now", team="web", owner="ann").items["a"].team == "web"
    assert isinstance(world.decided[-1], ItemPlaced)
    item = placed(world, team="api").items["a"]
    assert (item.team, item.owner) == ("api", "ann")
    assert world.decided[-1] == ItemAssigned(roadmap="product", post="a", owner="ann", team="api", at=AT)
    assert placed(world, owner="bob").items["a"].team == "api"
    assert world.decided[-1] == ItemAssigned(roadmap="product", post="a", owner="bob", at=AT)
    assert placed(world, owner="", team="").items["a"].team == ""
    before = len(world.decided)
    placed(world, team="", owner="")
    assert len(world.decided) == before


def test_an_item_is_given_to_no_team_that_is_not_there(world: World) -> None:
    with pytest.raises(Invalid) as refused:
        placed(world, column="now", team="web")
    assert refused.value.field == "team"
    put(world)
    placed(world, column="now", team="web")
    world.do(RemoveTeam(workspace=WORKSPACE, team="web"))
    assert placed(world, team="web", note="theirs still").items["a"].team == "web"
    placed(world, team="")
    with pytest.raises(Invalid, match="no team 'web'"):
        placed(world, team="web")


def test_an_event_of_something_else_is_no_part_of_a_teams_history(world: World) -> None:
    with pytest.raises(NotItsEvent):
        put(world).evolve(ItemAssigned(roadmap="product", post="a", at=AT))
