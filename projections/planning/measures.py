"""By what the work of teams is compared, each a number of a delivered post. Pure."""

from collections.abc import Callable, Mapping, Sequence
from typing import Literal, NamedTuple

from projections.planning.queries import Delivered
from projections.planning.work import DAYS, POINTS
from projections.samples import FEWEST

Kind = Literal["median", "share"]


class Measure(NamedTuple):
    """One way to look at delivered posts.

    `of` gives a post's value, None where the post has none, as it lacks what the measure `needs`; of a `share` it is 0
    or 1. `short` puts a value in words, `said` has room for those, and `good` and `bad` say what it is to be better or
    worse than others.
    """

    name: str
    unit: str
    needs: str
    kind: Kind
    lower_is_better: bool
    good: str
    bad: str
    said: str
    short: Callable[[float], str]
    of: Callable[[Delivered], float | None]
    own_only: bool = False
    """Whether other teams' posts say nothing in it."""


def cycle_days(post: Delivered) -> float | None:
    """Days from first in progress to first shipped."""
    return post.cycle_days


def estimate_factor(post: Delivered) -> float | None:
    """By which factor the middle of an estimate in days was off, whichever way: 1 is exact."""
    return _off(post, DAYS, 1.0)


def slipped(post: Delivered) -> float | None:
    """Whether it slipped, of posts that were promised by a date."""
    return None if not post.due else float(post.slips > 0)


def reopened(post: Delivered) -> float | None:
    """Whether it was opened again after it was shipped."""
    return float(post.reopened > 0)


def votes(post: Delivered) -> float | None:
    """Up-votes that stand on it, of posts that are shipped still."""
    return float(post.votes) if post.kind == "shipped" else None


def points_per_day(posts: Sequence[Delivered]) -> float | None:
    """Points for each day in progress, over one team's posts; None from fewer than `FEWEST`."""
    timed = [post for post in posts if _comparable(post, POINTS)]
    if len(timed) < FEWEST:
        return None
    return sum(_middle(post) for post in timed) / sum(post.cycle_days or 0.0 for post in timed)


def measures_of(own: Sequence[Delivered]) -> Sequence[Measure]:
    """By what a team is compared; by its points only with its own pace, where that is known."""
    pace = points_per_day(own)
    if pace is None:
        return MEASURES
    points = _POINTS._replace(of=lambda post: _off(post, POINTS, pace))
    return (*MEASURES, points)


def _percent(share: float) -> str:
    return f"{100 * share:.0f} %"


def _factor(factor: float) -> str:
    return f"a factor of {factor:.2f}"


def _votes(count: float) -> str:
    return f"{count:g} {'vote' if count == 1 else 'votes'}"


MEASURES: Sequence[Measure] = (
    Measure(
        "cycle_time", "days in progress at the median", "a time in progress", "median", True, "is quicker",
        "is slower", "{} in progress at the median", lambda value: f"{value:.1f} days", cycle_days,
    ),
    Measure(
        "estimate_factor", "factor by which estimates in days are off, at the median",
        "an estimate in days and a time in progress", "median", True, "estimates better", "estimates worse",
        "estimates in days are off by {} at the median", _factor, estimate_factor,
    ),
    Measure(
        "slip_rate", "share of posts with a date that slipped", "a date", "share", True,
        "keeps its dates more often", "keeps its dates less often", "{} of what had a date slipped", _percent, slipped,
    ),
    Measure(
        "reopened_rate", "share of posts opened again after they were shipped", "a shipping", "share", True,
        "has less opened again", "has more opened again", "{} was opened again after it was shipped", _percent,
        reopened,
    ),
    Measure(
        "votes_delivered", "standing up-votes a post at the median", "shipped as its status", "median", False,
        "delivers more votes a post", "delivers fewer votes a post", "{} a post at the median", _votes, votes,
    ),
)  # fmt: skip

_POINTS = Measure(
    "points_factor", "factor by which estimates in points are off at the team's own pace, at the median",
    "an estimate in points and a time in progress", "median", True, "estimates better in points",
    "estimates worse in points", "at its own pace estimates in points are off by {} at the median", _factor,
    estimate_factor, own_only=True,
)  # fmt: skip

BY_NAME: Mapping[str, Measure] = {measure.name: measure for measure in (*MEASURES, _POINTS)}


def _off(post: Delivered, unit: str, pace: float) -> float | None:
    """By which factor an estimate was off; `pace` is how much of the unit is done in a day."""
    if not _comparable(post, unit):
        return None
    ratio = (post.cycle_days or 0.0) * pace / _middle(post)
    return max(ratio, 1 / ratio)


def _comparable(post: Delivered, unit: str) -> bool:
    return post.unit == unit and post.cycle_days is not None and post.cycle_days > 0


def _middle(post: Delivered) -> float:
    return ((post.low or 0.0) + (post.high or 0.0)) / 2
