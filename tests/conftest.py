"""Fixtures that every test may ask for."""

from hypothesis import settings

pytest_plugins = [
    "tests.support.workers",
    "tests.support.temporary_fixtures",
    "tests.support.kafka_fixtures",
    "tests.support.clickhouse_fixtures",
    "tests.support.stack_fixtures",
]

# These machines are shared and noisy: how long an example takes says nothing about what is true.
settings.register_profile("groundswell", deadline=None)
settings.load_profile("groundswell")
