"""What the teams of the sample did in its year: what they took up and promised, when it shipped and came back."""

from collections.abc import Collection, Sequence
from typing import NamedTuple

from events.times import DAY, Millis
from services.sample.calendar import BEGIN, END, at_an_hour
from services.sample.dice import Dice, Urn
from services.sample.posts import SamplePost
from services.sample.teams import SampleTeam

_TOOK = (30, 40, 48, 55, 63, 72, 80, 90, 100, 112, 126, 145, 170, 205, 260, 380)
"""What things take, in percent of what they usually take: many a little less, a few much more."""
_GUESSES = (60, 75, 85, 95, 105, 120, 140)
_POINTS = (1, 2, 3, 5, 8, 13, 21)
_KINDS = ("feature", "polish", "speed", "trust")
_KIND = Urn((48, 26, 13, 13))
_MOST_SLIPS = 4
_PLANNED_AHEAD = 3
"""So many things of a team are planned when the sample ends."""


class Promise(NamedTuple):
    """On `at` it was decided that something is to be done on `day`."""

    at: Millis
    day: Millis


class Item(NamedTuple):
    """A post that a team took up. `begun` and `shipped` are None where that is still to come.

    `low` and `high` are what was guessed, in days or points, None where nobody guessed; `came_back` are the moments at
    which it turned out not to be done, and was done again.
    """

    post: SamplePost
    team: SampleTeam
    hand: int
    tags: tuple[str, ...]
    planned: Millis
    low: float | None
    high: float | None
    promises: Sequence[Promise]
    begun: Millis | None = None
    shipped: Millis | None = None
    came_back: Sequence[tuple[Millis, Millis]] = ()


def make_work(
    dice: Dice, teams: Sequence[SampleTeam], posts: Sequence[SamplePost], kept: Collection[str]
) -> list[Item]:
    """All that the teams took up of posts that are not `kept` for another story, by when it was planned."""
    items: list[Item] = []
    for team in teams:
        mine = [post for post in posts if post.wish.board == team.board and post.wish.post not in kept]
        mine = [post for post in mine if post.wish.duplicate_of is None]
        items += [_told(dice, team, post) for post in mine if post.wish.shipped]
        items += _taken_up(dice, team, [post for post in mine if post.wish.closed is None])
    return sorted(items, key=lambda item: (item.planned, item.post.wish.post))


def _taken_up(dice: Dice, team: SampleTeam, posts: Sequence[SamplePost]) -> list[Item]:
    """What the team's hands did one after the other, and what they have before them in the end."""
    waiting = sorted(posts, key=lambda post: dice.below(1000) + 350 * post.wish.popular)
    free = [BEGIN + (25 + dice.below(20)) * DAY for _ in range(team.hands)]
    items: list[Item] = []
    while min(free) < END:
        hand = free.index(min(free))
        ready = next((post for post in waiting if post.at + 9 * DAY < free[hand]), None)
        if ready is None:
            free[hand] += 5 * DAY
            continue
        waiting.remove(ready)
        item = _worked_on(dice, team, hand, ready, at_an_hour(dice, free[hand]))
        items.append(item)
        free[hand] = END if item.shipped is None else item.shipped + (1 + dice.below(4)) * DAY
    return items + [_ahead(dice, team, post) for post in waiting[:_PLANNED_AHEAD] if post.at < END - 30 * DAY]


def _worked_on(dice: Dice, team: SampleTeam, hand: int, post: SamplePost, begun: Millis) -> Item:
    tags = _tags(dice)
    took = _took(dice, team, tags)
    shipped = at_an_hour(dice, begun + took)
    planned = max(post.at + DAY, begun - (3 + dice.below(35)) * DAY)
    item = _promised(dice, team, post, tags, planned, begun, took)._replace(hand=hand, begun=begun)
    if shipped >= END - DAY:
        return item._replace(promises=_kept_up(dice, item.promises, END))
    item = item._replace(shipped=shipped, promises=_kept_up(dice, item.promises, shipped))
    return item._replace(came_back=_returns(dice, team, shipped))


def _told(dice: Dice, team: SampleTeam, post: SamplePost) -> Item:
    """What its post tells: it shipped on the day on which it was closed."""
    assert post.closed_at is not None
    tags = _tags(dice)
    took = min(_took(dice, team, tags), post.closed_at - post.at - 4 * DAY)
    begun = at_an_hour(dice, post.closed_at - took)
    planned = max(post.at + DAY, begun - (3 + dice.below(20)) * DAY)
    item = _promised(dice, team, post, tags, planned, begun, took)
    return item._replace(begun=begun, shipped=post.closed_at, promises=_kept_up(dice, item.promises, post.closed_at))


def _ahead(dice: Dice, team: SampleTeam, post: SamplePost) -> Item:
    """What is planned for the time after the sample."""
    planned = at_an_hour(dice, END - (5 + dice.below(20)) * DAY)
    tags = _tags(dice)
    return _promised(dice, team, post, tags, planned, END + (10 + dice.below(60)) * DAY, _took(dice, team, tags))


def _promised(
    dice: Dice, team: SampleTeam, post: SamplePost, tags: tuple[str, ...], planned: Millis, begun: Millis, took: Millis
) -> Item:
    """What is said when it is planned: how long it will take, if anybody says so, and when it will be there."""
    guess = max(DAY, took * team.guess // 100 * _GUESSES[dice.below(len(_GUESSES))] // 100)
    low = high = None
    if not dice.chance(150):
        days = max(1, round(guess / DAY))
        low, high = max(1, days * 3 // 4), days + days // 3 + 1
        if team.points:
            place = sum(points * 3 < days for points in _POINTS)
            low = high = _POINTS[min(place, len(_POINTS) - 1)]
    day = begun + guess * 5 // 4 + 4 * DAY
    return Item(post, team, 0, tags, at_an_hour(dice, planned), low, high, [Promise(planned, day)])


def _kept_up(dice: Dice, promises: Sequence[Promise], until: Millis) -> list[Promise]:
    """Promises that do not hold are given again, shortly before they are due."""
    kept = list(promises)
    while kept[-1].day < until and len(kept) <= _MOST_SLIPS:
        last = kept[-1]
        at = max(at_an_hour(dice, last.day - (1 + dice.below(3)) * DAY), last.at + DAY)
        if at >= min(until, END - DAY):
            break
        kept.append(Promise(at, max(last.day, at) + (7 + dice.below(18)) * DAY))
    return kept


def _returns(dice: Dice, team: SampleTeam, shipped: Millis) -> list[tuple[Millis, Millis]]:
    if not dice.chance(team.reopened):
        return []
    again = at_an_hour(dice, shipped + (3 + dice.below(18)) * DAY)
    done = at_an_hour(dice, again + (2 + dice.below(8)) * DAY)
    return [(again, done)] if done < END - DAY else []


def _tags(dice: Dice) -> tuple[str, ...]:
    first = _KINDS[_KIND.draw(dice)]
    second = _KINDS[_KIND.draw(dice)]
    return (first, second) if second != first and dice.chance(200) else (first,)


def _took(dice: Dice, team: SampleTeam, tags: tuple[str, ...]) -> Millis:
    kind, percent = team.slow
    usual = team.median * DAY * (percent if kind in tags else 100) // 100
    return usual * _TOOK[dice.below(len(_TOOK))] // 100
