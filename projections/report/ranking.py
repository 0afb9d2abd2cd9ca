"""What is wanted most of all that is not done, and how that moved since a quarter ago."""

from collections.abc import Mapping, Sequence
from typing import NamedTuple

import msgspec

from projections.clickhouse.query import Query
from projections.moments import AT, WORKSPACE
from projections.report import words
from projections.report.drawing import KIND_NAMES
from projections.report.request import BEFORE, ReportRequest
from projections.report.section import Answers, Cell, Column, Section, Table, Tone

TITLE = "Ranking"
EMPTY = "Nothing is open, planned or in progress. Posts stand here once they are submitted with POST /v1/posts."
SHOWN = 12

_WANTED = "kind NOT IN ('shipped', 'declined')"


class Ranked(NamedTuple):
    """A post in its place. `was` is its place a quarter ago, None where it was not there or not open then."""

    rank: int
    post: str
    title: str
    kind: str
    score: int
    was: int | None
    score_was: int
    among: int


def questions(request: ReportRequest) -> Mapping[str, Query]:
    """The first places, each with that of a quarter ago."""

    def placed(view: str) -> str:
        return f"""SELECT row_number() OVER (ORDER BY score DESC, created_at, post) AS place, post, title, kind, score,
    count() OVER () AS among
  FROM {view} WHERE {WORKSPACE} AND {request.on_board()} AND {_WANTED}"""

    return {
        "ranking": request.query(f"""SELECT now.place, now.post, now.title, now.kind, now.score,
  if(was.post = '', NULL, was.place), was.score, now.among
FROM ({placed(f"<ranking_as_of>(at = {AT})" if request.past else "<ranking>")}) AS now
LEFT JOIN ({placed(f"<ranking_as_of>(at = {BEFORE})")}) AS was ON was.post = now.post
ORDER BY now.place LIMIT {SHOWN}""")
    }


def ranked(answers: Answers) -> Sequence[Ranked]:
    """The first places."""
    return [msgspec.convert(row, Ranked) for row in answers["ranking"]]


def section(request: ReportRequest, answers: Answers) -> Section:
    """The section."""
    posts = ranked(answers)
    if not posts:
        return Section("ranking", TITLE, "", empty=EMPTY)
    return Section(
        "ranking",
        TITLE,
        _sentence(posts),
        tables=(_table(posts),),
        tall=True,
        note="By up-votes less down-votes, among posts that are open, planned or in progress; moves are against "
        f"{words.day(request.before)}.",
    )


def _sentence(posts: Sequence[Ranked]) -> str:
    first = posts[0]
    said = f"{words.quoted(first.title)} leads {words.count(first.among, 'post')} with {_score(first)}"
    climbers = [post for post in posts if post.was is not None and post.was > post.rank]
    if climbers:
        most = max(climbers, key=lambda post: ((post.was or 0) - post.rank, -post.rank))
        said += f"; {words.quoted(most.title)} climbed most, from {words.number(most.was or 0)} to {most.rank}"
    new = sum(post.was is None for post in posts)
    if new:
        said += f"; {words.number(new)} of the first {len(posts)} {'is' if new == 1 else 'are'} new since a quarter ago"
    return f"{said}."


def _score(post: Ranked) -> str:
    return f"a score of {words.number(post.score)}"


def _table(posts: Sequence[Ranked]) -> Table:
    most = max(1, *(post.score for post in posts))
    rows = [
        (
            Cell(str(post.rank)),
            Cell(*_movement(post)),
            Cell(words.plain(post.title), under=KIND_NAMES[post.kind] if post.kind != "open" else ""),
            Cell("", share=max(0, post.score) / most),
            Cell(words.number(post.score)),
            Cell(words.signed(post.score - post.score_was)),
        )
        for post in posts
    ]
    columns = (
        Column("Rank", number=True), Column("Moved"), Column("Post", words=True), Column("", minor=True),
        Column("Score", number=True), Column("In 13 weeks", number=True, minor=True),
    )  # fmt: skip
    return Table("The ranking, with its movement since a quarter ago", columns, rows)


def _movement(post: Ranked) -> tuple[str, Tone]:
    if post.was is None:
        return "new", "quiet"
    if post.was == post.rank:
        return "=", "quiet"
    up = post.was > post.rank
    return f"{'▲' if up else '▼'}\N{NO-BREAK SPACE}{abs(post.was - post.rank)}", "good" if up else "bad"
