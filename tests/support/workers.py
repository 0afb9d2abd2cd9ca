"""How the tests are spread over processes: how many of them, and what begins first."""

import os
from pathlib import Path

import psutil
import pytest

_MOST = 4
_BYTES_EACH = 4 << 30
"""Each has engines of its own, and some tests a whole stack beside them."""
_LONG = ("simulation", "faults", "deploy", "services")
"""Folders of tests that wait for processes, or compute for long; what ends last should be short."""
_TESTS = Path(__file__).parents[1]


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_auto_num_workers(config: pytest.Config) -> int:
    """One for each core and one more, as most of the time is waiting; fewer where memory is short.

    None (0) where a single file is asked for: it would be given to one of them anyway.
    """
    asked = {argument.partition("::")[0] for argument in config.args}
    if len(asked) == 1 and asked.pop().endswith(".py"):
        return 0
    fit = psutil.virtual_memory().total // _BYTES_EACH
    return max(1, min((os.cpu_count() or 1) + 1, fit, _MOST))


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The long ones first, else in the order in which they were found."""
    items.sort(key=_turn)


def _turn(item: pytest.Item) -> int:
    path = item.path
    folder = path.relative_to(_TESTS).parts[0] if path.is_relative_to(_TESTS) else ""
    return _LONG.index(folder) if folder in _LONG else len(_LONG)
