"""The ledger, for a command: opened and closed again."""

from collections.abc import Iterator
from contextlib import contextmanager

from events.domain.application import Feedback
from events.ledger.settings import LedgerSettings
from events.settings import KafkaSettings

CONNECT_SECONDS = 20.0


@contextmanager
def feedback(kafka: KafkaSettings) -> Iterator[Feedback]:
    """The application on a temporary index of its own: any number of commands may run beside the services."""
    application = Feedback(kafka, LedgerSettings(index=None, connect_seconds=CONNECT_SECONDS))
    try:
        yield application
    finally:
        application.close()
