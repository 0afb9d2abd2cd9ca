"""The posts of the sample: what they say comes from `posts.ndjson`, when and how much they are liked from the dice."""

from collections.abc import Sequence
from importlib.resources import files

import msgspec

from events.times import DAY, Millis
from services.sample.calendar import BEGIN, END, at_an_hour
from services.sample.dice import Dice
from services.sample.people import People

BOARDS = {
    "planning": "Plans and timelines",
    "views": "Views and search",
    "together": "Working together",
    "mobile": "Mobile apps",
    "integrations": "Integrations and API",
    "admin": "Admin and billing",
}


class Wish(msgspec.Struct, frozen=True):
    """A line of `posts.ndjson`."""

    post: str
    board: str
    title: str
    body: str
    popular: bool = False
    disputed: bool = False
    closed: str | None = None
    duplicate_of: str | None = None

    @property
    def shipped(self) -> bool:
        """Whether it was closed since it is there now."""
        return self.closed is not None and not self.closed.startswith("Not planned")


class SamplePost(msgspec.Struct, frozen=True, kw_only=True):
    """A post with its fate: how many vote on it, and how many of a thousand against it."""

    wish: Wish
    author: str
    at: Millis
    closed_at: Millis | None
    voters: int
    against: int

    @property
    def open_until(self) -> Millis:
        """The first moment at which nobody votes on it any more."""
        return END if self.closed_at is None else self.closed_at

    @property
    def declined(self) -> str | None:
        """Why it was closed without being there; None where it was not, or was shipped."""
        return None if self.wish.shipped else self.wish.closed


def read_wishes() -> Sequence[Wish]:
    """All of `posts.ndjson`."""
    text = files("services.sample").joinpath("posts.ndjson").read_bytes()
    return msgspec.json.Decoder(Wish).decode_lines(text)


def make_posts(dice: Dice, people: People) -> list[SamplePost]:
    """All posts, the oldest first; a duplicate comes after what it repeats."""
    posts: dict[str, SamplePost] = {}
    popular = 0
    for wish in sorted(read_wishes(), key=lambda wish: (wish.duplicate_of is not None, dice.below(1 << 32))):
        original = posts[wish.duplicate_of] if wish.duplicate_of is not None else None
        earliest = BEGIN if original is None else original.at + 14 * DAY
        posts[wish.post] = _make_post(dice, people, wish, earliest, popular)
        popular += wish.popular
    return sorted(posts.values(), key=lambda post: (post.at, post.wish.post))


def _make_post(dice: Dice, people: People, wish: Wish, earliest: Millis, popular_before: int) -> SamplePost:
    at = at_an_hour(dice, earliest + dice.soon(END - 20 * DAY - earliest))
    closed_at = None
    if wish.closed is not None:
        closed_at = at_an_hour(dice, at + 25 * DAY + dice.soon(max(DAY, END - 5 * DAY - at - 25 * DAY)))
        closed_at = min(closed_at, END - DAY)
    return SamplePost(
        wish=wish,
        author=people.author(dice).id,
        at=at,
        closed_at=closed_at,
        voters=_voters(dice, wish, popular_before),
        against=180 + dice.below(220) if wish.disputed else 8 + dice.below(50),
    )


def _voters(dice: Dice, wish: Wish, popular_before: int) -> int:
    """A heavy tail: a few posts that a third of all vote on, and many that some dozens do."""
    if wish.popular:
        return 30_000 // (20 + 3 * popular_before) + dice.below(40)
    return 12 + dice.below(30) + dice.below(30) * dice.below(10)
