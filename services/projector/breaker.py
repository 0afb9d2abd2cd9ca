"""When records are not to blame: most of what comes cannot be read, or nothing may be left out."""

import logging
from collections.abc import Sequence

from services.projector.ports import DeadLetter

logger = logging.getLogger(__name__)

MOST_UNREADABLE = 0.5
FEWEST_JUDGED = 100
WINDOW = 1000
"""When more than this share of some hundred latest records cannot be read, the code is wrong, not the records."""


class Breaker:
    """Watches what is refused. A `strict` one trips at the first."""

    def __init__(self, *, strict: bool) -> None:
        self._strict = strict
        self._seen = self._refused = 0

    def judge(self, count: int, refused: Sequence[DeadLetter]) -> str | None:
        """Take note of a batch of so many records; why to stop, or None to go on."""
        for letter in refused:
            logger.warning(
                "record refused projection=%s topic=%s partition=%d offset=%d reason=%s",
                letter.projection, *letter.position, letter.reason,
            )  # fmt: skip
        if refused and self._strict:
            topic, partition, offset = refused[0].position
            return f"{topic}/{partition} offset {offset}: {refused[0].reason}"
        self._seen += count
        self._refused += len(refused)
        if self._seen >= FEWEST_JUDGED and self._refused > MOST_UNREADABLE * self._seen:
            return (
                f"{self._refused} of the last {self._seen} records could not be read: this code does not fit this log"
            )
        if self._seen >= WINDOW:
            self._seen //= 2
            self._refused //= 2
        return None
