"""What the process is made of: parts that run side by side, and what each of them stands on.

To add one: a module of its own under `services/sagas`, and a line in `services/sagas/catalog.py`. What follows from
decisions, one after another, is a `Saga` (see `services/sagas/following.py`), which makes a part. What goes by the
clock, or keeps its own positions, is a part by itself.
"""

from dataclasses import dataclass
from typing import Protocol

from events.domain.application import Feedback
from events.log.topics import Topics
from events.settings import KafkaSettings


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What parts stand on: the opened log, and the application that decides and follows the ledger."""

    kafka: KafkaSettings
    topics: Topics
    feedback: Feedback


class Part(Protocol):
    """Something that goes on for as long as the process does."""

    @property
    def name(self) -> str:
        """What it is called in logs and metrics."""
        ...

    async def run(self) -> None:
        """Work until cancelled.

        It waits out what is away by itself (see `services.sagas.patience`). Whatever it raises ends the process: a new
        one begins where it stood.
        """
        ...

    def complaint(self) -> str | None:
        """Why it gets nowhere, in one line; None while it does."""
        ...
