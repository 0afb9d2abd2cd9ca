"""What every test of the projector wants."""

import pytest

from tests.support.kafka import KafkaProcess
from tests.support.log import TestLog, new_log


@pytest.fixture
async def log(kafka: KafkaProcess) -> TestLog:
    """An empty log of one's own."""
    return await new_log(kafka.bootstrap)
