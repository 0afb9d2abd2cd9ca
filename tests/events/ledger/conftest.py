"""A ledger of its own for each test, on the session's Kafka."""

import uuid
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from events.ledger.ledger import Ledger
from events.ledger.settings import LedgerSettings
from events.settings import KafkaSettings
from tests.support.kafka import KafkaProcess

OpenLedger = Callable[..., Ledger]


def fresh_topics(bootstrap: str) -> KafkaSettings:
    return KafkaSettings(KAFKA_BOOTSTRAP_SERVERS=bootstrap, GROUNDSWELL_TOPIC_PREFIX=f"ledger-{uuid.uuid4().hex[:12]}")


@pytest.fixture
def ledger_kafka(kafka: KafkaProcess) -> KafkaSettings:
    return fresh_topics(kafka.bootstrap)


@pytest.fixture
def open_ledger(ledger_kafka: KafkaSettings) -> Iterator[OpenLedger]:
    """Opens ledgers, by default on topics of this test alone, and closes what is still open after it."""
    opened: list[Ledger] = []

    def open_one(index: Path | None = None, *, kafka: KafkaSettings | None = None, **settings: float) -> Ledger:
        ledger = Ledger(
            kafka or ledger_kafka,
            LedgerSettings(
                GROUNDSWELL_LEDGER_INDEX=index,
                **{f"GROUNDSWELL_LEDGER_{name.upper()}": value for name, value in settings.items()},
            ),
        )
        ledger.start()
        opened.append(ledger)
        return ledger

    yield open_one
    for ledger in opened:
        ledger.close()
