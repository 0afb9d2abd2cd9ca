"""How the tests are spread over processes: how many of them, and what begins first."""

import os
from pathlib import Path

import psutil
import pytest

_MOST = 4
_BYTES_EACH = 4 << 30
"""Each has engines of its own, and some tests a whole stack beside them."""
_FILES_EACH = 4
"""For fewer, to start engines takes longer than to wait for another's."""
_LONG = ("simulation", "faults", "deploy", "services")
"""Folders of tests that wait for processes, or compute for long; what ends last should be short."""
_TESTS = Path(__file__).parents[1]


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_auto_num_workers(config: pytest.Config) -> int | None:
    """One for each core and one more, as most of the time is waiting; fewer where memory is short or little is asked.

    0 is this process alone. `PYTEST_XDIST_AUTO_NUM_WORKERS` says otherwise.
    """
    if "PYTEST_XDIST_AUTO_NUM_WORKERS" in os.environ:
        return None
    worth_it = sum(_files(Path(argument.partition("::")[0])) for argument in config.args) // _FILES_EACH
    fit = psutil.virtual_memory().total // _BYTES_EACH
    workers = min((os.cpu_count() or 1) + 1, fit, worth_it, _MOST)
    return workers if workers > 1 else 0


def _files(asked: Path) -> int:
    return sum(1 for _ in asked.rglob("test_*.py")) if asked.is_dir() else 1


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The long ones first, else in the order in which they were found."""
    items.sort(key=_turn)


def _turn(item: pytest.Item) -> int:
    path = item.path
    folder = path.relative_to(_TESTS).parts[0] if path.is_relative_to(_TESTS) else ""
    return _LONG.index(folder) if folder in _LONG else len(_LONG)
