"""The stable views `rank_history(...)` and `ranking_movement(since)`, for analysts; both are by `top`."""

from events.times import DAY
from projections.clickhouse.schema import StableView
from projections.posts.filters import PostFilter
from projections.ranking import steps
from projections.ranking.columns import Parameters
from projections.ranking.formulas import TOP
from projections.ranking.points import Points

_SINCE = "{since:DateTime64(3, 'UTC')}"
_FIRST = "toUnixTimestamp64Milli(toDateTime64({begin:Date}, 3, 'UTC'))"
_LAST = f"({_FIRST} + ({{days:UInt32}} - 1) * {DAY})"


def _places() -> str:
    """The query of `rank_history`, whose moments are the view's parameters."""
    bound: Parameters = {}
    points = Points.between(0, 0, "day")
    places = steps.places(PostFilter(), TOP, points, bound)
    sql = f"""SELECT {{workspace:String}} AS workspace, {{post:String}} AS post, {{begin:Date}} + point AS day,
  rank, among, value AS score
FROM ({places}) ORDER BY day"""
    for name, expression in (
        ("{first:Int64}", _FIRST), ("{last:Int64}", _LAST), ("{points:UInt32}", "{days:UInt32}"),
    ):  # fmt: skip
        sql = sql.replace(name, expression)
    return sql


def _placed(source: str) -> str:
    return f"""SELECT workspace, post, title, board, score,
    row_number() OVER (PARTITION BY workspace ORDER BY score DESC, created_at, post) AS rank
  FROM {source}"""


VIEWS = (
    StableView("rank_history", _places()),
    StableView(
        "ranking_movement",
        f"""SELECT if(now.rank != 0, now.workspace, before.workspace) AS workspace,
  if(now.rank != 0, now.board, before.board) AS board, if(now.rank != 0, now.post, before.post) AS post,
  if(now.rank != 0, now.title, before.title) AS title,
  nullIf(now.rank, 0) AS rank, nullIf(before.rank, 0) AS rank_before,
  toInt64(rank_before) - toInt64(rank) AS moved,
  if(now.rank = 0, NULL, now.score) AS score, if(before.rank = 0, NULL, before.score) AS score_before
FROM (
  {_placed("<ranking>")}
) AS now
FULL OUTER JOIN (
  {_placed(f"<ranking_as_of>(at = {_SINCE})")}
) AS before ON before.workspace = now.workspace AND before.post = now.post""",
    ),
)
