"""Ten thousand schedules of crashes, zombies, lost answers and restored backups: each ends in the fold of the log."""

import pytest

from tests.simulation.world import play

SCHEDULES = 10_000
TOGETHER = 1000


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Some tests of many schedules each, which workers can share; or the one that was asked for."""
    if "seeds" in metafunc.fixturenames:
        asked: int | None = metafunc.config.getoption("seed", default=None)
        chunks = [range(first, first + TOGETHER) for first in range(0, SCHEDULES, TOGETHER)]
        seeds = chunks if asked is None else [range(asked, asked + 1)]
        metafunc.parametrize("seeds", seeds, ids=[f"{each.start}-{each.stop - 1}" for each in seeds])


def test_whatever_happens_it_ends_in_the_fold_of_the_log(seeds: range) -> None:
    for seed in seeds:
        play(seed)


def test_a_seed_says_all() -> None:
    assert [play(seed) for seed in range(50)] == [play(seed) for seed in range(50)]
