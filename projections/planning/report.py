"""What is told of teams: their work as a table, what they are better and worse at, and what cannot be said. Pure."""

from collections.abc import Sequence
from typing import NamedTuple

from events.times import DAY, Millis
from projections.planning.queries import Delivered, Span, TeamRow, TeamWork
from projections.planning.strengths import Judgement, judge
from projections.samples import FEWEST

MOST_TEAMS = 200
MOST_KINDS = 5000
"""How many rows of teams by tags."""
MOST_POSTS = 20_000
"""Of more delivered posts at once nothing is told: a shorter period is to be asked for."""

_WEEK: Millis = 7 * DAY


class Kind(NamedTuple):
    """A team's work of a kind (all of it where `work.tag` is empty); `per_week` is None from too few posts."""

    work: TeamWork
    per_week: float | None


class TeamReport(NamedTuple):
    """All that is told of a team; the first of its kinds is all its work, if there is any."""

    team: str
    name: str
    kinds: Sequence[Kind]
    judgement: Judgement


class TeamsReport(NamedTuple):
    """All that is told of teams; `without_team` counts the delivered posts that were nobody's."""

    teams: Sequence[TeamReport]
    posts: int
    without_team: int


def report(
    names: Sequence[TeamRow],
    work: Sequence[TeamWork],
    posts: Sequence[Delivered],
    span: Span,
    now: Millis,
    team: str | None = None,
) -> TeamsReport:
    """Tell of every team that is there or has delivered something, or of one of them.

    `posts` are those of all teams within the span, which is open to `now` where it has no end.
    """
    called = {row.team: row.name for row in names}
    there = {row.team for row in names if not row.removed} | {row.team for row in work}
    end = now if span.end is None else min(span.end, now)
    told = []
    for each in sorted(there if team is None else there & {team}):
        own = [row for row in work if row.team == each]
        begin = span.begin if span.begin is not None else min((row.first_shipped_at for row in own), default=end)
        kinds = [Kind(row, _per_week(row.throughput, end - begin)) for row in own]
        name = called.get(each, each)
        told.append(TeamReport(each, name, kinds, judge(each, name, posts)))
    return TeamsReport(told, len(posts), sum(not post.team for post in posts))


def _per_week(posts: int, span: Millis) -> float | None:
    """Posts a week, from a whole week on."""
    return None if posts < FEWEST or span < _WEEK else posts * _WEEK / span
