"""A strength is stated with its numbers, and only where the numbers bear it."""

import random
from collections.abc import Sequence

import pytest

from projections.planning.measures import BY_NAME, estimate_factor, points_per_day
from projections.planning.queries import Delivered, Span, TeamRow, TeamWork
from projections.planning.report import report
from projections.planning.strengths import FALSE_SHARE, LEAST_DIFFERENCE, Judgement, judge
from projections.samples import FEWEST

DAY = 86_400_000


def post(team: str = "web", *tags: str, days: float | None = 4.0, **fields: object) -> Delivered:
    made = Delivered(
        post="p", title="P", board="ideas", tags=tags, team=team, owner="", created_at=0, started_at=None,
        shipped_at=DAY, cycle_days=days, lead_days=30.0, reopened=0, slips=0, unit="", low=None, high=None, votes=3,
        kind="shipped", due="", status_days={},
    )  # fmt: skip
    return made._replace(**fields)  # type: ignore[arg-type]  # fields as they are


def timed(team: str, tag: str, days: Sequence[float], **fields: object) -> list[Delivered]:
    return [post(team, *([tag] if tag else []), days=each, **fields) for each in days]


def texts(judged: Judgement) -> list[str]:
    return [each.text for each in (*judged.strengths, *judged.weaknesses)]


def test_a_kind_of_work_that_goes_quicker_is_a_strength_with_both_sides_numbers() -> None:
    posts = timed("web", "mobile", [1, 2, 2, 3, 3, 2.4]) + timed("web", "api", [9, 8, 12, 10, 7, 11, 9])
    judged = judge("web", "Web", posts)
    said = next(each for each in judged.strengths if each.comparison.tag == "mobile")
    assert said.text == (
        "Web is quicker at mobile: 2.2 days in progress at the median (6 posts), "
        "against 9.0 days in its own other work (7 posts)"
    )
    found = said.comparison
    assert (found.measure, found.against) == ("cycle_time", "own other work")
    assert (found.value, found.posts, found.other_value, found.other_posts) == (2.2, 6, 9, 7)
    assert found.chance < 0.005
    assert [each.comparison.tag for each in judged.weaknesses] == ["api"]


def test_other_teams_are_named_as_what_it_is_compared_with() -> None:
    posts = timed("web", "api", [9, 8, 12, 10, 7, 11, 9]) + timed("core", "api", [1, 2, 2, 3, 3, 2.4])
    judged = judge("web", "Web", posts)
    assert {each.comparison.against for each in judged.weaknesses} == {"other teams"}
    assert any(each.text.startswith("Web is slower at api:") for each in judged.weaknesses)
    assert any(each.text.endswith("against 2.2 days by all other teams (6 posts)") for each in judged.weaknesses)
    assert judge("core", "Core", posts).strengths


@pytest.mark.parametrize("few", ["ours", "theirs"])
def test_from_fewer_than_a_handful_nothing_is_stated_and_it_says_what_is_missing(few: str) -> None:
    ours, theirs = [1.0] * (4 if few == "ours" else 9), [99.0] * (4 if few == "theirs" else 9)
    posts = timed("web", "mobile", ours) + timed("web", "", theirs) + timed("core", "other", [5.0] * 9)
    judged = judge("web", "Web", posts)
    assert not [each for each in (*judged.strengths, *judged.weaknesses) if each.comparison.tag == "mobile"]
    if few == "ours":
        assert "Web delivered 4 posts tagged mobile: from fewer than 5 nothing is said" in judged.missing
    else:
        assert "Web delivered 4 posts not tagged mobile: no other work of its own to compare" in judged.missing


def test_a_team_that_delivered_next_to_nothing_is_told_so_and_no_more() -> None:
    posts = timed("web", "mobile", [1.0] * 4) + timed("core", "", [50.0] * 40)
    judged = judge("web", "Web", posts)
    assert judged.missing == ["Web delivered 4 posts: from fewer than 5 nothing is said"]
    assert (judged.compared, texts(judged)) == (0, [])
    assert judge("none", "None", posts).missing == ["None delivered no posts: from fewer than 5 nothing is said"]


def test_what_may_well_be_chance_is_not_stated() -> None:
    posts = timed("web", "mobile", [1, 9, 3, 8, 5]) + timed("web", "", [4, 12, 6, 3, 15, 8])
    judged = judge("web", "Web", posts)
    assert judged.compared
    assert texts(judged) == []


def test_what_differs_by_little_is_not_stated_however_sure_it_is() -> None:
    little = 1 + LEAST_DIFFERENCE / 2
    ours = timed("web", "mobile", [10 * little + each / 1000 for each in range(200)])
    theirs = timed("web", "", [10 + each / 1000 for each in range(200)])
    assert texts(judge("web", "Web", ours + theirs)) == []


def test_teams_that_work_alike_are_not_told_apart() -> None:
    stated = compared = 0
    for seed in range(15):
        dice = random.Random(seed)
        posts = [
            post(
                dice.choice(["web", "core", "data"]), *dice.sample(["api", "mobile", "ui"], dice.randint(0, 2)),
                days=dice.lognormvariate(1, 1), votes=dice.randrange(40), reopened=int(dice.random() < 0.2),
                due="2026-01-01", slips=int(dice.random() < 0.3),
            )
            for _ in range(120)
        ]  # fmt: skip
        for team in ("web", "core", "data"):
            judged = judge(team, team, posts)
            compared += judged.compared
            stated += len(judged.strengths) + len(judged.weaknesses)
            for said in (*judged.strengths, *judged.weaknesses):
                assert said.comparison.chance <= FALSE_SHARE
                assert min(said.comparison.posts, said.comparison.other_posts) >= FEWEST
    assert compared > 1000
    assert stated <= 6  # 50 would be one in twenty


