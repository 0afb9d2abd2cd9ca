"""What ClickHouse tells of delivered posts, slips and teams is what a naive replay tells, as of any moment."""

import random
import re
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import msgspec
import numpy as np
import pytest

from events.domain.commands import PutBoard, PutPost
from events.domain.estimates.commands import GiveEstimate, WithdrawEstimate
from events.domain.merging.commands import MergePost
from events.domain.posts.commands import ChangeStatus, DeletePost, TagPost
from events.domain.refusals import Refusal
from events.domain.roadmaps.commands import PlaceItem, PutRoadmap, RemoveItem
from events.domain.roadmaps.targets import read_target
from events.domain.tags.commands import DefineTag
from events.domain.teams.commands import PutTeam
from events.position import Partition
from events.times import Millis, format_time
from projections.clickhouse.query import Query
from projections.moments import Moment
from projections.planning import PlanningProjection
from projections.planning.queries import Delivered, TeamWork, delivered_query, work_query
from projections.roadmaps import RoadmapsProjection
from projections.samples import FEWEST
from tests.support import work
from tests.support.ballots import MemoryLog, Vote
from tests.support.ledger import LEDGER_TOPIC
from tests.support.views import Database
from tests.support.views import database as make_database
from tests.support.work import DAY, WorkWorld
from tests.support.world import WORKSPACE

DOCS = Path(__file__).parents[3] / "docs"
BEGUN: Millis = 1_770_000_000_000
POSTS = [f"p{number}" for number in range(30)]
EVER: Millis = 4_000_000_000_000


class Filled(NamedTuple):
    database: Database
    world: WorkWorld
    votes: MemoryLog


def random_work(seed: int, decisions: int) -> WorkWorld:
    """Some months of work on a few posts, now and then told late."""
    dice, world = random.Random(seed), WorkWorld()
    world.decide(PutBoard(workspace=WORKSPACE, board="ideas", name="Ideas"), BEGUN)
    for word in ("api", "mobile", "web"):
        world.decide(DefineTag(workspace=WORKSPACE, word=word, name=word, colour="#112233"), BEGUN)
        world.decide(PutTeam(workspace=WORKSPACE, team=word, name=word.title()), BEGUN)
    for roadmap in ("product", "internal"):
        world.decide(PutRoadmap(workspace=WORKSPACE, roadmap=roadmap, name=roadmap), BEGUN)
    for post in POSTS:
        world.decide(PutPost(workspace=WORKSPACE, post=post, board="ideas", title=post), BEGUN + dice.randrange(DAY))
    for number in range(decisions):
        at = BEGUN + DAY + number * DAY // 5 + dice.randrange(-DAY, DAY) * dice.randrange(2)
        about = {
            "workspace": WORKSPACE,
            "post": dice.choice(POSTS),
            "at": None if dice.random() < 0.7 else format_time(at),
        }
        item = {**about, "roadmap": dice.choice(["product", "internal"])}
        command = dice.choices([
            ChangeStatus(**about, status=dice.choice(["planned", "in-progress", "in-progress", "complete", "open"])),
            PlaceItem(**item, column=dice.choice(["now", "next"]), team=dice.choice([None, "", "api", "web", "mobile"]),
                      owner=dice.choice([None, "", "ann", "bob"])),
            PlaceItem(**item, column="now", target=dice.choice([None, *map(read_target, ("2026-05", "2026-06-15"))])),
            RemoveItem(**item),
            GiveEstimate(**about, unit=dice.choice(["days", "points"]), low=dice.randint(1, 5), high=9),
            WithdrawEstimate(**about),
            TagPost(**about, tags=tuple(dice.sample(["api", "mobile", "web"], dice.randint(0, 2)))),
            DeletePost(**about, deleted=dice.random() < 0.3),
            MergePost(**about, into=dice.choice(POSTS)),
        ], weights=[12, 9, 8, 1, 6, 1, 3, 1, 0.2])[0]  # fmt: skip
        try:
            world.decide(command, at)
        except Refusal:
            continue
    return world


