"""The ledger, for a command: opened and closed again."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from events.domain.aggregates import A
from events.domain.application import Feedback
from events.domain.commands import Command
from events.ledger.settings import LedgerSettings
from events.settings import KafkaSettings
from services.cli import place
from services.cli.output import log_to_stderr

CONNECT_SECONDS = 20.0


@contextmanager
def feedback(kafka: KafkaSettings) -> Iterator[Feedback]:
    """The application on a temporary index of its own: any number of commands may run beside the services."""
    application = Feedback(kafka, LedgerSettings(index=None, connect_seconds=CONNECT_SECONDS))
    try:
        yield application
    finally:
        application.close()


def decide(command: Command[A], data: Path | None, *, actor: str, version: int | None = None) -> A:
    """Have the ledger of an installation decide, with what it waits for on standard error: the aggregate after it.

    With a `version` only where the aggregate is at that one. Raises as `Feedback.execute` does.
    """
    log_to_stderr()
    with feedback(place.kafka(data)) as ledger:
        return ledger.execute(command, actor=actor, expected_version=version).aggregate
