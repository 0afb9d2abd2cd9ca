"""Places in the log as people write them: `groundswell.ballots/3@42`."""

import re
from typing import NamedTuple

from events.position import Position

_PLACE = re.compile(
    r"(?:(?P<number>\d{1,18})|(?P<topic>[A-Za-z0-9._-]+)/(?P<partition>\d{1,9})@(?P<offset>\d{1,18}))\Z"
)


def place(position: Position) -> str:
    """`topic/partition@offset`."""
    return f"{position.topic}/{position.partition}@{position.offset}"


class Named(NamedTuple):
    """What somebody names: a letter by its number, or a record by its place; the topic with or without its prefix."""

    number: int | None
    position: Position | None

    def is_at(self, position: Position) -> bool:
        """Whether this names the record at a position."""
        if self.position is None:
            return False
        topic, *rest = self.position
        return rest == list(position[1:]) and (position.topic == topic or position.topic.endswith(f".{topic}"))


def read_name(text: str) -> Named:
    """A number or a place.

    Raises:
        ValueError: if it is neither.
    """
    found = _PLACE.match(text)
    if found is None:
        raise ValueError(f"{text!r} is no place: write TOPIC/PARTITION@OFFSET, or the number that list gives")
    if found["number"] is not None:
        return Named(int(found["number"]), None)
    return Named(None, Position(found["topic"], int(found["partition"]), int(found["offset"])))
