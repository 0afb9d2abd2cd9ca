"""What counting comes to: how votes stand, and what changed of what counts, when and why. Plain data."""

from typing import Final, NamedTuple

from events.times import Millis

VOTED: Final = 0
"""A cause: a vote on the post itself, or on one that was merged into it."""
MERGED: Final = 1
UNMERGED: Final = 2
BUDGET: Final = 3
"""A cause: there was room in a budget, or no more of it."""

Moment = tuple[Millis, int]
"""When something happened, and its offset: the order of everything that one person's votes go through."""


class Side(NamedTuple):
    """What counts on a post: 0 for nothing, and then since when nothing does."""

    value: int
    importance: int
    since: Millis


NOTHING: Final = Side(0, 0, 0)
"""What waits where nothing does."""


class Shown(NamedTuple):
    """What counts on a post, or waits; and of the vote behind it when it was recorded, by whom, and on which post.

    `recorded` is that of what ended it where no vote is behind it; `by` and `via` are empty then, and where it was the
    person's own vote on this very post.
    """

    side: Side
    waiting: Side
    recorded: Millis
    by: str
    via: str


class Change(NamedTuple):
    """What one event changed on one post; one that changed nothing there has equal sides.

    `said` is the value that the event gave to this very post, 0 where it was another one or no vote; `before` is what
    counted until then, `shown` what is there afterwards.
    """

    post: str
    time: Millis
    offset: int
    recorded: Millis
    id: str
    by: str
    before: Side
    shown: Shown
    said: int
    cause: int


ChangeKey = tuple[str, Millis, int]
"""What tells a person's changes apart: the post, when, and the offset."""


class Standing(NamedTuple):
    """A vote on a root: since when with that value, since when at all, when it was given, and where."""

    value: int
    importance: int
    since: Millis
    stood: Moment
    given: Moment
    recorded: Millis
    by: str
    via: str
