"""When records are not to blame: most of what comes cannot be read, or nothing may be left out."""

import logging
from collections import deque
from collections.abc import Sequence, Set

from events.position import Position
from services.projector.ports import DeadLetter

logger = logging.getLogger(__name__)

MOST_UNREADABLE = 0.5
FEWEST_JUDGED = 100
WINDOW = 1000
"""When more than this share of the latest records (at least a hundred, some thousand where there are so many) cannot be
read, the code is wrong, not the records. What came before them does not count: hours of good records excuse nothing."""

SHOWN = 20
"""So many refusals of one batch have a line in the log; all of them are dead letters."""


class Breaker:
    """Watches what is refused. A `strict` one trips at the first that is not among the `known` ones."""

    def __init__(self, *, strict: bool, known: Set[Position] = frozenset()) -> None:
        self._strict = strict
        self._known = known
        self._batches: deque[tuple[int, int]] = deque()
        self._seen = self._refused = 0

    def judge(self, count: int, refused: Sequence[DeadLetter]) -> str | None:
        """Take note of a batch of so many records; why to stop and what to do, or None to go on."""
        _tell(refused)
        if self._strict:
            unknown = next((letter for letter in refused if letter.position not in self._known), None)
            return None if unknown is None else _strictly(unknown)
        self._note(count, len(refused))
        if self._seen >= FEWEST_JUDGED and self._refused > MOST_UNREADABLE * self._seen:
            return (
                f"{self._refused} of the last {self._seen} records could not be read: this code does not fit this log. "
                "Run the release that wrote it, or a later one, and retry what was passed over before "
                "(groundswell dead-letters retry --all)"
            )
        return None

    def _note(self, count: int, refused: int) -> None:
        """Keep the latest batches, no more of them than it takes to hold a window of records."""
        self._batches.append((count, refused))
        self._seen += count
        self._refused += refused
        while self._seen - self._batches[0][0] >= WINDOW:
            oldest, its_refused = self._batches.popleft()
            self._seen -= oldest
            self._refused -= its_refused


def _tell(refused: Sequence[DeadLetter]) -> None:
    for letter in refused[:SHOWN]:
        logger.warning(
            "record refused projection=%s generation=%d topic=%s partition=%d offset=%d reason=%s",
            letter.projection, letter.generation, *letter.position, letter.reason,
        )  # fmt: skip
    if len(refused) > SHOWN:
        last = refused[-1]
        logger.warning(
            "more records refused projection=%s generation=%d topic=%s partition=%d count=%d up_to_offset=%d",
            last.projection, last.generation, last.position.topic, last.position.partition, len(refused) - SHOWN,
            max(letter.position.offset for letter in refused),
        )  # fmt: skip


def _strictly(letter: DeadLetter) -> str:
    topic, partition, offset = letter.position
    return (
        f"{topic}/{partition} offset {offset} cannot be read: {letter.reason}. A rebuild leaves nothing out: run code "
        "that reads it, or pass over what is a dead letter already: groundswell projections rebuild "
        f"{letter.projection} --skip-dead-letters"
    )
