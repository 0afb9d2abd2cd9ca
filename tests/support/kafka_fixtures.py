"""Fixtures of Kafka, for every test that wants the real one."""

from collections.abc import Iterator

import pytest

from tests.support.kafka import KafkaProcess


@pytest.fixture(scope="session")
def kafka(tmp_path_factory: pytest.TempPathFactory) -> Iterator[KafkaProcess]:
    """One broker for the whole session: use a topic prefix of your own, and leave it running."""
    broker = KafkaProcess.start(tmp_path_factory.mktemp("kafka"))
    yield broker
    broker.kill()


@pytest.fixture(scope="session")
def fragile_broker(tmp_path_factory: pytest.TempPathFactory) -> Iterator[KafkaProcess]:
    """The broker of `fragile_kafka`."""
    broker = KafkaProcess.start(tmp_path_factory.mktemp("fragile"))
    yield broker
    broker.kill()


@pytest.fixture
def fragile_kafka(fragile_broker: KafkaProcess) -> KafkaProcess:
    """A broker that a test may stop and kill: it runs at the start of each, however the last one left it.

    It is shared, one test at a time: use a topic prefix of your own.
    """
    if not fragile_broker.running:
        fragile_broker.restart()
    return fragile_broker