def test_dates_kept_and_posts_opened_again_are_shares() -> None:
    ours = [post("web", "api", due="2026-01-01", slips=int(each < 9), reopened=int(each < 8)) for each in range(10)]
    theirs = [post("web", due="2026-01-01") for _ in range(10)] + [post("web") for _ in range(9)]
    judged = judge("web", "Web", ours + theirs)
    assert set(texts(judged)) >= {
        "Web keeps its dates less often at api: 90 % of what had a date slipped (10 posts), "
        "against 0 % in its own other work (10 posts)",
        "Web has more opened again at api: 80 % was opened again after it was shipped (10 posts), "
        "against 0 % in its own other work (19 posts)",
    }


def test_more_votes_are_better() -> None:
    posts = [post("web", "api", votes=40 + each) for each in range(8)] + [post("web", votes=each) for each in range(8)]
    judged = judge("web", "Web", posts)
    assert [each.comparison.measure for each in judged.strengths] == ["votes_delivered"]
    assert "44 votes a post" not in judged.strengths[0].text
    assert "43.5 votes a post at the median (8 posts), against 3.5 votes" in judged.strengths[0].text


def test_votes_on_posts_that_are_open_again_are_not_delivered() -> None:
    posts = [post("web", "api", votes=40 + each, kind="in_progress") for each in range(8)]
    posts += [post("web", votes=each) for each in range(8)]
    judged = judge("web", "Web", posts)
    assert all(each.comparison.measure != "votes_delivered" for each in judged.strengths)


def test_an_estimate_is_off_by_a_factor_whichever_way() -> None:
    assert estimate_factor(post(days=8.0, unit="days", low=2.0, high=6.0)) == 2
    assert estimate_factor(post(days=2.0, unit="days", low=2.0, high=6.0)) == 2
    assert estimate_factor(post(days=None, unit="days", low=2.0, high=6.0)) is None
    assert estimate_factor(post(days=0.0, unit="days", low=2.0, high=6.0)) is None
    assert estimate_factor(post(days=8.0, unit="points", low=2.0, high=6.0)) is None


def test_points_are_compared_at_the_teams_own_pace_and_with_no_other_team() -> None:
    exact = [post("web", "api", days=5.0 * each, unit="points", low=each, high=each) for each in range(1, 8)]
    wild = [post("web", "ui", days=each, unit="points", low=3.0, high=3.0) for each in (1, 2, 60, 80, 1.5, 70, 50, 0.5)]
    others = [post("core", "api", days=5.0 * each, unit="points", low=9.0, high=9.0) for each in range(1, 8)]
    assert points_per_day(exact) == pytest.approx(0.2)
    assert points_per_day(exact[: FEWEST - 1]) is None
    judged = judge("web", "Web", exact + wild + others)
    assert {each.comparison.against for each in judged.strengths if each.comparison.measure == "points_factor"} == {
        "own other work"
    }
    assert any(text.startswith("Web estimates better in points at api") for text in texts(judged))
    assert "estimate_factor" not in {each.comparison.measure for each in (*judged.strengths, *judged.weaknesses)}


def test_every_measure_has_a_unit_and_a_name_of_its_own() -> None:
    assert len(BY_NAME) == 6
    assert all(measure.unit and name == measure.name for name, measure in BY_NAME.items())


def work(team: str, tag: str, posts: int, first: int) -> TeamWork:
    numbers = dict.fromkeys(TeamWork._fields[5:], 0) | {"status_posts": {}, "status_p50": {}, "status_p85": {}}
    return TeamWork(team, tag, posts, first, first, **{**numbers})  # type: ignore[arg-type]  # zeros


def test_a_report_tells_of_every_team_with_its_pace_and_counts_what_was_nobodys() -> None:
    names = [
        TeamRow("web", "Web", False, 0, 0, 1),
        TeamRow("gone", "Gone", True, 0, 0, 2),
        TeamRow("new", "New", False, 0, 0, 1),
    ]
    rows = [work("web", "", 10, 7 * DAY), work("web", "api", 4, 7 * DAY), work("gone", "", 5, 14 * DAY)]
    posts = timed("web", "api", [1.0] * 4) + timed("", "", [2.0] * 3)
    told = report(names, rows, posts, Span(), 42 * DAY)
    assert [(each.team, each.name) for each in told.teams] == [("gone", "Gone"), ("new", "New"), ("web", "Web")]
    assert [kind.per_week for kind in told.teams[2].kinds] == [2.0, None]
    assert (told.posts, told.without_team) == (7, 3)
    spanned = report(names, rows, posts, Span(0, 70 * DAY), 35 * DAY, "web")
    assert [each.team for each in spanned.teams] == ["web"]
    assert spanned.teams[0].kinds[0].per_week == 2.0  # to now, as the end is ahead
    short = report(names, rows, posts, Span(), 8 * DAY, "web")
    assert short.teams[0].kinds[0].per_week is None
