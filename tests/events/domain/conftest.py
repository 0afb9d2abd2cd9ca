"""An application over a ledger of its own for each test."""

import uuid
from collections.abc import Callable, Iterator

import pytest

from events.domain.application import Feedback
from events.ledger.settings import LedgerSettings
from events.settings import KafkaSettings
from tests.support.kafka import KafkaProcess


@pytest.fixture
def open_feedback(kafka: KafkaProcess) -> Iterator[Callable[[], Feedback]]:
    """Opens applications as if each were a process of its own, all on the same log."""
    settings = KafkaSettings(
        KAFKA_BOOTSTRAP_SERVERS=kafka.bootstrap, GROUNDSWELL_TOPIC_PREFIX=f"domain-{uuid.uuid4().hex[:12]}"
    )
    opened: list[Feedback] = []

    def open_one() -> Feedback:
        opened.append(Feedback(settings, LedgerSettings()))
        return opened[-1]

    yield open_one
    for feedback in opened:
        feedback.close()


@pytest.fixture
def feedback(open_feedback: Callable[[], Feedback]) -> Feedback:
    return open_feedback()
