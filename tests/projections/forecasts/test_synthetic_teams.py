"""Forecasts of teams whose way of working is known hold as often as they say: 1,000 items and more, seeded."""

from collections.abc import Callable, Sequence
from typing import NamedTuple

import numpy as np
import pytest
from numpy.typing import NDArray

from events.times import DAY
from projections.forecasts.history import Work, team_history
from projections.forecasts.roadmap import Waiting, forecast_queue

Floats = NDArray[np.float64]
Draw = Callable[[np.random.Generator], float]

HANDS = 3
PROCESSES: dict[str, Draw] = {
    "lognormal": lambda rng: rng.lognormal(2.0, 0.8),
    "exponential": lambda rng: rng.exponential(8.0),
    "bimodal": lambda rng: rng.exponential(3.0) if rng.random() < 0.7 else 20 + rng.exponential(10.0),
    "uniform": lambda rng: rng.uniform(2.0, 14.0),
}


class Team(NamedTuple):
    """When each of a team's items was begun and finished, in days; they are begun in this order."""

    begun: Floats
    ended: Floats

    def at(self, now: float) -> list[Work]:
        """What is known of it at a moment."""
        return [
            Work(f"p{number}", int(begun * DAY), int(ended * DAY) if ended <= now else None, None)
            for number, (begun, ended) in enumerate(zip(self.begun, self.ended, strict=True)) if begun <= now
        ]  # fmt: skip


class Held(NamedTuple):
    """A forecast's percentile, and what became of it; both in days from then."""

    p85: float
    took: float


def work(process: str, rng: np.random.Generator, items: int = 300) -> Team:
    """Three pairs of hands; each begins the next item soon after its last one is done."""
    free = np.zeros(HANDS)
    begun, ended = np.empty(items), np.empty(items)
    for number in range(items):
        hand = int(free.argmin())
        begun[number] = free[hand] + rng.exponential(0.5)
        ended[number] = free[hand] = begun[number] + PROCESSES[process](rng)
    return Team(begun, ended)


def share(held: Sequence[Held]) -> float:
    return float(np.mean([each.took <= each.p85 for each in held]))


@pytest.mark.parametrize("process", PROCESSES)
def test_p85_holds_as_often_as_it_says(process: str) -> None:
    rng = np.random.default_rng(20261124)
    new: list[Held] = []
    in_work: list[Held] = []
    queued: list[Held] = []
    whole: list[Held] = []
    for team in (work(process, rng) for _ in range(25)):
        for now in rng.uniform(120.0, float(team.begun[-40]), 40):
            history = team_history(team.at(now), now=int(now * DAY))
            fresh = history.curve.quantile(0.85)
            assert fresh is not None
            first = int(np.searchsorted(team.begun, now, side="right"))
            new.append(Held(fresh, team.ended[first] - team.begun[first]))
            active = [number for number in range(first) if team.ended[number] > now]
            waiting = list(range(first, first + 5))
            items = [Waiting(f"p{number}", now - team.begun[number], None) for number in active]
            items += [Waiting(f"p{number}", None, None) for number in waiting]
            forecast = forecast_queue(history, items, seed=f"{process} {now}", trials=400)
            for number, item in zip([*active, *waiting], forecast.items, strict=True):
                if item.dates.p85 is not None:
                    (in_work if number < first else queued).append(Held(item.dates.p85, team.ended[number] - now))
            assert forecast.whole.p85 is not None
            whole.append(Held(forecast.whole.p85, team.ended[[*active, *waiting]].max() - now))
    assert len(new) == 1000
    assert len(in_work) >= 1000
    assert 0.80 <= share(new) <= 0.90
    assert 0.80 <= share(in_work) <= 0.90
    # The queue's forecasts err a little to the safe side: weeks are drawn as if they knew nothing of each other.
    assert 0.80 <= share(queued) <= 0.95
    assert 0.80 <= share(whole) <= 0.97
