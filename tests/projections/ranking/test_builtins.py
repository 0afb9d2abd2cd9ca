"""The built-in formulas give what the published ones give: computed by plain programs that know nothing of ours."""

import math
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from functools import cache

import pytest

from events.domain.formulas.builtin import BUILT_IN
from events.times import to_millis
from projections.ranking.formulas import FORMULAS
from projections.ranking.points import Every
from projections.ranking.query import RankingRequest
from projections.ranking.rank_history import RankHistoryRequest, places, rank_history_query
from projections.ranking.seen import present_of
from tests.support.customers import END as CUSTOMERS_END
from tests.support.customers import World
from tests.support.customers import filled as filled_with_customers
from tests.support.ranked_world import BEGAN, DAY, DORMANT, END, RankedWorld, filled
from tests.support.views import Database

WORLD = RankedWorld(seed=5)
Columns = dict[str, float]


def wilson(ups: int, downs: int) -> float:
    n = ups + downs
    if n == 0:
        return 0.0
    z, p = 1.281551565545, ups / n
    left = p + 1 / (2 * n) * z * z
    right = z * math.sqrt(p * (1 - p) / n + z * z / (4 * n * n))
    return (left - right) / (1 + 1 / n * z * z)


def hacker_news(points: int, age_minutes: float) -> float:
    base = points - 1
    risen = base**0.8 if base > 0 else base
    return risen / ((age_minutes + 120) / 60) ** 1.8


def hot(ups: int, downs: int, created: float) -> float:
    score = ups - downs
    order = math.log10(max(abs(score), 1))
    sign = 1 if score > 0 else -1 if score < 0 else 0
    return round(sign * order + (created - 1134028003) / 45000, 7)


def divided(above: float, below: float) -> float:
    return above / below if below else 0.0


PUBLISHED: dict[str, Callable[[Columns, float], float]] = {
    "top": lambda c, _: c["up"] - c["down"],
    "trending": lambda c, _: round(c["trend"], 6),
    "recent": lambda c, _: c["created"],
    "fider-trending": lambda c, _: (
        (c["recent_votes"] * 5 + c["recent_comments"] * 3 - 1) / (c["age"] / 3600 + 2) ** 1.4
    ),
    "fider-most-wanted": lambda c, _: c["up"],
    "most-discussed": lambda c, _: c["comments"],
    "astuto-trending": lambda c, _: math.log10(c["up"] + 1) + math.log10(c["comments"] + 1) + c["created"] / 45000,
    "quackback-trending": lambda c, _: c["up"] / max(1, c["age"] / 86400),
    "hot": lambda c, _: hot(int(c["up"]), int(c["down"]), c["created"]),
    "wilson": lambda c, _: wilson(int(c["up"]), int(c["down"])),
    "confidence": lambda c, _: wilson(int(c["up"]), int(c["down"])),
    "controversy": lambda c, _: (c["up"] + c["down"]) / max(abs(c["up"] - c["down"]), 1),
    "hacker-news": lambda c, _: hacker_news(int(c["up"] - c["down"]), c["age"] / 60),
    "rice": lambda c, _: divided(c["reach"] * c["impact"] * c["confidence"], c["effort"]),
    "eververse-rice": lambda c, _: math.floor(
        divided(c["confidence"] / 100 * c["reach"] * [0, 0.25, 0.5, 1, 2, 3][int(c["impact"])], c["effort"]) + 0.5
    ),
    "canny": lambda c, best: (
        1000 * divided(100 * c["score"], best) * (c["confidence"] / 100 or 1) / max(c["effort"], 1)
    ),
    "productboard": lambda c, _: c["importance"],
}
"""What each gives of a post, and of the highest score in its list."""


@pytest.fixture(scope="module")
def made(clickhouse_url: str) -> Iterator[Database]:
    with filled(clickhouse_url, WORLD) as database:
        yield database


@cache
def columns_at(at: int) -> dict[str, Columns]:
    return WORLD.columns(at)


def published(name: str, at: int) -> dict[str, float]:
    columns = columns_at(at)
    best = max(each["score"] for each in columns.values())
    return {post: PUBLISHED[name](each, best) for post, each in columns.items()}


def test_each_of_them_is_compared() -> None:
    assert set(PUBLISHED) == {name for name in BUILT_IN if not name.startswith("savio.")}


