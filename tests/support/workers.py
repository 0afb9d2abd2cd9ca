"""How the tests are spread over processes: how many of them, and what begins first."""

import os
from functools import cache
from pathlib import Path

import psutil
import pytest
from xdist.scheduler import LoadFileScheduling, Scheduling

_MOST = 4
_BYTES_EACH = 4 << 30
"""Each has engines of its own, and some tests a whole stack beside them."""
_FILES_EACH = 4
"""For fewer, to start engines takes longer than to wait for another's."""
_LONG = ("simulation", "faults", "deploy", "services")
"""Folders of tests that wait for processes, or compute for long; what ends last should be short."""
_TESTS = Path(__file__).parents[1]
_WHOLE_STACK = "stack: LocalStack"
"""What a file says that needs the whole local stack, which takes a second or two of a core for as long as it is up."""
_TOGETHER = ("tests/api/", "tests/projections/report/")
"""Folders whose tests share processes of their own."""


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


class FewStacks(LoadFileScheduling):  # type: ignore[misc]  # the library has no types
    """A file at a time to whoever is free; but those that need the same processes go to one, which starts them once."""

    def _split_scope(self, nodeid: str) -> str:
        return _scope(nodeid.partition("::")[0])


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: object) -> Scheduling | None:
    """Ours, where files are spread."""
    return FewStacks(config, log) if config.getoption("dist") == "loadfile" else None


@cache
def _scope(file: str) -> str:
    path = _TESTS.parent / file
    if path.is_file() and _WHOLE_STACK in path.read_text():
        return _WHOLE_STACK
    return next((folder for folder in _TOGETHER if file.startswith(folder)), file)


def _files(asked: Path) -> int:
    return sum(1 for _ in asked.rglob("test_*.py")) if asked.is_dir() else 1


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The long ones first, else in the order in which they were found."""
    items.sort(key=_turn)


def _turn(item: pytest.Item) -> int:
    """What goes together is long, and begins."""
    path = item.path
    if not path.is_relative_to(_TESTS):
        return len(_LONG)
    file = str(path.relative_to(_TESTS.parent))
    folder = path.relative_to(_TESTS).parts[0]
    return -1 if _scope(file) != file else _LONG.index(folder) if folder in _LONG else len(_LONG)
