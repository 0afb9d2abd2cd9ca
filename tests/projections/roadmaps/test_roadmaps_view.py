"""What ClickHouse shows of a roadmap at any moment is what a naive replay of its decisions says."""

import itertools
import random
from collections.abc import Iterator

import pytest

from events.domain.posts.commands import ChangeStatus
from events.domain.refusals import Refusal
from events.domain.roadmaps.commands import PlaceItem, PutRoadmap, RemoveItem
from events.domain.roadmaps.events import By
from events.domain.roadmaps.targets import Target, read_target
from events.domain.teams.commands import PutTeam
from events.position import Partition
from events.times import Millis, format_time
from projections.clickhouse.query import Query
from projections.moments import Moment
from projections.posts import PostsProjection
from projections.roadmaps import RoadmapsProjection
from projections.roadmaps.queries import Standing, head_query, standing_query
from tests.support.decided import WORKSPACE
from tests.support.ledger import LEDGER_TOPIC, MemoryLedger
from tests.support.roadmaps import ROADMAP, Placed, RoadmapWorld, replay
from tests.support.views import Database
from tests.support.views import database as make_database

COLUMNS = ("now", "next", "later")
POSTS = [f"p{number}" for number in range(9)]
OTHER = "globex"


def random_world(seed: int, decisions: int) -> RoadmapWorld:
    """A roadmap with a long history, some of it from before it is said to have been made, or a little ahead."""
    dice = random.Random(seed)
    world = RoadmapWorld()
    world.with_posts(POSTS)
    world.do(PutRoadmap(workspace=WORKSPACE, roadmap=ROADMAP, name="Product"))
    for team in ("core", "web"):
        world.do(PutTeam(workspace=WORKSPACE, team=team, name=team))
    for _ in range(decisions):
        post, column = dice.choice(POSTS), dice.choice(COLUMNS)
        at = None if dice.random() < 0.6 else format_time(world.now + dice.choice([-20_000, -3_000, 0, 4_000]))
        what = {"workspace": WORKSPACE, "roadmap": ROADMAP, "post": post, "at": at}
        target = read_target(dice.choice(["2027-01-15", "2027-02", "2027-Q3"]))
        command = dice.choice([
            PlaceItem(**what, column=column, position=dice.randint(1, 5)),
            PlaceItem(**what, column=column, target=target, owner=dice.choice(["", "web", "ann"])),
            PlaceItem(**what, column=column, team=dice.choice(["", "core", "web"])),
            RemoveItem(**what, reason="no"),
            PutRoadmap(workspace=WORKSPACE, roadmap=ROADMAP, name=f"Product {dice.randint(1, 3)}", at=at),
        ])  # fmt: skip
        try:
            world.do(command)
        except Refusal:
            continue
    return world


@pytest.fixture(scope="module")
def database(clickhouse_url: str) -> Iterator[Database]:
    with make_database(clickhouse_url) as made:
        yield made


def fold(database: Database, ledger: MemoryLedger) -> None:
    for projection in (PostsProjection(), RoadmapsProjection()):
        runner = database.runner(projection, 1)
        runner.open(Partition(LEDGER_TOPIC, 0))
        runner.feed(ledger.batch())
        runner.flush()


def ask(database: Database, query: Query) -> list[tuple]:
    return database.client.query(query.sql, dict(query.parameters)).result_rows


def shown(
    database: Database, moment: Moment, roadmap: str = ROADMAP, by: By = "time", *, votes: bool = False
) -> dict[str, list[Placed]]:
    columns: dict[str, list[Placed]] = {}
    workspace = WORKSPACE if roadmap == ROADMAP else OTHER
    query = standing_query(database.settings.database, workspace, roadmap, by, moment, limit=100, votes=votes)
    for row in ask(database, query):
        item = Standing(*row)
        target = Target(item.target, item.precision) if item.precision else None
        columns.setdefault(item.column, []).append(Placed(item.post, target, item.owner, item.note, item.team))
        assert item.position == len(columns[item.column])
    return columns


