"""What a team is better and worse at, from what it delivered. Pure.

A team's work of a kind (a tag; None for all of it) is compared with the team's own other work, and with the same kind
of work of all other teams. Something is stated only where

- both sides have `FEWEST` posts at least that the measure says something of,
- they differ by a fifth at least, and
- that is no chance: of all that is stated of a team at most `FALSE_SHARE` is expected to be noise
  (see `projections.planning.chance`), however many comparisons were made.
"""

import math
from collections.abc import Iterator, Sequence
from typing import Literal, NamedTuple

import numpy as np
from numpy.typing import NDArray

from projections.planning.chance import beyond_chance, fisher, rank_sum
from projections.planning.measures import BY_NAME, Measure, measures_of
from projections.planning.queries import Delivered
from projections.samples import FEWEST

Against = Literal["own other work", "other teams"]
Sort = Literal["strength", "weakness"]
Values = NDArray[np.float64]

FALSE_SHARE = 0.05
LEAST_DIFFERENCE = 0.2
"""Of the other side's value: what differs by less is not worth stating, however sure it is."""


class Comparison(NamedTuple):
    """A team's work of a kind beside other work, by one measure; `chance`: how probable so much is by chance alone."""

    tag: str | None
    measure: str
    against: Against
    value: float
    posts: int
    other_value: float
    other_posts: int
    chance: float


class Statement(NamedTuple):
    """A strength or a weakness: in words, and what was compared."""

    sort: Sort
    text: str
    comparison: Comparison


class Judgement(NamedTuple):
    """All that can be said of a team: `compared` counts the comparisons, `missing` says why there are not more."""

    strengths: Sequence[Statement]
    weaknesses: Sequence[Statement]
    missing: Sequence[str]
    compared: int


def judge(team: str, name: str, posts: Sequence[Delivered]) -> Judgement:
    """What can be said of a team, of the posts that it and others delivered."""
    own = [post for post in posts if post.team == team]
    others = [post for post in posts if post.team not in ("", team)]
    comparisons = list(_comparisons(own, others))
    real = beyond_chance([each.chance for each in comparisons], FALSE_SHARE)
    stated = [
        _statement(name, each)
        for each, sure in zip(comparisons, real, strict=True)
        if sure and abs(each.value - each.other_value) >= LEAST_DIFFERENCE * abs(each.other_value)
        and each.value != each.other_value
    ]  # fmt: skip
    stated.sort(key=lambda each: (each.comparison.chance, each.text))
    return Judgement(
        [each for each in stated if each.sort == "strength"],
        [each for each in stated if each.sort == "weakness"],
        list(_missing(name, own, others)),
        len(comparisons),
    )


def _comparisons(own: Sequence[Delivered], others: Sequence[Delivered]) -> Iterator[Comparison]:
    tags = _tags(own)
    tagged = {tag: (_tagged(own, tag), _tagged(others, tag)) for tag in tags}
    for measure in measures_of(own):
        ours, theirs = _values(measure, own), _values(measure, [] if measure.own_only else others)
        yield from _compared(measure, None, "other teams", ours, theirs)
        for tag in tags:
            of_kind, same = tagged[tag]
            yield from _compared(measure, tag, "own other work", ours[of_kind], ours[~of_kind])
            if not measure.own_only:
                yield from _compared(measure, tag, "other teams", ours[of_kind], theirs[same])


def _compared(
    measure: Measure, tag: str | None, against: Against, ours: Values, theirs: Values
) -> Iterator[Comparison]:
    ours, theirs = ours[~np.isnan(ours)], theirs[~np.isnan(theirs)]
    if min(len(ours), len(theirs)) < FEWEST:
        return
    if measure.kind == "share":
        chance = fisher(round(ours.sum()), len(ours), round(theirs.sum()), len(theirs))
        value, other = float(ours.mean()), float(theirs.mean())
    else:
        chance = rank_sum(ours, theirs)
        value, other = float(np.median(ours)), float(np.median(theirs))
    yield Comparison(tag, measure.name, against, value, len(ours), other, len(theirs), chance)


def _values(measure: Measure, posts: Sequence[Delivered]) -> Values:
    """What the measure says of each post; not a number where it says nothing."""
    said = (measure.of(post) for post in posts)
    return np.array([math.nan if value is None else value for value in said], dtype=np.float64)


def _tagged(posts: Sequence[Delivered], tag: str) -> NDArray[np.bool_]:
    return np.array([tag in post.tags for post in posts], dtype=np.bool_)


def _statement(name: str, found: Comparison) -> Statement:
    measure = BY_NAME[found.measure]
    better = (found.value < found.other_value) == measure.lower_is_better
    at = "" if found.tag is None else f" at {found.tag}"
    whose = "in its own other work"
    if found.against == "other teams":
        whose = "by all other teams" + ("" if found.tag is None else f" at {found.tag}")
    text = (
        f"{name} {measure.good if better else measure.bad}{at}: {measure.said.format(measure.short(found.value))} "
        f"({found.posts} posts), against {measure.short(found.other_value)} {whose} ({found.other_posts} posts)"
    )
    return Statement("strength" if better else "weakness", text, found)


def _missing(name: str, own: Sequence[Delivered], others: Sequence[Delivered]) -> Iterator[str]:
    """What there is too little of to be compared."""
    if len(own) < FEWEST:
        yield f"{name} delivered {_counted(len(own))}: from fewer than {FEWEST} nothing is said"
        return
    if len(others) < FEWEST:
        yield f"other teams delivered {_counted(len(others))}: nothing to compare {name} with"
    for tag in _tags(own):
        count = sum(tag in post.tags for post in own)
        if count < FEWEST:
            yield f"{name} delivered {_counted(count)} tagged {tag}: from fewer than {FEWEST} nothing is said"
        elif len(own) - count < FEWEST:
            yield f"{name} delivered {_counted(len(own) - count)} not tagged {tag}: no other work of its own to compare"
    for measure in measures_of(own):
        count = int((~np.isnan(_values(measure, own))).sum())
        if count < FEWEST:
            said = measure.name.replace("_", " ")
            yield f"{name} has {_counted(count)} with {measure.needs}: nothing is said of its {said}"


def _tags(posts: Sequence[Delivered]) -> list[str]:
    return sorted({tag for post in posts for tag in post.tags})


def _counted(count: int) -> str:
    return "1 post" if count == 1 else f"{count or 'no'} posts"
