"""Cycle time: how many days each delivered post took, from first in progress to first shipped."""

from collections.abc import Mapping, Sequence
from typing import NamedTuple

import msgspec

from events.times import Millis
from projections.clickhouse.query import Query
from projections.moments import Moment
from projections.planning.queries import (
    NOW,
    Delivered,
    Span,
    TeamRow,
    delivered_query,
    team_names_query,
)
from projections.planning.report import MOST_TEAMS
from projections.report import drawing, words
from projections.report.drawing import CATEGORIES
from projections.report.request import ReportRequest
from projections.report.section import Answers, Cell, Chart, Column, Section, Table
from projections.samples import FEWEST

TITLE = "Cycle time"
EMPTY = (
    "No post went from in progress to shipped in this year. Move posts by their status: "
    "POST /v1/posts/{post}:status, or publish a release that ships them."
)
MOST = 1000
"""Of the last delivered; a page with more dots than that shows nothing more."""

MOST_POSTS = 5000
"""Of the last delivered; more are not looked at."""

_OTHERS = "others"
_NOBODY = "no team"


class Done(NamedTuple):
    """A post that was shipped; `days` is from when it was first in progress."""

    title: str
    team: str
    shipped_at: Millis
    days: float


class Percentiles(NamedTuple):
    """Days in which half, and 85 % of `posts` were done; None where they were too few."""

    posts: int
    p50: float | None
    p85: float | None


def questions(request: ReportRequest) -> Mapping[str, Query]:
    """What was delivered in the page's weeks, and what teams are called."""
    moment = Moment(request.at) if request.past else NOW
    span = Span(request.since, request.at)
    return {
        "delivered": delivered_query(request.database, request.workspace, limit=MOST_POSTS, span=span, moment=moment),
        "team_names": team_names_query(request.database, request.workspace, moment, limit=MOST_TEAMS),
    }


def delivered(answers: Answers) -> Sequence[Delivered]:
    """What was delivered, the last first."""
    return [msgspec.convert(row, Delivered) for row in answers["delivered"]]


def team_names(answers: Answers) -> Mapping[str, str]:
    """What teams are called, by their ids."""
    return {row.team: row.name for row in (msgspec.convert(row, TeamRow) for row in answers["team_names"])}


def percentiles(taken: Sequence[float]) -> Percentiles:
    """Those of some numbers of days, by interpolation between two of them."""
    if len(taken) < FEWEST:
        return Percentiles(len(taken), None, None)
    return Percentiles(len(taken), _percentile(taken, 0.5), _percentile(taken, 0.85))


def section(request: ReportRequest, answers: Answers) -> Section:
    """The section."""
    names = team_names(answers)
    found = [
        Done(post.title, names.get(post.team, post.team), post.shipped_at, post.cycle_days)
        for post in delivered(answers)
        if post.cycle_days is not None and request.board in (None, post.board)
    ]
    if not found:
        return Section("cycle-time", TITLE, "", empty=EMPTY)
    measured = percentiles([post.days for post in found])
    return Section(
        "cycle-time", TITLE, _sentence(measured), charts=(_chart(found[:MOST], measured),), tables=(_table(found),)
    )


def _percentile(taken: Sequence[float], share: float) -> float:
    ordered = sorted(taken)
    place = share * (len(ordered) - 1)
    below = int(place)
    above = min(below + 1, len(ordered) - 1)
    return ordered[below] + (place - below) * (ordered[above] - ordered[below])


def _sentence(measured: Percentiles) -> str:
    shipped = f"{words.count(measured.posts, 'post')} {'was' if measured.posts == 1 else 'were'} shipped in a year"
    if measured.p50 is None or measured.p85 is None:
        return f"{shipped}: from fewer than {FEWEST} nothing is said of how long one takes."
    return (
        f"{shipped}. From in progress to shipped half took {words.days(measured.p50)} or less, "
        f"and 85\N{NO-BREAK SPACE}% took {words.days(measured.p85)} or less."
    )


def _chart(found: Sequence[Done], measured: Percentiles) -> Chart:
    names = _teams(found)
    values = [
        {
            "shipped": post.shipped_at,
            "days": round(post.days, 2),
            "title": words.plain(post.title),
            "team": _team(post.team, names),
        }
        for post in found
    ]
    lines = [] if measured.p50 is None or measured.p85 is None else [
        *drawing.level(measured.p85, f"85 % within {words.days(measured.p85)}"),
        *drawing.level(measured.p50, f"50 % within {words.days(measured.p50)}"),
    ]  # fmt: skip
    return Chart(
        "cycle-time",
        "Each shipped post by when it was shipped, and how many days it took; lines where half and 85 % were done.",
        "Days from in progress to shipped",
        drawing.chart(
            values,
            height=280,
            layer=[
                {
                    "mark": {"type": "circle", "size": 55, "opacity": 0.75, "tooltip": True},
                    "encoding": {
                        "x": drawing.time("shipped"),
                        "y": drawing.amount("days"),
                        "color": drawing.colours("team", names, CATEGORIES[: len(names)], legend=len(names) > 1),
                        "tooltip": [
                            drawing.tip("title", "Post", "nominal"),
                            drawing.tip("team", "Team", "nominal"),
                            drawing.tip("shipped", "Shipped", "temporal"),
                            drawing.tip("days", "Days", "quantitative", ",.1f"),
                        ],
                    },
                },
                *lines,
            ],
        ),
    )


def _teams(found: Sequence[Done]) -> Sequence[str]:
    """The teams that have a colour of their own: those that delivered most; the rest share one."""
    counts: dict[str, int] = {}
    for post in found:
        counts[post.team] = counts.get(post.team, 0) + 1
    by_count = sorted(counts, key=lambda team: (not team, -counts[team], team))
    names = [words.plain(team) or _NOBODY for team in by_count]
    return names if len(names) < len(CATEGORIES) else [*names[: len(CATEGORIES) - 2], _OTHERS]


def _team(team: str, names: Sequence[str]) -> str:
    name = words.plain(team) or _NOBODY
    return name if name in names else _OTHERS


def _table(found: Sequence[Done]) -> Table:
    return Table(
        "Delivered posts",
        (Column("Post", words=True), Column("Team", words=True), Column("Shipped"), Column("Days", number=True)),
        [
            (
                Cell(words.plain(post.title)),
                Cell(words.plain(post.team) or _NOBODY),
                Cell(words.day(post.shipped_at)),
                Cell(words.number(post.days, 1)),
            )
            for post in found[:100]
        ],
        folded=True,
    )
