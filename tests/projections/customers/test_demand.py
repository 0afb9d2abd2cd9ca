"""What customers ask for equals what a plain program makes of the same votes and facts, now and at past moments."""

from collections.abc import Iterator

import msgspec
import pytest

from projections.clickhouse.query import Query
from projections.clickhouse.schema import qualify
from projections.customers.demand import DIMENSIONS, Dimension
from projections.customers.momentum import direction
from projections.customers.post_queries import Part, PostDemand, post_query, split_query
from projections.customers.queries import AskedFor, Size, demand_query, size_query
from projections.customers.request import Asked, By, DemandRequest, Group, Window
from projections.customers.rising import Momentum
from projections.customers.said import Said, said_query
from projections.customers.weights import WEIGHTS, weights
from tests.support.customers import BEGAN, DAY, END, FORGOTTEN, PERSONS, POSTS, World, filled
from tests.support.views import Database

MOMENTS = [None, BEGAN + 60 * DAY + 1]
WORLD = World(seed=31)


@pytest.fixture(scope="module")
def made(clickhouse_url: str) -> Iterator[Database]:
    with filled(clickhouse_url, WORLD) as filled_one:
        yield filled_one


def rows(made: Database, query: Query, kind: type) -> list:
    found = made.client.query(query.sql, dict(query.parameters)).result_rows
    return [msgspec.convert(_spends(row), kind) for row in found]


def _spends(row: tuple) -> list:
    """Amounts of nothing left out: a map may have a currency at 0."""
    return [{k: v for k, v in cell.items() if v} if isinstance(cell, dict) else cell for cell in row]


def view(name: str, at: int | None) -> str:
    return f"groundswell.{name}" if at is None else f"groundswell.{name}_as_of(at = fromUnixTimestamp64Milli({at}))"


@pytest.mark.parametrize("at", MOMENTS)
@pytest.mark.parametrize("dimension", DIMENSIONS)
def test_the_views_by_segment_plan_and_company(made: Database, dimension: Dimension, at: int | None):
    moment = END if at is None else at
    expected: dict[tuple[str, str], list] = {}
    for vote in WORLD.standing(at):
        for asker in WORLD.askers(dimension, vote[1], moment) - {""}:
            expected.setdefault((asker, vote[0]), []).append(vote)
    found = made.rows(
        f"SELECT {dimension}, post, up, down, importance, companies, spend_then, spend_now "
        f"FROM {view(f'demand_by_{dimension}', at)} WHERE workspace = 'acme'"
    )
    assert len(expected) > 10
    assert {row[:2]: tuple(_spends(row[2:])) for row in found} == {
        key: WORLD.demand(votes, moment) for key, votes in expected.items()
    }


@pytest.mark.parametrize("at", MOMENTS)
def test_the_view_of_posts_counts_everybody_and_forgotten_ones_too(made: Database, at: int | None):
    moment = END if at is None else at
    votes = WORLD.standing(at)
    found = made.rows(
        f"SELECT post, up, down, importance, companies, spend_then, spend_now "
        f"FROM {view('post_demand', at)} WHERE workspace = 'acme'"
    )
    assert FORGOTTEN in {who for _, who, *_ in votes}
    assert {row[0]: tuple(_spends(row[1:])) for row in found} == {
        post: WORLD.demand([vote for vote in votes if vote[0] == post], moment) for post in {vote[0] for vote in votes}
    }


