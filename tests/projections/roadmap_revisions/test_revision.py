"""What changed on a roadmap since a date is told with its reasons; slips and drift equal a plain count."""

from collections.abc import Iterator

import msgspec
import pytest

from events.domain.event import DomainEvent
from events.domain.merging.events import PostMerged
from events.domain.posts.events import PostStatusChanged
from events.domain.roadmaps.events import (
    Column,
    ItemAssigned,
    ItemDated,
    ItemMoved,
    ItemPlaced,
    ItemRemoved,
    RoadmapCreated,
)
from events.domain.roadmaps.targets import Target
from events.domain.vocabulary import PostSubmitted
from events.domain.workflow.events import Kind
from events.position import Partition
from events.times import format_time
from projections.roadmap_revisions.queries import (
    ItemDrift,
    ItemSlips,
    PostDecision,
    drift_query,
    post_decisions_query,
    slips_query,
)
from projections.roadmap_revisions.revised import Revised, revised
from projections.roadmaps import RoadmapsProjection
from projections.roadmaps.queries import Revision, revisions_query
from services.cli.roadmap_views import RoadmapViews
from tests.support.customers import BEGAN, DAY, END, POSTS, World
from tests.support.ledger import LEDGER_TOPIC, MemoryLedger
from tests.support.views import Database, database

SINCE = BEGAN + 45 * DAY


def day(number: float) -> str:
    return format_time(int(BEGAN + number * DAY))


def placed(number: float, post: str, **said: object) -> ItemPlaced:
    return ItemPlaced(roadmap="product", post=post, column="next", rank="m", at=day(number), **said)  # type: ignore[arg-type]


def dated(number: float, post: str, target: str, reason: str = "") -> ItemDated:
    return ItemDated(roadmap="product", post=post, target=Target(target), reason=reason, at=day(number))


def moved(number: float, post: str, kind: Kind, **said: str) -> tuple[str, DomainEvent]:
    return post, PostStatusChanged(post=post, status=kind, kind=kind, at=day(number), **said)


ON_PRODUCT = [
    placed(10, "post-0", target=Target("2026-03-31"), owner="ann"),
    placed(12, "post-5"),
    placed(20, "post-1"),
    ItemRemoved(roadmap="product", post="post-1", at=day(30)),
    dated(40, "post-0", "2026-04-15", "early on"),
    dated(50, "post-0", "2026-04-10", "Ann is back"),
    placed(51, "post-1", reason="asked again"),
    placed(52, "post-3"),
    ItemMoved(roadmap="product", post="post-0", column="later", rank="m", reason="no room", at=day(60)),
    dated(70, "post-0", "2026-06-01", "the supplier is late"),
    ItemRemoved(roadmap="product", post="post-3", reason="not now", at=day(71)),
    ItemAssigned(roadmap="product", post="post-0", owner="bob", reason="Ann left", at=day(72)),
]
ON_POSTS = [
    moved(15, "post-2", "planned"), moved(25, "post-2", "open"), moved(40, "post-2", "planned"),
    moved(46, "post-3", "planned", reason="the fair"), moved(47, "post-3", "in_progress"),
    moved(60, "post-2", "in_progress", reason="at last", note="We began"),
    moved(80, "post-5", "shipped", note="It is out"),
    moved(20, "post-4", "planned"),
    ("post-4", PostMerged(post="post-4", into="post-0", reason="the same", at=day(85))),
]  # fmt: skip


def a_ledger() -> MemoryLedger:
    ledger, versions = MemoryLedger(began=END), dict.fromkeys(POSTS, 1)
    for post in POSTS:
        ledger.commit("post", post, 1, PostSubmitted(post=post, board="ideas", title=post.title(), at=day(-1)))
    columns = (Column(column="next", name="Next"), Column(column="later", name="Later"))
    made = RoadmapCreated(roadmap="product", name="Product", by="time", columns=columns, at=day(0))
    ledger.commit("roadmap", "product", 1, made, *ON_PRODUCT)
    columns = (
        Column(column="next", name="Next", statuses=("planned",)),
        Column(column="now", name="Now", statuses=("in_progress",)),
    )
    ledger.commit(
        "roadmap", "flow", 1, RoadmapCreated(roadmap="flow", name="Flow", by="status", columns=columns, at=day(0))
    )
    for post, event in ON_POSTS:
        versions[post] += 1
        ledger.commit("post", post, versions[post], event)
    return ledger