@pytest.mark.parametrize("name", PUBLISHED)
def test_the_values_and_the_order_are_those_of_the_published_formula(made: Database, name: str) -> None:
    formula = FORMULAS[name]
    for at in (None, BEGAN + 101 * DAY, BEGAN + 173 * DAY + 12_345):
        expected = published(name, END if at is None else at)
        request = RankingRequest(workspace="acme", formula=formula, limit=40, as_of=at, now=present_of(END))
        found = made.pages(request)
        assert {post.post: formula.shown(post.value) for post in found} == pytest.approx(expected, rel=1e-9, abs=1e-12)
        assert [post.post for post in found] == WORLD.order(expected)
        assert len(expected) > 60


def test_the_world_has_the_traps() -> None:
    columns = WORLD.columns(END)
    assert any(each["voters"] == 0 for each in columns.values())
    assert any(each["age"] == 0 for each in columns.values())
    assert any(each["effort"] == 0 and each["reach"] > 0 for each in columns.values())
    assert any(each["score"] < 0 for each in columns.values())
    values = published("fider-trending", END)
    dormant = [post.post for post in WORLD.posts[:DORMANT] if values.get(post.post, 1) < 0]
    assert len(dormant) > 20
    ages = [columns[post]["age"] for post in WORLD.order({post: values[post] for post in dormant})]
    assert ages == sorted(ages, reverse=True), "among dormant posts the oldest comes first"
    assert len({post.created for post in WORLD.posts}) < len(WORLD.posts)


@pytest.mark.parametrize(
    ("name", "every"),
    [("top", "day"), ("trending", "week"), ("fider-trending", "day"), ("hot", "month"), ("most-discussed", "week"),
     ("canny", "week"), ("rice", "month")],
)  # fmt: skip
def test_places_over_time_are_those_of_the_rankings_of_each_moment(made: Database, name: str, every: Every) -> None:
    formula = FORMULAS[name]
    for post in ("post-003", "post-044"):
        request = RankHistoryRequest(
            workspace="acme",
            post=post,
            formula=formula,
            begin=BEGAN + (40 if every != "day" else 150) * DAY + 5,
            end=END + 9 * DAY,
            every=every,
        )
        query = rank_history_query(request, made.settings.database)
        found = {
            place.at: place
            for place in places(request, made.client.query(query.sql, dict(query.parameters)).result_rows)
        }
        expected = {}
        for at in request.points.moments():
            values = published(name, at)
            if post in values:
                expected[at] = (WORLD.order(values).index(post) + 1, len(values), values[post])
        assert len(expected) > 3, post
        assert {at: (place.rank, place.of) for at, place in found.items()} == {
            at: (rank, of) for at, (rank, of, _) in expected.items()
        }
        assert [place.value for place in found.values()] == pytest.approx(
            [value for *_, value in expected.values()], rel=1e-6, abs=1e-9
        )


def test_savio_counts_each_company_once(clickhouse_url: str) -> None:
    world = World(seed=31)
    with filled_with_customers(clickhouse_url, world) as database:
        for at in (None, BEGAN + 60 * DAY + 1):
            votes = world.standing(at)
            posts = sorted({vote[0] for vote in votes})
            moment = CUSTOMERS_END if at is None else at
            expected = {
                post: world.demand([vote for vote in votes if vote[0] == post], moment)[-1].get("EUR", 0)
                for post in posts
            }
            formula = FORMULAS["savio.EUR"]
            found = database.pages(RankingRequest(workspace="acme", formula=formula, limit=9, as_of=at))
            assert {post.post: formula.shown(post.value) for post in found if post.voters} == expected
            assert len(set(expected.values())) > 2


def test_the_views_of_places_and_of_movement_say_the_same(made: Database) -> None:
    """By score, for analysts."""
    found = made.rows(
        "SELECT toUnixTimestamp(day) * 1000, rank, among, score FROM groundswell.rank_history("
        "workspace = 'acme', post = 'post-003', begin = '2026-06-20', days = 40)"
    )
    expected = []
    for day in range(40):
        at = to_millis(datetime(2026, 6, 20, tzinfo=UTC)) + day * DAY
        values = published("top", at)
        expected.append((at, WORLD.order(values).index("post-003") + 1, len(values), values["post-003"]))
    assert found == expected
    now, before = published("top", END), published("top", BEGAN + 90 * DAY)
    after, first = WORLD.order(now), WORLD.order(before)
    rows = made.rows(
        "SELECT post, rank, rank_before, moved, score, score_before "
        "FROM groundswell.ranking_movement(since = '2026-04-01') WHERE workspace = 'acme'"
    )
    assert {row[0]: row[1:] for row in rows} == {
        post: (
            after.index(post) + 1 if post in now else None,
            first.index(post) + 1 if post in before else None,
            first.index(post) - after.index(post) if post in now and post in before else None,
            now.get(post),
            before.get(post),
        )
        for post in now.keys() | before.keys()
    }
    assert any(row[3] for row in rows)
