"""What is said about a few posts of the sample: the words come from `comments.ndjson`, who says them from the dice."""

from collections.abc import Sequence
from importlib.resources import files

import msgspec

from events.times import DAY, Millis
from services.sample.calendar import at_an_hour
from services.sample.dice import Dice
from services.sample.people import People
from services.sample.posts import SamplePost

TEAM = "team-1"
"""Who speaks for the product."""


class Remark(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A line of `comments.ndjson`: what is said so many days after its post, whether it is the official answer."""

    comment: str
    post: str
    days: int
    body: str
    parent: str | None = None
    internal: bool = False
    team: bool = False
    answer: bool = False


class SampleComment(msgspec.Struct, frozen=True):
    """A remark, by whom and when."""

    remark: Remark
    author: str
    at: Millis


def read_remarks() -> Sequence[Remark]:
    """All of `comments.ndjson`: what is replied to comes before its replies."""
    text = files("services.sample").joinpath("comments.ndjson").read_bytes()
    return msgspec.json.Decoder(Remark).decode_lines(text)


def make_comments(dice: Dice, people: People, posts: Sequence[SamplePost]) -> list[SampleComment]:
    """All comments; a reply comes after what it replies to."""
    began = {post.wish.post: post.at for post in posts}
    at: dict[str, Millis] = {}
    made: list[SampleComment] = []
    for remark in read_remarks():
        earliest = began[remark.post] if remark.parent is None else at[remark.parent]
        at[remark.comment] = max(at_an_hour(dice, began[remark.post] + remark.days * DAY), earliest + 60_000)
        author = TEAM if remark.team else people.author(dice).id
        made.append(SampleComment(remark, author, at[remark.comment]))
    return made
