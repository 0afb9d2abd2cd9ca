"""Brokers as a machine park has them, shared by a module's tests."""

from collections.abc import Iterator

import pytest

from tests.support.kafka_cluster import KafkaCluster
from tests.support.secure_kafka import SecureKafka


@pytest.fixture(scope="module")
def secure_kafka(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SecureKafka]:
    """A broker that lets nobody in without a certificate or a password."""
    kafka = SecureKafka.start(tmp_path_factory.mktemp("secure-kafka"))
    yield kafka
    kafka.process.kill()


@pytest.fixture(scope="module")
def kafka_cluster(tmp_path_factory: pytest.TempPathFactory) -> Iterator[KafkaCluster]:
    """Three brokers, each of which a test may kill; let all of them run and have everything at its end."""
    cluster = KafkaCluster.start(tmp_path_factory.mktemp("kafka-cluster"))
    yield cluster
    cluster.kill()
