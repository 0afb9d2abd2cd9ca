"""What a forecast says of small histories that can be worked out by hand."""

import itertools

import numpy as np
import pytest

from events.times import DAY
from projections.forecasts.history import Work, team_history
from projections.forecasts.roadmap import Waiting, done_by_week, forecast_queue
from projections.forecasts.survival import curve
from projections.forecasts.throughput import days_until_done, weekly

NOW = 20_000 * DAY


def finished(days: list[float]) -> list[Work]:
    """Items that took so many days, each ended a week after the one before, the last one just now."""
    ends = [NOW - 7 * DAY * place for place in reversed(range(len(days)))]
    return [
        Work(f"p{place}", end - int(took * DAY), end, None)
        for place, (took, end) in enumerate(zip(days, ends, strict=True))
    ]


def test_of_finished_items_the_kth_of_n_is_the_share_k_of_n_plus_1() -> None:
    found = curve(np.array([9.0, 1.0, 4.0, 2.0, 6.0, 3.0, 5.0, 7.0, 8.0]), np.full(9, True))
    assert [found.quantile(tenths / 10) for tenths in range(1, 10)] == [pytest.approx(day) for day in range(1, 10)]
    assert found.quantile(0.25) == pytest.approx(2.5)
    assert found.quantile(0.91) is None


def test_what_is_not_finished_counts_for_as_long_as_it_was_watched() -> None:
    """Six items; the one that is still open after 3 days took part in the first two steps and in none after."""
    found = curve(np.array([1.0, 2.0, 3.0, 4.0, 5.0, 6.0]), np.array([True, True, False, True, True, True]))
    left = [6 / 7, 5 / 7, 5 / 7 * 3 / 4, 5 / 7 * 2 / 4, 5 / 7 * 1 / 4]
    assert found.days.tolist() == [0, 1, 2, 4, 5, 6]
    assert found.shares.tolist() == pytest.approx([0, *(1 - each for each in left)])


def test_who_leaves_out_the_unfinished_is_too_sure() -> None:
    done = [1.0, 2.0, 2.0, 3.0, 3.0, 4.0]
    open_ones = [5.0, 6.0, 8.0]
    alone = curve(np.array(done), np.full(6, True))
    honest = curve(np.array(done + open_ones), np.array([True] * 6 + [False] * 3))
    assert honest.quantile(0.5) > alone.quantile(0.5)
    assert honest.quantile(0.85) is None


def test_an_older_item_has_longer_to_go_than_none_at_all() -> None:
    found = curve(np.arange(1.0, 20.0), np.full(19, True))
    assert found.quantile(0.5) == pytest.approx(10)
    assert found.quantile(0.5, age=10.0) == pytest.approx(15)
    assert found.quantile(0.5, age=19.0) is None


@pytest.mark.parametrize("count", [0, 1, 4])
def test_too_short_a_history_is_said_and_not_guessed_from(count: int) -> None:
    history = team_history(finished([2.0] * count), now=NOW)
    forecast = forecast_queue(history, [Waiting("a", 1.0, 5.0), Waiting("b", None, 9.0)], seed="s")
    assert forecast.whole == (None, None, None)
    for item in forecast.items:
        assert item.dates == (None, None, None)
        assert item.chance is None
        assert item.why == f"{count} of the items that were begun are finished: it takes 5 to say anything"


def test_five_finished_items_say_the_middle_and_not_the_85th_of_100() -> None:
    history = team_history(finished([1.0, 2.0, 3.0, 4.0, 5.0]), now=NOW)
    forecast = forecast_queue(history, [Waiting("a", 0.0, None)], seed="s")
    assert forecast.items[0].dates == (pytest.approx(3.0), None, None)


def test_many_items_in_few_weeks_say_nothing_of_a_queue() -> None:
    work = [Work(f"p{n}", NOW - 20 * DAY, NOW - (n + 1) * DAY, None) for n in range(12)]
    forecast = forecast_queue(team_history(work, now=NOW), [Waiting("a", None, None)], seed="s")
    assert forecast.items[0].why == "12 items finished in 2 whole weeks: it takes 5 in 5 weeks"


def test_weeks_are_counted_back_from_now() -> None:
    ends = np.array([99.5, 99.0, 93.1, 93.0, 92.9, 80.0, 101.0])
    assert weekly(ends, begun=72.0, now=100.0).tolist() == [3, 2, 1, 0]


def test_a_steady_team_is_through_when_it_must_be() -> None:
    """Two items a week, every week: the n-th is done after n half weeks, in every trial."""
    done = days_until_done(np.full(10, 2), 5, 50, np.random.default_rng(1))
    assert np.unique(done, axis=0).tolist() == [[3.5, 7.0, 10.5, 14.0, 17.5]]


def test_a_team_that_finishes_nothing_is_never_through() -> None:
    done = days_until_done(np.zeros(10, np.int64), 1, 5, np.random.default_rng(1))
    assert np.isinf(done).all()


def test_the_chance_of_a_target_grows_with_its_date_and_the_place() -> None:
    rng = np.random.default_rng(3)
    history = team_history(finished(rng.lognormal(1.5, 0.7, 60).tolist()), now=NOW)
    dues = [7.0, 21.0, 42.0, 84.0]
    chances = [
        forecast_queue(history, [Waiting("a", None, due), Waiting("b", None, due)], seed="s").items for due in dues
    ]
    firsts, seconds = ([items[place].chance for items in chances] for place in (0, 1))
    assert firsts == sorted(firsts)
    assert firsts[0] < firsts[-1]
    assert all(first >= second for first, second in zip(firsts, seconds, strict=True))


def test_the_same_question_has_the_same_answer() -> None:
    history = team_history(finished([float(1 + n % 7) for n in range(30)]), now=NOW)
    items = [Waiting("a", 2.0, 10.0), Waiting("b", None, None)]
    assert str(forecast_queue(history, items, seed="s")) == str(forecast_queue(history, items, seed="s"))


def test_the_fan_begins_at_nothing_and_narrows_to_everything() -> None:
    history = team_history(finished([float(1 + n % 5) for n in range(40)]), now=NOW)
    done = forecast_queue(history, [Waiting(f"w{n}", None, None) for n in range(6)], seed="s").done
    assert done is not None
    fan = done_by_week(done, 60)
    assert fan[0] == (0, 0, 0)
    assert fan[-1] == (6, 6, 6)
    assert all(week.p50 >= week.p85 >= week.p95 for week in fan)
    assert all(before.p85 <= after.p85 for before, after in itertools.pairwise(fan))


def test_what_was_put_aside_counts_until_then() -> None:
    put_aside = Work("x", NOW - 40 * DAY, None, NOW - 38 * DAY)
    history = team_history([*finished([1.0, 2.0, 3.0, 4.0, 5.0]), put_aside], now=NOW)
    assert history.begun == 6
    assert history.curve.shares.tolist() == pytest.approx(
        [0, 1 / 7, *(1 - 5 / 7 * left for left in (1, 3 / 4, 2 / 4, 1 / 4))]
    )
