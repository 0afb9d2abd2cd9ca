"""What came of shipped posts: defects that escaped, reopened, complaints, down-votes, and what their voters say."""

from collections.abc import Mapping, Sequence
from typing import NamedTuple

import msgspec

from events.times import Millis
from projections.clickhouse.query import Query
from projections.moments import AT, WORKSPACE
from projections.planning.asked import Asked
from projections.quality.outcomes import post_quality, team_quality
from projections.report import cycle, words
from projections.report.request import SINCE, ReportRequest
from projections.report.section import Answers, Cell, Column, Section, Table
from projections.samples import FEWEST

TITLE = "Quality after shipping"
EMPTY = (
    "Nothing was shipped in this year. Once something is, link its defects with "
    "PUT /v1/posts/{post}/defects/{defect}, and ask its voters with GET /v1/persons/{person}/questions."
)
SHOWN = 10
POOR = 3.0
"""A mean rating below this is worth a look, of 5."""

MOST_TEAMS = 50

_TROUBLE = "escaped_defects + reopened + complaints"
_POST = f"""(-({_TROUBLE}), -down_votes_after, -toUnixTimestamp64Milli(shipped_at), post,
    (title, team, toUnixTimestamp64Milli(shipped_at), reopened, escaped_defects, complaints, down_votes_after, ratings,
    mean_rating))"""
"""A post as it is sorted, the most trouble first, and then what is told of it."""

_TEAM = """team, shipped_posts, posts_with_escaped, escaped_defect_rate, posts_reopened, reopened_rate, down_votes,
  all_complaints, all_ratings, rating"""


class TeamOutcome(NamedTuple):
    """What a team's shipped posts came to; rates and means are None from too few."""

    team: str
    shipped: int
    with_escaped: int
    escaped_rate: float | None
    reopened: int
    reopened_rate: float | None
    down_votes: int
    complaints: int
    ratings: int
    rating: float | None


class PostOutcome(NamedTuple):
    """What came of a shipped post."""

    title: str
    team: str
    shipped_at: Millis
    reopened: int
    escaped: int
    complaints: int
    down_votes: int
    ratings: int
    rating: float | None


_Sorted = tuple[int, int, int, str, PostOutcome]


def questions(request: ReportRequest) -> Mapping[str, Query]:
    """Of what was shipped in the page's weeks: by team, and with each the posts of all that need a look."""
    asked = Asked(f"{WORKSPACE} AND {request.posts_on_board()}", AT if request.past else None)
    posts = f"SELECT * FROM ({post_quality(asked)}) WHERE shipped_at > {SINCE}"
    poor = f"{_TROUBLE} > 0 OR ifNull(mean_rating < {POOR}, false)"
    worst = f"arraySlice(arraySort(groupArrayIf({_POST}, {poor})), 1, {SHOWN}) AS worst"
    teams = team_quality(posts, f",\n  {worst}")
    return {
        "team_names": cycle.questions(request)["team_names"],
        "quality": request.query(f"""SELECT {_TEAM},
  arraySlice(arraySort(arrayFlatten(groupArray(worst) OVER ())), 1, {SHOWN}) AS worst_of_all
FROM ({teams}) ORDER BY team != '' DESC, shipped_posts DESC, team LIMIT {MOST_TEAMS}"""),
    }


def section(request: ReportRequest, answers: Answers) -> Section:
    """The section."""
    teams = [msgspec.convert(row[:-1], TeamOutcome) for row in answers["quality"]]
    if not teams:
        return Section("quality", TITLE, "", empty=EMPTY)
    posts = [each[-1] for each in msgspec.convert(answers["quality"][0][-1], list[_Sorted])]
    names = cycle.team_names(answers)
    return Section(
        "quality",
        TITLE,
        _sentence(teams),
        tables=[_team_table(teams, names), *([_post_table(posts, names)] if posts else [])],
        note="Of what was shipped in the last year. A defect escaped if it was found after the post was shipped; "
        f"down-votes and complaints count from then on. From fewer than {FEWEST} no rate or mean is stated.",
        wide=True,
    )


def _sentence(teams: Sequence[TeamOutcome]) -> str:
    shipped, escaped, reopened, complaints, ratings = (
        sum(getattr(team, name) for team in teams)
        for name in ("shipped", "with_escaped", "reopened", "complaints", "ratings")
    )
    said = f"Of {words.count(shipped, 'shipped post')} {words.none(escaped)} had a defect that customers found"
    said += f", {words.none(reopened)} {'was' if reopened == 1 else 'were'} reopened"
    said += f", and {words.none(complaints, 'no')} {'complaint' if complaints == 1 else 'complaints'} came in. "
    if ratings < FEWEST:
        return f"{said}From {words.none(ratings, 'no')} {'rating' if ratings == 1 else 'ratings'} no mean is stated."
    rated = sum((team.rating or 0.0) * team.ratings for team in teams if team.rating is not None)
    among = sum(team.ratings for team in teams if team.rating is not None)
    if not among:
        return f"{said}No team has enough of the {words.count(ratings, 'rating')} for a mean."
    return f"{said}Voters rate it {words.number(rated / among, 1)} of 5, from {words.count(among, 'rating')}."


def _team_table(teams: Sequence[TeamOutcome], names: Mapping[str, str]) -> Table:
    columns = (
        Column("Team", words=True), Column("Shipped", number=True), Column("Escaped defects", number=True),
        Column("Reopened", number=True), Column("Complaints", number=True, minor=True),
        Column("Down-votes", number=True, minor=True), Column("Rating", number=True),
    )  # fmt: skip
    rows = [
        (
            Cell(_team(team.team, names)),
            Cell(words.number(team.shipped)),
            _rate(team.escaped_rate, team.with_escaped),
            _rate(team.reopened_rate, team.reopened),
            Cell(words.number(team.complaints)),
            Cell(words.number(team.down_votes)),
            _rating(team.rating, team.ratings),
        )
        for team in teams
    ]
    return Table("What shipped posts came to, by team", columns, rows)


def _post_table(posts: Sequence[PostOutcome], names: Mapping[str, str]) -> Table:
    columns = (
        Column("Post", words=True), Column("Team", minor=True, words=True), Column("Shipped", minor=True),
        Column("Escaped defects", number=True), Column("Reopened", number=True),
        Column("Complaints", number=True), Column("Down-votes", number=True, minor=True),
        Column("Rating", number=True, minor=True),
    )  # fmt: skip
    rows = [
        (
            Cell(words.plain(post.title)),
            Cell(_team(post.team, names)),
            Cell(words.day(post.shipped_at)),
            *(Cell(words.number(count)) for count in (post.escaped, post.reopened, post.complaints, post.down_votes)),
            _rating(post.rating, post.ratings),
        )
        for post in posts
    ]
    return Table("Shipped posts that need a look", columns, rows)


def _team(team: str, names: Mapping[str, str]) -> str:
    return words.plain(names.get(team, team)) or "no team"


def _rate(rate: float | None, count: int) -> Cell:
    return Cell(words.number(count)) if rate is None else Cell(words.share(rate), under=words.number(count))


def _rating(rating: float | None, count: int) -> Cell:
    return Cell(words.NOTHING if rating is None else words.number(rating, 1), under=f"of {count}" if count else "")
