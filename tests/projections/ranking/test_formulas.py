"""Any formula gives what its tree means, of every post, in the real engine: finite, and in an order without doubt."""

import math
from collections.abc import Iterator
from itertools import pairwise

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from events.domain.formulas.checking import check
from projections.clickhouse.schema import qualify
from projections.posts.filters import PostFilter
from projections.ranking.columns import Parameters
from projections.ranking.formulas import FORMULAS, TOP, Formula
from projections.ranking.query import Cursor, RankingRequest
from projections.ranking.scoring import scored
from projections.ranking.seen import CannotRank, Seen
from projections.ranking.values import LARGEST, shown
from projections.ranking.what_if import MovementRequest, WhatIfRequest, moved, movement_query, what_if_query
from tests.support import naive
from tests.support.formula_values import values
from tests.support.ranked_world import BEGAN, DAY, END, RankedWorld, filled
from tests.support.views import Database

WORLD = RankedWorld(seed=11, posts=60, votes=500)
COLUMNS = ["score", "up", "down", "voters", "importance", "comments", "recent_votes", "age / 1 day", "field.reach",
           "field.effort"]  # fmt: skip
ONE = ["abs", "sign", "sqrt", "ln", "log2", "log10", "exp", "floor", "ceil", "round"]
NUMBERS = ["0", "1", "2", "0.5", "1e30", "3.25", "100"]


@pytest.fixture(scope="module")
def made(clickhouse_url: str) -> Iterator[Database]:
    with filled(clickhouse_url, WORLD) as database:
        yield database


