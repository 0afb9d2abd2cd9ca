"""What came after shipping in the sample: what was wrong, who complained, how content the voters were."""

from collections.abc import Mapping, Sequence
from importlib.resources import files
from typing import NamedTuple

import msgspec

from events.satisfaction import RatingData, SatisfactionRated
from events.submission import SubmittedVote
from events.times import DAY, Millis, format_time, parse_time
from services.sample.calendar import END, at_an_hour
from services.sample.dice import Dice
from services.sample.people import People
from services.sample.posts import SamplePost, Wish
from services.sample.work import Item

_ASKED = 90
"""So many of a thousand voters say how content they are."""
_MOST_ASKED = 40


class _Words(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A line of `bugs.ndjson` or `complaints.ndjson`: something that could be said of anything on a board."""

    board: str
    body: str
    title: str = ""


class Bug(NamedTuple):
    """A post that says what is wrong with an item; when it was taken up and mended, None where it was not."""

    post: SamplePost
    item: Item
    begun: Millis | None
    mended: Millis | None


class Grumble(NamedTuple):
    """A comment on a shipped item that complains, and when it was marked as one."""

    comment: str
    item: Item
    author: str
    body: str
    at: Millis
    marked: Millis


def make_bugs(dice: Dice, people: People, items: Sequence[Item]) -> list[Bug]:
    """One for each line, of something that its board's team shipped; most came out after it was shipped."""
    bugs = []
    for number, words in enumerate(_read("bugs.ndjson"), start=1):
        item = _shipped(dice, items, words.board)
        assert item.shipped is not None
        days = -3 if dice.chance(200) else 2 + dice.below(30)
        at = min(at_an_hour(dice, item.shipped + days * DAY), END - 3 * DAY)
        wish = Wish(post=f"bug-{number:02}", board=words.board, title=words.title, body=words.body)
        post = SamplePost(
            wish=wish, author=people.author(dice).id, at=at, closed_at=None, voters=4 + dice.below(40), against=10
        )
        begun = at_an_hour(dice, at + (1 + dice.below(9)) * DAY) if dice.chance(800) else None
        mended = None if begun is None else at_an_hour(dice, begun + (1 + dice.soon(16)) * DAY)
        open_end = END - DAY
        begun = None if begun is None or begun >= open_end else begun
        bugs.append(Bug(post, item, begun, None if begun is None or mended is None or mended >= open_end else mended))
    return bugs


def make_grumbles(dice: Dice, people: People, items: Sequence[Item]) -> list[Grumble]:
    """One for each line, on something that its board's team shipped."""
    grumbles = []
    for number, words in enumerate(_read("complaints.ndjson"), start=1):
        item = _shipped(dice, items, words.board)
        assert item.shipped is not None
        at = min(at_an_hour(dice, item.shipped + (1 + dice.below(12)) * DAY), END - 2 * DAY)
        author = people.author(dice).id
        marked = at + (1 + dice.below(20)) * 3_600_000
        grumbles.append(Grumble(f"grumble-{number:02}", item, author, words.body, at, marked))
    return grumbles


def make_ratings(
    dice: Dice, workspace: str, items: Sequence[Item], votes: Sequence[SubmittedVote]
) -> list[SatisfactionRated]:
    """Some of those who had voted for what was shipped say how content they are."""
    voters = _voters(votes)
    ratings: list[SatisfactionRated] = []
    for item in items:
        if item.shipped is None:
            continue
        before = [person for person, at in voters.get(item.post.wish.post, {}).items() if at < item.shipped]
        for person in [each for each in before if dice.chance(_ASKED)][:_MOST_ASKED]:
            at = at_an_hour(dice, item.shipped + (1 + dice.soon(25)) * DAY)
            if at < END:
                ratings.append(_rating(dice, workspace, item, person, at, len(ratings)))
    return ratings


def _rating(dice: Dice, workspace: str, item: Item, person: str, at: Millis, number: int) -> SatisfactionRated:
    said = RatingData(person=person, rating=item.team.liked.draw(dice) + 1)
    return SatisfactionRated(
        id=f"sample-rating-{number:05d}", source=workspace, subject=item.post.wish.post, time=format_time(at), data=said
    )


def _voters(votes: Sequence[SubmittedVote]) -> Mapping[str, Mapping[str, Millis]]:
    """Who voted for each post, and when first."""
    voters: dict[str, dict[str, Millis]] = {}
    for vote in votes:
        if vote.value == 1 and vote.at is not None:
            voters.setdefault(vote.post, {}).setdefault(vote.person, parse_time(vote.at))
    return voters


def _shipped(dice: Dice, items: Sequence[Item], board: str) -> Item:
    """Something of a board that was shipped, not only just now."""
    until = END - 20 * DAY
    found = [each for each in items if each.team.board == board and each.shipped is not None and each.shipped < until]
    return found[dice.below(len(found))]


def _read(name: str) -> Sequence[_Words]:
    return msgspec.json.Decoder(_Words).decode_lines(files("services.sample").joinpath(name).read_bytes())
