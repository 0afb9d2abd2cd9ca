"""Fixtures of Kafka, for every test that wants the real one."""

from collections.abc import Iterator

import pytest

from tests.support.kafka import KafkaProcess


@pytest.fixture(scope="session")
def kafka(tmp_path_factory: pytest.TempPathFactory) -> Iterator[KafkaProcess]:
    """One broker for the whole session: use a topic prefix of your own, and leave it running."""
    broker = KafkaProcess.start(tmp_path_factory.mktemp("kafka"))
    yield broker
    broker.stop()


@pytest.fixture(scope="module")
def fragile_kafka(tmp_path_factory: pytest.TempPathFactory) -> Iterator[KafkaProcess]:
    """A broker of the module's own, which may be stopped and killed; leave it running."""
    broker = KafkaProcess.start(tmp_path_factory.mktemp("fragile"))
    yield broker
    broker.stop()
