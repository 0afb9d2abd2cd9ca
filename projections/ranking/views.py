"""The stable views `ranking` and `ranking_as_of(at)`, for analysts."""

from projections.clickhouse.schema import StableView
from projections.ranking import tallies

_COLUMNS = """posts.workspace AS workspace, posts.board AS board, posts.post AS post, posts.title AS title,
  posts.status AS status, posts.kind AS kind, toInt64(tally.up) - toInt64(tally.down) AS score,
  tally.up AS up, tally.down AS down,
  tally.up + tally.down AS voters, tally.importance AS importance, tally.trend AS trend,
  posts.created_at AS created_at, nullIf(tally.last_vote_at, toDateTime64(0, 3, 'UTC')) AS last_vote_at"""

POSTS_AS_OF = """SELECT * FROM (
  SELECT * FROM <post_history> WHERE {where} AND occurred_at <= {at}{known}
  ORDER BY workspace, post, occurred_at DESC, revision DESC LIMIT 1 BY workspace, post
) WHERE NOT deleted"""
"""What posts said at a moment. Those that were deleted then did not show."""

_LISTED = "NOT posts.archived AND posts.merged_into = ''"

_AT = "{at:DateTime64(3, 'UTC')}"


VIEWS = (
    StableView(
        "ranking",
        f"""SELECT {_COLUMNS}
FROM <posts> AS posts
LEFT JOIN (
{tallies.live()}
) AS tally ON tally.workspace = posts.workspace AND tally.post = posts.post
WHERE {_LISTED}""",
    ),
    StableView(
        "ranking_as_of",
        f"""SELECT {_COLUMNS}
FROM (
{POSTS_AS_OF.format(where="1", at=_AT, known="")}
) AS posts
LEFT JOIN (
{tallies.as_of(_AT)}
) AS tally ON tally.workspace = posts.workspace AND tally.post = posts.post
WHERE {_LISTED}""",
    ),
)
