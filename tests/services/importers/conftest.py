"""A log of a test's own on the real Kafka."""

import uuid

import pytest

from events.settings import KafkaSettings
from tests.support.kafka import KafkaProcess


@pytest.fixture
def settings(kafka: KafkaProcess) -> KafkaSettings:
    """A log of the test's own."""
    return KafkaSettings(
        KAFKA_BOOTSTRAP_SERVERS=kafka.bootstrap, GROUNDSWELL_TOPIC_PREFIX=f"importing-{uuid.uuid4().hex[:12]}"
    )