def random_votes(seed: int) -> MemoryLog:
    dice = random.Random(seed)
    votes = [
        Vote(dice.choice(POSTS), f"u{dice.randrange(20)}", dice.choice([1, 1, 1, 0, -1]),
             BEGUN + dice.randrange(200 * DAY), f"v{number}")
        for number in range(400)
    ]  # fmt: skip
    return MemoryLog(2).append(votes)


@pytest.fixture(scope="module")
def filled(clickhouse_url: str) -> Iterator[Filled]:
    world, votes = random_work(7, 1200), random_votes(7)
    with make_database(clickhouse_url) as database:
        database.fold_posts(world.ledger)
        database.fold_votes(votes)
        for projection in (RoadmapsProjection(), PlanningProjection()):
            runner = database.runner(projection, 1)
            runner.open(Partition(LEDGER_TOPIC, 0))
            runner.feed(world.ledger.batch())
            runner.flush()
        yield Filled(database, world, votes)


def asked(filled: Filled, moment: Moment) -> dict[str, Delivered]:
    query: Query = delivered_query(filled.database.settings.database, WORKSPACE, limit=1000, moment=moment)
    rows = filled.database.client.query(query.sql, dict(query.parameters)).result_rows
    return {row[0]: rounded(msgspec.convert(row, Delivered)) for row in rows}


def rounded(post: Delivered) -> Delivered:
    """Days to a millionth: the sums of the tests are made in another order."""
    days = {status: round(spent, 6) for status, spent in post.status_days.items()}
    return post._replace(
        cycle_days=None if post.cycle_days is None else round(post.cycle_days, 6), lead_days=round(post.lead_days, 6),
        status_days=days, tags=sorted(post.tags),
    )  # fmt: skip


def told(filled: Filled, as_of: Millis, known_at: Millis) -> dict[str, Delivered]:
    found = work.delivered(filled.world, filled.votes, as_of, known_at)
    return {post: rounded(each) for post, each in found.items()}


def test_delivered_posts_are_what_a_replay_of_the_decisions_tells(filled: Filled) -> None:
    found = asked(filled, Moment())
    assert found == told(filled, EVER, EVER)
    assert len(found) > 5
    assert any(each.reopened > 1 for each in found.values())
    assert any(each.slips for each in found.values())
    assert {each.unit for each in found.values()} > {"days", "points"} - {""}
    assert {each.team for each in found.values()} >= {"api", "web"}
    assert any(each.kind != "shipped" for each in found.values())


@pytest.mark.parametrize("day", [3, 20, 45, 80, 140, 210])
def test_as_of_a_moment_only_what_had_happened_by_then_is_told(filled: Filled, day: int) -> None:
    moment = BEGUN + day * DAY + 1234
    assert asked(filled, Moment(as_of=moment)) == told(filled, moment, EVER)


def test_as_known_at_a_moment_only_what_was_recorded_by_then_is_told(filled: Filled) -> None:
    known = filled.world.ledger.began + 1000 * 300
    found = asked(filled, Moment(known_at=known))
    assert found == told(filled, EVER, known)
    assert found != asked(filled, Moment())


def test_every_slip_is_told_once(filled: Filled) -> None:
    rows = filled.database.rows(
        "SELECT roadmap, post, toUnixTimestamp64Milli(at), days, due - due_before FROM groundswell.roadmap_slips "
        "WHERE workspace = 'acme' ORDER BY roadmap, post, at"
    )
    expected = work.slips(filled.world)
    assert [row[:4] for row in rows] == expected
    assert all(row[3] == row[4] > 0 for row in rows)
    assert len(expected) > 5


def test_a_post_has_the_team_and_the_owner_that_it_had_last_on_a_roadmap(filled: Filled) -> None:
    rows = filled.database.rows("SELECT post, team, owner FROM groundswell.post_teams WHERE workspace = 'acme'")
    assert {post: (team, owner) for post, team, owner in rows} == work.holders(filled.world)


