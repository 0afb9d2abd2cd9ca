"""What stands behind goals equals what a plain program finds, now and as of any moment."""

from collections import Counter, defaultdict
from collections.abc import Iterator

import msgspec
import pytest

from projections.goals.coverage_queries import (
    CoverageRow,
    SpendRow,
    TotalRow,
    UncoveredRow,
    coverage_query,
    spend_query,
    totals_query,
    uncovered_query,
)
from projections.moments import Moment
from tests.support import naive
from tests.support.customers import BEGAN, DAY, END, World
from tests.support.goals import GOALS, Decided, decided
from tests.support.views import Database

MOMENTS = [None, BEGAN + 55 * DAY]


@pytest.fixture(scope="module")
def world() -> World:
    return World(7)


@pytest.fixture(scope="module")
def told() -> Decided:
    return Decided(295)


@pytest.fixture(scope="module")
def view(clickhouse_url: str, world: World, told: Decided) -> Iterator[Database]:
    with decided(clickhouse_url, world, told) as made:
        yield made


def ask(view: Database, query, kind):
    return msgspec.convert(view.client.query(query.sql, dict(query.parameters)).result_rows, list[kind])


@pytest.fixture(scope="module")
def covered(view: Database) -> dict[int | None, list[CoverageRow]]:
    return {at: ask(view, coverage_query(view.settings.database, "acme", limit=9, moment=Moment(at)), CoverageRow)
            for at in MOMENTS}  # fmt: skip


def votes_of(world: World, at: int | None) -> dict[str, list[tuple[str, str, int, int, int]]]:
    found: dict[str, list[tuple[str, str, int, int, int]]] = defaultdict(list)
    for vote in world.standing(at):
        found[vote[0]].append(vote)
    return found


def test_the_chosen_history_has_all_that_matters(told: Decided) -> None:
    posts, shares = told.posts(END), told.shares(END)
    assert any(posts[posts[post][2]][2] for post in posts if posts[post][2]), "a chain of merges"
    assert any(posts[post][2] for _, post in told.links(END)), "a merged post with a goal"
    twice = Counter((goal, told.root(post, END)) for goal, post in told.links(END))
    assert any(twice[each] > 1 and share < 1 for each, share in shares.items()), "a goal served twice by merged posts"
    assert {told.states(END)[goal] for goal in GOALS} > {"open"}
    assert any(0 < share < 1 for share in shares.values())
    assert any(post not in {linked for _, linked in shares} for post in told.listed(END)), "a post with no goal"


@pytest.mark.parametrize("at", MOMENTS)
def test_demand_is_split_among_goals_and_adds_up(
    view: Database, covered, world: World, told: Decided, at: int | None
) -> None:
    moment, votes = at or END, votes_of(world, at)
    shares, listed = told.shares(moment), told.listed(moment)
    ups = {post: [vote for vote in votes[post] if vote[2] == 1] for post in listed}
    found = {row.goal: row for row in covered[at]}
    assert set(found) == set(told.states(moment))
    for goal, row in found.items():
        own = {post: share for (each, post), share in shares.items() if each == goal}
        assert row.state == told.states(moment)[goal]
        assert row.posts == len(own)
        assert row.demand == pytest.approx(sum(len(ups[post]) * share for post, share in own.items()))
        for kind in ("open", "planned", "in_progress", "shipped"):
            part = sum(len(ups[post]) * share for post, share in own.items() if listed[post] == kind)
            assert getattr(row, kind) == pytest.approx(part)
        importance = sum(vote[3] * share for post, share in own.items() for vote in ups[post])
        assert row.importance == pytest.approx(importance)
    totals = ask(view, totals_query(view.settings.database, "acme", moment=Moment(at)), TotalRow)
    on_goals = sum(len(ups[post]) for post in {post for _, post in shares})
    assert sum(row.demand for row in totals) == sum(map(len, ups.values()))
    assert sum(row.covered_demand for row in totals) == on_goals
    assert sum(row.demand for row in found.values()) == pytest.approx(on_goals)
    without = ask(view, uncovered_query(view.settings.database, "acme", limit=9, moment=Moment(at)), UncoveredRow)
    bare = {post: len(ups[post]) for post in listed if ups[post] and post not in {post for _, post in shares}}
    assert {row.post: row.demand for row in without} == bare
    assert [row.demand for row in without] == sorted(bare.values(), reverse=True)
    assert sum(row.demand for row in totals) == on_goals + sum(bare.values())