@pytest.mark.parametrize("at", MOMENTS)
@pytest.mark.parametrize("group", [None, Group("plan", "team")])
def test_a_list_has_what_stands_behind_each_post_and_where_it_goes(made: Database, group: Group | None, at: int | None):
    moment = END if at is None else at
    persons = _persons(group, moment)
    votes = [vote for vote in WORLD.standing(at) if vote[1] in persons]
    window = Window(moment, 20)
    request = DemandRequest(asked=Asked("acme", group, at), window=window, by="votes", limit=10)
    found = rows(made, demand_query(request, made.settings.database), AskedFor)
    assert {
        row.post: (
            row.up,
            row.down,
            row.importance,
            row.companies,
            row.spend_then,
            row.spend_now,
            row.recent,
            row.before,
        )
        for row in found
    } == {
        post: (
            *WORLD.demand([vote for vote in votes if vote[0] == post], moment),
            *WORLD.momentum(post, persons, moment, 20),
        )
        for post in {vote[0] for vote in votes}
    }
    assert found == sorted(found, key=lambda row: (-row.up, row.created_at, row.post))
    worths = {WORLD.worth(who, moment) for who in persons if WORLD.known(who, moment)}
    (size,) = rows(made, size_query(request.asked, made.settings.database), Size)
    known = {who for who in persons if WORLD.known(who, moment)}
    assert size.persons - len(known) in (0, group is None), "a forgotten person's history is empty until it is erased"
    assert size.companies == len({worth.company for worth in worths} - {""})
    spends: dict[str, int] = {}
    for worth in {worth[:2]: worth for worth in worths}.values():
        spends[worth.currency] = spends.get(worth.currency, 0) + worth.spend
    assert size.spend == {currency: amount for currency, amount in spends.items() if amount}


@pytest.mark.parametrize("by", ["spend_then", "rising"])
def test_pages_follow_each_other_in_any_order(made: Database, by: By):
    def read(limit: int, after: tuple | None = None) -> list[AskedFor]:
        request = DemandRequest(
            asked=Asked("acme", Group("segment", "gold")), window=Window(END, 30), by=by, limit=limit, after=after,
            currency="EUR" if by.startswith("spend") else "",
        )  # fmt: skip
        return rows(made, demand_query(request, made.settings.database), AskedFor)

    whole, paged = read(10), []
    assert len(whole) > 4
    while page := read(4, paged[-1].key if paged else None)[:4]:
        paged += page
    assert paged == whole
    keys = [(-row.value, row.created_at, row.post) for row in whole]
    assert keys == sorted(keys)


@pytest.mark.parametrize(("group", "at"), [(None, None), (Group("segment", "gold"), MOMENTS[1])])
def test_a_post_is_split_and_nothing_is_lost(made: Database, group: Group | None, at: int | None):
    moment, database = END if at is None else at, made.settings.database
    persons = _persons(group, moment)
    votes = [vote for vote in WORLD.standing(at) if vote[0] == "post-0" and vote[1] in persons]
    asked = Asked("acme", group, at)
    (whole,) = rows(made, post_query(asked, "post-0", Window(moment, 20), database), PostDemand)
    assert whole == (*WORLD.demand(votes, moment), *WORLD.momentum("post-0", persons, moment, 20))
    parts = rows(made, split_query(asked, "post-0", "company", database, limit=2), Part)
    by_company: dict[str, list] = {}
    for vote in votes:
        by_company.setdefault(WORLD.worth(vote[1], moment).company, []).append(vote)
    demands = {asker: WORLD.demand(of, moment) for asker, of in by_company.items()}
    order = sorted(demands.keys() - {""}, key=lambda asker: (-demands[asker][0], -demands[asker][1], asker))
    expected = [(1 + number, asker, 1, *demands[asker]) for number, asker in enumerate(order[:2])]
    if "" in demands:
        expected.insert(0, (0, "", 1, *demands[""]))
    assert [tuple(part) for part in parts if part.place <= 2] == expected
    assert sum(part.up for part in parts) == whole.up
    assert sum(part.down for part in parts) == whole.down
    assert [part.askers for part in parts if part.place == 3] == ([len(order) - 2] if len(order) > 2 else [])


def test_the_view_of_what_rises(made: Database):
    found = made.rows(
        "SELECT post, title, recent, before, direction FROM groundswell.rising_posts(workspace = 'acme', "
        f"until = fromUnixTimestamp64Milli({END}), days = 20)"
    )
    expected = {post: Momentum(*WORLD.momentum(post, set(PERSONS), END, 20)) for post in POSTS}
    assert {row[0]: row[1:] for row in found} == {
        post: (f"Title of {post}", *counts, counts.direction) for post, counts in expected.items() if any(counts)
    }
    assert any(counts.direction for counts in expected.values())