def test_the_work_of_teams_is_what_their_delivered_posts_come_to(filled: Filled) -> None:
    posts = list(work.delivered(filled.world, filled.votes, EVER, EVER).values())
    query = work_query(filled.database.settings.database, WORKSPACE, limit=100)
    rows = filled.database.client.query(query.sql, dict(query.parameters)).result_rows
    found = {(row.team, row.tag): row for row in (msgspec.convert(row, TeamWork) for row in rows)}
    groups = {(post.team, tag) for post in posts for tag in ("", *post.tags) if post.team}
    assert set(found) == groups
    for team, tag in groups:
        own = [post for post in posts if post.team == team and (not tag or tag in post.tags)]
        assert_comes_to(found[team, tag], own)
    assert any(row.cycle_p85 is not None for row in found.values())
    assert any(row.status_p50 for row in found.values())


def assert_comes_to(row: TeamWork, posts: list[Delivered]) -> None:
    times = [post.cycle_days for post in posts if post.cycle_days is not None]
    dated = [post for post in posts if post.due]
    middles = [(post, (post.low + post.high) / 2) for post in posts if post.low and post.high and post.cycle_days]
    ratios = [post.cycle_days / middle for post, middle in middles if post.unit == "days"]
    points = [(middle, post.cycle_days) for post, middle in middles if post.unit == "points"]
    assert (row.throughput, row.timed, row.dated) == (len(posts), len(times), len(dated))
    assert (row.slips, row.reopened) == (sum(post.slips for post in posts), sum(post.reopened for post in posts))
    assert row.votes_delivered == sum(post.votes for post in posts if post.kind == "shipped")
    assert row.cycle_p50 == percentile(times, 50)
    assert row.cycle_p85 == percentile(times, 85)
    assert row.lead_p85 == percentile([post.lead_days for post in posts], 85)
    assert row.slip_rate == mean([post.slips > 0 for post in dated])
    assert row.reopened_rate == mean([post.reopened > 0 for post in posts])
    assert (row.estimated_days, row.estimated_points) == (len(ratios), len(points))
    assert row.estimate_ratio_p50 == percentile(ratios, 50)
    pace = sum(each for each, _ in points) / sum(days for _, days in points) if len(points) >= FEWEST else None
    assert row.points_per_day == (None if pace is None else pytest.approx(pace))
    for status in {status for post in posts for status in post.status_days}:
        spent = [post.status_days[status] for post in posts if status in post.status_days]
        assert row.status_posts[status] == len(spent)
        assert row.status_p85.get(status) == percentile(spent, 85)


def percentile(values: list[float], share: int) -> object:
    return pytest.approx(float(np.percentile(values, share))) if len(values) >= FEWEST else None


def mean(values: list[bool]) -> object:
    return pytest.approx(sum(values) / len(values)) if len(values) >= FEWEST else None


def test_the_views_tell_the_same_as_the_queries(filled: Filled) -> None:
    moment = BEGUN + 100 * DAY
    posts = filled.database.rows(
        "SELECT post FROM groundswell.delivered_posts_as_of(at = {at:DateTime64(3)}) WHERE workspace = 'acme'",
        at=format_time(moment).rstrip("Z"),
    )
    assert {post for (post,) in posts} == set(asked(filled, Moment(as_of=moment)))
    work_rows = filled.database.rows(
        "SELECT team, tag, throughput, cycle_p50 FROM groundswell.team_work WHERE workspace = 'acme'"
    )
    query = work_query(filled.database.settings.database, WORKSPACE, limit=100)
    direct = filled.database.client.query(query.sql, dict(query.parameters)).result_rows
    assert sorted(work_rows) == sorted((row[0], row[1], row[2], row[6]) for row in direct)


@pytest.mark.parametrize("page", ["teams", "estimates", "roadmaps"])
def test_the_sql_of_the_docs_works_as_printed(filled: Filled, page: str) -> None:
    blocks = re.findall(r"```sql\n(.*?)```", (DOCS / f"{page}.md").read_text(), re.DOTALL)
    statements = [each for block in blocks for each in block.split(";") if each.strip()]
    assert statements
    for statement in statements:
        assert filled.database.rows(statement.replace("'demo'", "'acme'")), statement
