"""Long tests, for `make soak` alone: how long is an option."""

from pathlib import Path

import pytest

from tests.faults.conftest import installation, mortal_clickhouse, mortal_kafka

__all__ = ["installation", "mortal_clickhouse", "mortal_kafka"]

_HERE = Path(__file__).parent


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--rounds", type=int, default=200, help="rounds of the crash matrix")
    parser.addoption("--minutes", type=float, default=10.0, help="how long ClickHouse is away")
    parser.addoption("--dice", type=int, default=4_711, help="the seed of what happens when")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """They take as long as they are told."""
    for item in items:
        if item.path.is_relative_to(_HERE):
            item.add_marker(pytest.mark.timeout(0))
