"""What came of shipped posts and of teams, as it is asked for: now, or as of a moment."""

from typing import NamedTuple

from events.times import Millis
from projections.clickhouse.query import Parameter, Query
from projections.clickhouse.schema import qualify
from projections.moments import Moment
from projections.quality import outcomes
from projections.quality.moments import asked_of


class PostQuality(NamedTuple):
    """What came of a post after it was first shipped. The mean of fewer than `FEWEST` ratings is None."""

    post: str
    title: str
    board: str
    team: str
    shipped_at: Millis
    reopened: int
    down_votes_after: int
    complaints: int
    defects: int
    escaped_defects: int
    ratings: int
    mean_rating: float | None


class TeamQuality(NamedTuple):
    """What came of a team's shipped posts. Of fewer than `FEWEST` no share or mean is stated: None."""

    team: str
    shipped_posts: int
    posts_with_escaped: int
    escaped_defect_rate: float | None
    escaped_defects: int
    defects: int
    posts_reopened: int
    reopened_rate: float | None
    down_votes_after: int
    complaints: int
    ratings: int
    mean_rating: float | None


class DefectRow(NamedTuple):
    """A post that says what is wrong with another one; it escaped if it was found after that one was first shipped."""

    post: str
    defect: str
    found_at: Millis
    escaped: bool


class Shipped(NamedTuple):
    """Which shipped posts: of a board or team, first shipped from a moment on and before another one; None: any."""

    board: str | None = None
    team: str | None = None
    since: Millis | None = None
    until: Millis | None = None


def post_quality_query(
    database: str, workspace: str, moment: Moment, which: Shipped, *, limit: int,
    after: tuple[Millis, str] | None = None,
) -> Query:  # fmt: skip
    """What came of shipped posts, the one shipped last first; rows of `PostQuality`."""
    parameters: dict[str, Parameter] = {"workspace": workspace, "limit": limit}
    posts = _shipped(moment, which, parameters)
    where = "1"
    if after is not None:
        where = "(-shipped, post) > (-{last:Int64}, {last_post:String})"
        parameters |= {"last": after[0], "last_post": after[1]}
    sql = f"""SELECT post, title, board, team, shipped, reopened, down_votes_after, complaints, defects,
  escaped_defects, ratings, mean_rating
FROM (SELECT *, toUnixTimestamp64Milli(shipped_at) AS shipped FROM ({posts}))
WHERE {where} ORDER BY shipped DESC, post LIMIT {{limit:UInt32}}"""
    return Query(qualify(sql, database), parameters)


def team_quality_query(
    database: str, workspace: str, moment: Moment, which: Shipped, *, limit: int, after: str | None = None
) -> Query:
    """What came of the shipped posts of each team, by team, those of no team first; rows of `TeamQuality`."""
    parameters: dict[str, Parameter] = {"workspace": workspace, "limit": limit}
    teams = outcomes.team_quality(_shipped(moment, which, parameters))
    where = "1"
    if after is not None:
        where, parameters["last"] = "team > {last:String}", after
    sql = f"""SELECT team, shipped_posts, posts_with_escaped, escaped_defect_rate, escaped, all_defects, posts_reopened,
  reopened_rate, down_votes, all_complaints, all_ratings, rating
FROM ({teams}) WHERE {where} ORDER BY team LIMIT {{limit:UInt32}}"""
    return Query(qualify(sql, database), parameters)


def defects_query(
    database: str, workspace: str, moment: Moment, *, limit: int, post: str | None = None,
    after: tuple[Millis, str, str] | None = None,
) -> Query:  # fmt: skip
    """Defects, the one found last first; rows of `DefectRow`."""
    parameters: dict[str, Parameter] = {"workspace": workspace, "limit": limit}
    where = ["1"]
    if post is not None:
        where.append("post = {post:String}")
        parameters["post"] = post
    if after is not None:
        where.append("(-found, post, defect) > (-{last:Int64}, {last_post:String}, {last_defect:String})")
        parameters |= {"last": after[0], "last_post": after[1], "last_defect": after[2]}
    defects = outcomes.defects(asked_of(moment, parameters))
    sql = f"""SELECT post, defect, found, escaped
FROM (SELECT post, defect, escaped, toUnixTimestamp64Milli(found_at) AS found FROM ({defects}))
WHERE {" AND ".join(where)} ORDER BY found DESC, post, defect LIMIT {{limit:UInt32}}"""
    return Query(qualify(sql, database), parameters)


def _shipped(moment: Moment, which: Shipped, parameters: dict[str, Parameter]) -> str:
    where = ["1"]
    for name, value, condition in (
        ("board", which.board, "board = {board:String}"),
        ("team", which.team, "team = {team:String}"),
        ("since", which.since, "shipped_at >= fromUnixTimestamp64Milli({since:Int64}, 'UTC')"),
        ("until", which.until, "shipped_at < fromUnixTimestamp64Milli({until:Int64}, 'UTC')"),
    ):
        if value is not None:
            where.append(condition)
            parameters[name] = value
    posts = outcomes.post_quality(asked_of(moment, parameters))
    return f"SELECT * FROM ({posts}) WHERE {' AND '.join(where)}"