@pytest.fixture(scope="module")
def world() -> World:
    return World(7)


@pytest.fixture(scope="module")
def view(clickhouse_url: str, world: World) -> Iterator[Database]:
    with database(clickhouse_url) as made:
        made.fold_votes(world.votes)
        made.fold_posts(a_ledger())
        runner = made.runner(RoadmapsProjection(), 1)
        runner.open(Partition(LEDGER_TOPIC, 0))
        runner.feed(a_ledger().batch())
        runner.flush()
        yield made


def ask(view: Database, query, kind):
    return msgspec.convert(view.client.query(query.sql, dict(query.parameters)).result_rows, list[kind])


def revision(view: Database, roadmap: str) -> list[Revised]:
    name = view.settings.database
    roadmaps = RoadmapViews(view.client, name, "acme")
    found = roadmaps.differences(roadmap, SINCE, END, None)
    decisions = ask(view, revisions_query(name, "acme", roadmap, limit=100, begin=SINCE, end=END), Revision)
    told = ask(view, post_decisions_query(name, "acme", POSTS, begin=SINCE, end=END), PostDecision)
    return revised("status" if roadmap == "flow" else "time", found, decisions, told)


def test_each_change_has_who_when_and_why(view: Database) -> None:
    found = {
        (each.difference.change, each.difference.post): [
            (reason.occurred_at, reason.actor, reason.reason or reason.note) for reason in each.reasons
        ]
        for each in revision(view, "product")
    }
    when = {number: BEGAN + number * DAY for number in range(100)}
    assert found == {
        ("shipped", "post-5"): [(when[80], "tester", "It is out")],
        ("added", "post-1"): [(when[51], "tester", "asked again")],
        ("moved", "post-0"): [(when[60], "tester", "no room")],
        ("slipped", "post-0"): [(when[50], "tester", "Ann is back"), (when[70], "tester", "the supplier is late")],
        ("re-owned", "post-0"): [(when[72], "tester", "Ann left")],
    }
    [slipped] = [each for each in revision(view, "product") if each.difference.change == "slipped"]
    assert slipped.difference.days == 47  # from mid-April to June
    assert slipped.reasons[-1].line.endswith("from 2026-04-10 to 2026-06-01: 52 days later")


def test_on_a_roadmap_by_status_posts_come_and_go_by_decisions_on_them(view: Database) -> None:
    found = {
        (each.difference.change, each.difference.post): [reason.reason for reason in each.reasons]
        for each in revision(view, "flow")
    }
    assert found == {
        ("added", "post-3"): ["the fair", ""],
        ("moved", "post-2"): ["at last"],
        ("dropped", "post-4"): ["the same"],
    }


def test_slips_are_counted_since_an_item_was_first_dated(view: Database) -> None:
    found = ask(view, slips_query(view.settings.database, "acme", "product", begin=SINCE), ItemSlips)
    assert found == [ItemSlips("post-0", "Post-0", 2, 15 + 52, 1, 52, "2026-03-31", "2026-06-01")]


@pytest.mark.parametrize(
    ("roadmap", "stands"),
    [("product", {"post-0": 10, "post-1": 51, "post-5": 12}), ("flow", {"post-2": 40, "post-3": 46})],
)
def test_demand_is_that_when_placed_against_that_of_now(
    view: Database, world: World, roadmap: str, stands: dict[str, int]
) -> None:
    def score(post: str, at: int | None) -> int:
        return sum(vote[2] for vote in world.standing(at) if vote[0] == post)

    found = ask(view, drift_query(view.settings.database, "acme", roadmap, limit=9), ItemDrift)
    plain = {post: (score(post, BEGAN + number * DAY), score(post, None)) for post, number in stands.items()}
    assert {row.post: (row.score_placed, row.score) for row in found} == {
        post: scores for post, scores in plain.items() if scores[0] != scores[1]
    }
    assert [abs(row.change) for row in found] == sorted((abs(row.change) for row in found), reverse=True)
    for row in found:
        assert row.placed_at == BEGAN + stands[row.post] * DAY
        assert row.change == row.score - row.score_placed
        share = row.change / row.score_placed if row.score_placed > 0 else None
        assert row.share == (None if share is None else pytest.approx(share))
    rows = view.rows(
        "SELECT post, change FROM groundswell.roadmap_drift WHERE roadmap = {roadmap:String}", roadmap=roadmap
    )
    assert {post: change for post, change in rows if change} == {row.post: row.change for row in found}
