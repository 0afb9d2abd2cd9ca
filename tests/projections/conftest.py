from collections.abc import Iterator

import pytest

from tests.support.views import Database
from tests.support.views import database as make_database


@pytest.fixture
def database(clickhouse_url: str) -> Iterator[Database]:
    """A database with all tables and views, empty."""
    with make_database(clickhouse_url) as made:
        yield made