def grown(inner: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    two = st.tuples(inner, inner)
    comparison = st.tuples(inner, st.sampled_from(["<", "<=", ">", ">=", "=", "!="]), inner).map(" ".join)
    return st.one_of(
        st.tuples(inner, st.sampled_from("+-*/^"), inner).map("({0[0]}) {0[1]} ({0[2]})".format),
        st.tuples(st.sampled_from(ONE), inner).map("{0[0]}({0[1]})".format),
        st.tuples(st.sampled_from(["min", "max"]), two).map("{0[0]}({0[1][0]}, {0[1][1]})".format),
        inner.map("-({})".format),
        st.tuples(inner, st.sampled_from(["2", "3", "-1", "0"])).map("({0[0]}) ^ {0[1]}".format),
        st.tuples(comparison, two).map("if({0[0]} or not {0[0]}, {0[1][0]}, {0[1][1]})".format),
        st.tuples(comparison, comparison, two).map("if({0[0]} and {0[1]}, {0[2][0]}, {0[2][1]})".format),
    )  # fmt: skip


EXPRESSIONS = st.recursive(st.sampled_from([*COLUMNS, *NUMBERS]), grown, max_leaves=8)


@settings(max_examples=6, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.lists(EXPRESSIONS, min_size=25, max_size=25))
def test_any_formula_gives_what_its_tree_means(made: Database, texts: list[str]) -> None:
    at = BEGAN + 170 * DAY
    rows = {post: {**row} for post, row in WORLD.columns(at).items()}
    parameters: Parameters = {"workspace": "acme"}
    formulas = {f"f{number}": Formula.adhoc(text) for number, text in enumerate(texts)}
    sql = scored(PostFilter(), formulas, Seen(as_of=at), parameters)
    columns = ", ".join(f"{name}_given, {name}" for name in formulas)
    found = made.client.query(qualify(f"SELECT post, {columns} FROM ({sql})", made.settings.database), parameters)
    given_values = {row[0]: row[1:] for row in found.result_rows}
    for number, formula in enumerate(formulas.values()):
        expected = values(formula.tree, rows)
        for post, wanted in expected.items():
            measure, whole = given_values[post][2 * number : 2 * number + 2]
            assert math.isfinite(measure), formula.expression
            assert close(measure, wanted), (formula.expression, post, measure, wanted)
            assert formula.shown(whole) == pytest.approx(measure, rel=1e-11, abs=1e-300), formula.expression


def close(found: float, wanted: float) -> bool:
    """Equal but for the last digits; where numbers are huge a step may carry them across a boundary."""
    return math.isclose(found, wanted, rel_tol=1e-6, abs_tol=1e-6) or max(abs(found), abs(wanted)) > 1e14


@pytest.mark.parametrize(
    ("text", "gives"),
    [
        ("1 / 0", 0), ("0 / 0", 0), ("ln(0)", 0), ("log2(-5)", 0), ("log10(0 - 1)", 0), ("sqrt(-4)", 0),
        ("0 ^ 0", 0), ("0 ^ -1", 0), ("(-8) ^ 0.5", 0), ("(-2) ^ 3", -8), ("(-2) ^ -1", -0.5), ("-2 ^ 2", -4),
        ("2 ^ 3 ^ 2", 512), ("10 ^ 1000", LARGEST), ("-(10 ^ 1000)", -LARGEST), ("exp(1000)", LARGEST),
        ("1e30 ^ 20", LARGEST), ("1e30 ^ 9 * 1e30 ^ 9", LARGEST), ("1 / (1e30 ^ 9 * 1e30 ^ 9)", 1e-300),
        ("round(2.5)", 3), ("round(-2.5)", -2), ("round(1.005, 1)", 1), ("floor(-0.5)", -1), ("field.nothing", 0),
        ("7 - 4 - 2", 1), ("12 / 4 / 3", 1), ("2 + 3 * 4", 14), ("1 week / 1 day", 7),
        ("if(1 < 2 and not 2 < 1 or 1 = 2, 5, 6)", 5),
        ("estimate / 1 day + companies + segment.nobody + spend.EUR / 1 EUR", 0),
    ],
)  # fmt: skip
def test_what_a_step_gives_where_there_is_nothing_to_give(made: Database, text: str, gives: float) -> None:
    formula = Formula.adhoc(text)
    for at in (None, BEGAN + 170 * DAY):
        (post,), _ = made.page(RankingRequest(workspace="acme", formula=formula, limit=1, as_of=at, now=END))
        assert formula.shown(post.value) == pytest.approx(gives)


def test_whole_numbers_sort_as_what_they_stand_for() -> None:
    tree = check("score * 0.1").tree
    found = [shown(tree, value) for value in (-(2**50), -(2**40), -5, -1, 0, 1, 5, 2**40, 2**50)]
    assert all(one < other for one, other in pairwise(found))


@pytest.mark.parametrize("name", ["fider-trending", "hot", "canny", "wilson"])
def test_pages_go_on_from_the_same_moment_under_the_same_version(made: Database, name: str) -> None:
    request = RankingRequest(workspace="acme", formula=FORMULAS[name], limit=7, now=END)
    whole, _ = made.page(RankingRequest(workspace="acme", formula=FORMULAS[name], limit=100, now=END))
    assert made.pages(request) == whole
    page, cursor = made.page(request)
    assert cursor is not None
    later = RankingRequest(workspace="acme", formula=FORMULAS[name], limit=7, now=END + 500 * DAY, cursor=cursor)
    assert made.page(later)[0] == whole[7:14]
    other = Formula(name, 2, FORMULAS[name].expression, "")
    with pytest.raises(ValueError, match="belongs to version 1"):
        Cursor.from_token(cursor.token(), other)
    assert page[0].rank == 1


def test_one_posts_value_is_that_of_the_list(made: Database) -> None:
    for name in ("canny", "wilson"):
        whole, _ = made.page(RankingRequest(workspace="acme", formula=FORMULAS[name], limit=100))
        one, _ = made.page(RankingRequest(workspace="acme", formula=FORMULAS[name], limit=1, post=whole[4].post))
        assert [post.value for post in one] == [whole[4].value]


def test_what_has_no_such_past_is_refused(made: Database) -> None:
    formula = Formula.adhoc("spend.EUR")
    with pytest.raises(CannotRank, match="leave out known_at"):
        made.page(RankingRequest(workspace="acme", formula=formula, limit=1, known_at=END))
    with pytest.raises(CannotRank, match="needs `now`"):
        made.page(RankingRequest(workspace="acme", formula=FORMULAS["hacker-news"], limit=1))


def test_recent_votes_as_known_at_a_moment(made: Database) -> None:
    known_at = WORLD.votes.began + 350 * 1000
    formula = Formula.adhoc("recent_votes")
    request = RankingRequest(workspace="acme", formula=formula, limit=100, as_of=END, known_at=known_at)
    since = END // DAY * DAY - 30 * DAY
    expected: dict[str, int] = {}
    for (_, post, _), (value, _, begun) in naive.standing(WORLD.votes, END, known_at).items():
        expected[post] = expected.get(post, 0) + (value == 1 and begun >= since)
    found = {post.post: post.value for post in made.pages(request)}
    assert found == {post: expected.get(post, 0) for post in found}
    assert len(set(found.values())) > 2


def places(made: Database, request: RankingRequest) -> dict[str, tuple[int, float]]:
    return {post.post: (post.rank, request.formula.shown(post.value)) for post in made.pages(request)}


@pytest.mark.parametrize("as_of", [None, BEGAN + 120 * DAY])
def test_what_if_has_both_places(made: Database, as_of: int | None) -> None:
    hot, limit = FORMULAS["fider-trending"], 8
    query = what_if_query(
        WhatIfRequest(workspace="acme", formula=hot, compare_to=TOP, limit=limit, as_of=as_of, now=END),
        made.settings.database,
    )
    found = moved(made.client.query(query.sql, dict(query.parameters)).result_rows, hot, TOP)
    one, other = (
        places(made, RankingRequest(workspace="acme", formula=each, limit=100, as_of=as_of, now=END))
        for each in (hot, TOP)
    )
    expected = {post: (*one[post], *other[post]) for post in one if one[post][0] <= limit or other[post][0] <= limit}
    assert {each.post: (each.rank, each.value, each.rank_before, each.value_before) for each in found} == expected
    assert limit < len(found) <= 2 * limit
    assert [each.rank for each in found] == sorted(each.rank for each in found if each.rank)
    assert all(each.moved == other[each.post][0] - one[each.post][0] for each in found)


def test_movement_has_the_places_at_both_moments(made: Database) -> None:
    since, limit = BEGAN + 100 * DAY, 45
    for formula in (TOP, FORMULAS["canny"], FORMULAS["hacker-news"]):
        query = movement_query(
            MovementRequest(workspace="acme", formula=formula, since=since, limit=limit, now=END),
            made.settings.database,
        )
        found = moved(made.client.query(query.sql, dict(query.parameters)).result_rows, formula, formula)
        now, before = (
            places(made, RankingRequest(workspace="acme", formula=formula, limit=100, as_of=at, now=END))
            for at in (None, since)
        )
        nowhere = (None, None)
        expected = {
            post: (*now.get(post, nowhere), *before.get(post, nowhere))
            for post in now.keys() | before.keys()
            if (now.get(post, (99,))[0] or 99) <= limit or (before.get(post, (99,))[0] or 99) <= limit
        }
        assert {each.post: (each.rank, each.value, each.rank_before, each.value_before) for each in found} == expected
    assert any(each.rank_before is None for each in found)
    assert any(each.rank is None for each in found)