def test_a_direction_is_the_same_in_sql(made: Database):
    counts = [(4, 0), (5, 0), (0, 5), (5, 1), (60, 40), (61, 40), (40, 61), (0, 0), (7, 2), (9, 2)]
    each = ", ".join(direction(f"toUInt64({recent})", f"toUInt64({before})") for recent, before in counts)
    assert made.rows(f"SELECT {each}") == [tuple(Momentum(*pair).direction for pair in counts)]


def test_a_post_that_nobody_voted_on_has_nothing_behind_it(made: Database):
    query = post_query(Asked("acme", Group("plan", "none")), "post-0", Window(END, 20), made.settings.database)
    assert rows(made, query, PostDemand) == [PostDemand(0, 0, 0, 0, {}, {}, 0, 0)]
    assert rows(made, split_query(Asked("acme"), "unknown", "plan", made.settings.database, limit=3), Part) == []


@pytest.mark.parametrize(("group", "at"), [(None, BEGAN + 40 * DAY), (Group("company", "c-2"), None)])
def test_what_they_say_newest_first_and_nothing_of_who_was_forgotten(
    made: Database, group: Group | None, at: int | None
):
    moment = END if at is None else at
    query = said_query(Asked("acme", group, at), POSTS[:2], made.settings.database, limit=25)
    persons = _persons(group, moment) - {FORGOTTEN}
    expected = [
        (BEGAN + number * DAY, f"{post}-{who}", who == "p-5")
        for number, who in enumerate(PERSONS)
        for post in POSTS[:2]
        if who in persons and f"{post}-{who}" != "post-0-p-7" and BEGAN + number * DAY <= moment
    ]
    expected.sort(key=lambda said: (-said[0], said[1]))
    found = rows(made, query, Said)
    assert [(said.created_at, said.comment, said.internal) for said in found] == expected[:25]
    assert all(said.body == f"{said.author} on {said.post}" for said in found)


def test_what_voters_of_a_post_say(made: Database):
    query = said_query(Asked("acme"), ["post-0"], made.settings.database, limit=100, of_voters=True)
    voters = {who for post, who, *_ in WORLD.standing(None) if post == "post-0"} - {FORGOTTEN, "p-7"}
    assert {said.author for said in rows(made, query, Said)} == voters


@pytest.mark.parametrize("at", MOMENTS)
def test_weights_for_rankings(made: Database, at: int | None):
    moment = END if at is None else at
    parameters = {"workspace": "acme", "currency": "EUR", "segment": "gold", "at": moment}
    sql = weights(
        WEIGHTS,
        where="workspace = {workspace:String}",
        at=None if at is None else "fromUnixTimestamp64Milli({at:Int64}, 'UTC')",
    )
    result = made.client.query(qualify(sql, made.settings.database), parameters)
    assert result.column_names[:2] == ("workspace", "post")
    assert {row[1]: row[2:] for row in result.result_rows if any(row[2:])} == {
        post: weight for post in POSTS if any(weight := _weight(post, at, moment))
    }


def test_only_the_weights_that_are_wanted_are_there(made: Database):
    with pytest.raises(KeyError, match="votes_of_friends"):
        weights({"spend_now", "votes_of_friends"}, where="1")
    for name in ("segment_votes", "companies"):
        sql = qualify(weights({name}, where="workspace = {workspace:String}"), made.settings.database)
        parameters = {"workspace": "acme", "currency": "EUR", "segment": "gold"}
        assert made.client.query(sql, parameters).column_names == ("workspace", "post", name)


def _persons(group: Group | None, at: int) -> set[str]:
    if group is None:
        return set(PERSONS)
    return {who for who in PERSONS if group.asker in WORLD.askers(group.dimension, who, at)}


def _weight(post: str, at: int | None, moment: int) -> tuple:
    votes = [vote for vote in WORLD.standing(at) if vote[0] == post]
    _, _, _, companies, then, now = WORLD.demand(votes, moment)
    worths = [WORLD.worth(who, moment) for _, who, value, *_ in votes if value == 1]
    paying = {worth.company for worth in worths if worth.company and worth.spend > 0}
    gold = [
        importance for _, who, value, importance, _ in votes if value == 1 and "gold" in WORLD.segments(who, moment)
    ]
    return then.get("EUR", 0), now.get("EUR", 0), companies, len(paying), len(gold), sum(gold)