@pytest.mark.parametrize("at", MOMENTS)
def test_each_payer_stands_behind_a_goal_once(
    view: Database, covered, world: World, told: Decided, at: int | None
) -> None:
    moment, votes = at or END, votes_of(world, at)
    shares = told.shares(moment)
    for row in covered[at]:
        own = [vote for (goal, post) in shares if goal == row.goal for vote in votes[post]]
        *_, companies, then, now = world.demand(own, moment)
        assert row.companies == companies
        assert {currency: amount for currency, amount in row.spend_then.items() if amount} == then
        assert {currency: amount for currency, amount in row.spend_now.items() if amount} == now
    posts = list(told.listed(moment))
    spends = {
        row.post: row
        for row in ask(view, spend_query(view.settings.database, "acme", posts, moment=Moment(at)), SpendRow)
    }
    for post in posts:
        *_, companies, _, now = world.demand(votes[post], moment)
        assert (spends[post].companies if post in spends else 0) == companies
        paid = spends[post].spend_now if post in spends else {}
        assert {currency: amount for currency, amount in paid.items() if amount} == now


@pytest.mark.parametrize("at", MOMENTS)
def test_effort_of_roadmap_items_is_split_the_same(covered, told: Decided, at: int | None) -> None:
    moment = at or END
    shares, planned, estimates, listed = (
        told.shares(moment), told.planned(moment), told.estimates(moment), told.listed(moment),
    )  # fmt: skip
    for row in covered[at]:
        own = {post: share for (goal, post), share in shares.items() if goal == row.goal and post in planned}
        known = {post: (share, *estimates[post]) for post, share in own.items() if post in estimates}
        assert (row.roadmap_items, row.estimated) == (len(own), len(known))
        for unit in ("days", "points"):
            of = [(share * low, share * high, post) for post, (share, each, low, high) in known.items() if each == unit]
            left = [each for each in of if listed[each[2]] != "shipped"]
            for name, parts in ((unit, of), (f"{unit}_left", left)):
                assert getattr(row, f"{name}_low") == pytest.approx(sum(low for low, _, _ in parts))
                assert getattr(row, f"{name}_high") == pytest.approx(sum(high for _, high, _ in parts))


def test_the_views_say_the_same_as_the_queries(view: Database, covered, told: Decided) -> None:
    rows = view.rows("SELECT goal, post, share FROM groundswell.goal_posts WHERE workspace = 'acme'")
    assert {(goal, post): share for goal, post, share in rows} == pytest.approx(told.shares(END))
    at = BEGAN + 55 * DAY
    rows = view.rows(
        "SELECT goal, post, share FROM groundswell.goal_posts_as_of(at = fromUnixTimestamp64Milli({at:Int64}, 'UTC'))",
        at=at,
    )
    assert {(goal, post): share for goal, post, share in rows} == pytest.approx(told.shares(at))
    wanted = {
        row.goal: row.demand for row in ask(view, coverage_query(view.settings.database, "acme", limit=9), CoverageRow)
    }
    rows = view.rows("SELECT goal, demand FROM groundswell.goal_coverage WHERE workspace = 'acme'")
    assert dict(rows) == pytest.approx(wanted)
    bare = {goal for goal, state in told.states(END).items() if state == "open" and not wanted[goal]}
    rows = view.rows("SELECT goal FROM groundswell.goals_without_demand WHERE workspace = 'acme'")
    assert {goal for (goal,) in rows} == bare
    known = ask(view, uncovered_query(view.settings.database, "acme", limit=9), UncoveredRow)
    rows = view.rows("SELECT post, demand FROM groundswell.demand_without_goal WHERE workspace = 'acme'")
    assert dict(rows) == {row.post: row.demand for row in known}


def test_what_was_recorded_later_was_not_known(view: Database, world: World, told: Decided) -> None:
    """Of the votes, some were recorded after the moment; decisions and customers were all known by then."""
    known_at = END + 200_000
    votes: dict[str, list[tuple[str, str, int, int, int]]] = defaultdict(list)
    for (workspace, post, who), stood in naive.standing(world.votes, END, known_at).items():
        if workspace == "acme":
            votes[post].append((post, who, *stood))
    shares, listed = told.shares(END), told.listed(END)
    moment = Moment(END, known_at)
    rows = ask(view, coverage_query(view.settings.database, "acme", limit=9, moment=moment), CoverageRow)
    for row in rows:
        own = {post: share for (goal, post), share in shares.items() if goal == row.goal}
        ups = sum(share * sum(vote[2] == 1 for vote in votes[post]) for post, share in own.items())
        *_, companies, then, now = world.demand([vote for post in own for vote in votes[post]], END)
        assert (row.demand, row.companies) == (pytest.approx(ups), companies)
        assert {currency: amount for currency, amount in row.spend_then.items() if amount} == then
        assert {currency: amount for currency, amount in row.spend_now.items() if amount} == now
    now = votes_of(world, END)
    assert sum(len(votes[post]) for post in listed) != sum(len(now[post]) for post in listed)
    totals = ask(view, totals_query(view.settings.database, "acme", moment=moment), TotalRow)
    assert sum(row.demand for row in totals) == sum(vote[2] == 1 for post in listed for vote in votes[post])
    nothing = ask(view, totals_query(view.settings.database, "acme", moment=Moment(END, END - 1)), TotalRow)
    assert nothing == []