def test_every_moment_is_a_replay(database: Database) -> None:
    world = random_world(5, 120)
    fold(database, world.ledger)
    moments: list[Millis] = sorted({each.at for each in world.on_roadmaps})
    knowns: list[Millis] = sorted({each.recorded for each in world.on_roadmaps})
    end = max(world.now, *moments)
    asked = [(moments[0] - 1, end), *((at, end) for at in moments[::15]), *((at, knowns[30]) for at in moments[::25])]
    asked += [(end, known) for known in knowns[::35]]
    for as_of, known_at in asked:
        expected = replay(world.on_roadmaps, as_of=as_of, known_at=known_at)
        moment = Moment(as_of, known_at)
        assert shown(database, moment) == expected.shown, moment
        head = ask(database, head_query(database.settings.database, WORKSPACE, ROADMAP, moment))
        assert [row[1] for row in head] == ([] if expected.name is None else [expected.name]), moment
    now = replay(world.on_roadmaps, as_of=end, known_at=end).shown
    for moment in (Moment(), Moment(as_of=end), Moment(known_at=end)):
        assert shown(database, moment, votes=True) == now
    sql = "SELECT column, groupArray(post) FROM (SELECT * FROM groundswell.{} WHERE workspace = 'acme' "
    sql += "ORDER BY position) GROUP BY column"
    in_order = {column: [placed.post for placed in items] for column, items in now.items()}
    assert dict(database.rows(sql.format("roadmap"))) == in_order
    for at in moments[::40]:
        expected_then = replay(world.on_roadmaps, as_of=at, known_at=end).shown
        then = dict(database.rows(sql.format(f"roadmap_as_of(at = '{format_time(at)[:-1]}')")))
        assert then == {column: [placed.post for placed in items] for column, items in expected_then.items()}


def test_places_follow_each_other_without_a_hole(database: Database) -> None:
    rows = database.rows(
        "SELECT post, revision, since, until FROM groundswell.roadmap_history WHERE workspace = 'acme' "
        "ORDER BY post, revision"
    )
    for before, after in itertools.pairwise(rows):
        assert before[3] == (after[2] if after[0] == before[0] else None)
    assert rows[-1][3] is None


def test_a_roadmap_by_status_shows_what_posts_came_to(database: Database) -> None:
    world = RoadmapWorld(OTHER)
    world.with_posts(POSTS)
    world.do(PutRoadmap(workspace=OTHER, roadmap="public", name="Roadmap", by="status", public=True))
    for post in ("p0", "p1", "p2", "p3"):
        world.do(ChangeStatus(workspace=OTHER, post=post, status="planned"))
    world.do(PlaceItem(workspace=OTHER, roadmap="public", post="p3", owner="web"))
    world.do(PlaceItem(workspace=OTHER, roadmap="public", post="p1", position=1))
    before = world.now - 1
    world.do(ChangeStatus(workspace=OTHER, post="p1", status="in-progress"))
    fold(database, world.ledger)

    def posts(moment: Moment) -> dict[str, list[str]]:
        return {
            column: [placed.post for placed in items]
            for column, items in shown(database, moment, "public", "status").items()
        }

    assert posts(Moment()) == {"planned": ["p3", "p0", "p2"], "in-progress": ["p1"]}
    assert posts(Moment(as_of=before)) == {"planned": ["p1", "p3", "p0", "p2"]}
    assert posts(Moment(known_at=before)) == {"planned": ["p1", "p3", "p0", "p2"]}
    assert posts(Moment(as_of=world.ledger.began)) == {}
    assert database.rows(
        "SELECT post, column, position FROM groundswell.roadmap WHERE workspace = 'globex' AND column_place = 2"
    ) == [("p1", "in-progress", 1)]
    then = f"groundswell.roadmap_as_of(at = '{format_time(before)[:-1]}')"
    assert database.rows(f"SELECT post, column, placed FROM {then} WHERE position = 1 AND workspace = 'globex'") == [
        ("p1", "planned", True)
    ]
