"""What metrics read of posts: which there are, how they stood, when they were answered, shipped, and left a status."""

from projections.metrics.frame import FAR, NEVER, Frame
from projections.planning import passages
from projections.ranking.views import POSTS_AS_OF

_WHOLE = "ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING"
_SO_FAR = "ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW"

KIND = "if(deleted OR (archived AND kind != 'shipped'), 'away', toString(kind))"
"""What a post counts as: an archived one only where it is shipped, a deleted one not at all."""


def posts(frame: Frame) -> str:
    """Posts that were not deleted at the moment: workspace, post, created_at, start (of that), merged_into."""
    there = POSTS_AS_OF.format(where=f"{frame.where}{frame.posts}", at=frame.at, known=frame.known)
    return f"""SELECT workspace, post, created_at, {frame.start("created_at")} AS start, merged_into FROM (
{there}
)"""


def post_standings(frame: Frame) -> str:
    """How posts stood: workspace, post, kind, at the ends of the periods from `since` to the last before `until`."""
    return _standings(frame, KIND)


def unmerged_standings(frame: Frame) -> str:
    """`post_standings` without the time for which a post was away, or merged into another one."""
    return f"""SELECT workspace, post, kind, since, until FROM (
{_standings(frame, f"if(merged_into != '', 'away', {KIND})")}
) WHERE kind != 'away'"""


def kind_stays(frame: Frame) -> str:
    """Stays in a kind of status that ended: workspace, post, kind, days, start (of the period that it ended in)."""
    over = "PARTITION BY workspace, post ORDER BY since, revision"
    return f"""SELECT stay.workspace AS workspace, stay.post AS post, stay.kind AS kind,
  {passages.days("stay.since", "stay.next")} AS days, {frame.start("stay.next")} AS start
FROM (
  SELECT *, leadInFrame(since) OVER ({over} {_WHOLE}) AS next
  FROM (
    SELECT *, lagInFrame(kind) OVER ({over} {_SO_FAR}) AS kind_before
    FROM (
      SELECT workspace, post, toString(kind) AS kind, since, revision
      FROM <status_history> WHERE {frame.asked.until("since")}
    )
  ) WHERE kind != kind_before
) AS stay
INNER JOIN posts AS post ON post.workspace = stay.workspace AND post.post = stay.post
WHERE stay.next != {NEVER}"""


def house(frame: Frame) -> str:
    """Who is of the house: workspace, person. Whoever wrote an internal note, or decided on a status."""
    return f"""SELECT workspace, author AS person FROM <comment_history>
WHERE {frame.of_all.until("occurred_at")} AND internal
UNION DISTINCT
SELECT workspace, actor AS person FROM <status_history> WHERE {frame.of_all.until("since")} AND revision > 1"""


def answers(frame: Frame) -> str:
    """The first answer of the house to each post: workspace, post, answered_at.

    A decision on its status, an official answer, a public comment of the house, or its merge into another post.
    """
    happened = frame.asked.until("occurred_at")
    return f"""SELECT workspace, post, min(at) AS answered_at FROM (
  SELECT workspace, post, since AS at FROM <status_history> WHERE {frame.asked.until("since")} AND revision > 1
  UNION ALL
  SELECT workspace, post, occurred_at AS at FROM <post_history> WHERE {happened} AND change = 'merged'
  UNION ALL
  SELECT workspace, post, occurred_at AS at FROM <answer_history> WHERE {happened} AND comment != ''
  UNION ALL
  SELECT workspace, post, occurred_at AS at FROM <comment_history>
  WHERE {happened} AND change = 'written' AND NOT internal
    AND (workspace, author) IN (SELECT workspace, person FROM house)
) GROUP BY workspace, post"""


def answered_posts(frame: Frame) -> str:
    """Posts with their first answer: workspace, post, created (its start), answered (its start), days, is_answered."""
    return f"""SELECT post.workspace AS workspace, post.post AS post, post.start AS created,
  answer.answered_at != {NEVER} AS is_answered, {frame.start("answer.answered_at")} AS answered,
  greatest({passages.days("post.created_at", "answer.answered_at")}, 0.) AS days
FROM posts AS post
LEFT JOIN answers AS answer ON answer.workspace = post.workspace AND answer.post = post.post"""


def deliveries(frame: Frame) -> str:
    """Posts that were shipped, when they first were; those that were merged into others are not among them.

    workspace, post, started (1970 where it never was in progress before), shipped_at, start (of that), cycle_days (null
    there), lead_days, reopened (how often it left shipped).
    """
    cycle = f"if(went.started = {NEVER}, NULL, {passages.days('went.started', 'went.shipped_at')})"
    return f"""SELECT went.workspace AS workspace, went.post AS post, went.started AS started,
  went.shipped_at AS shipped_at, {frame.start("went.shipped_at")} AS start, {cycle} AS cycle_days,
  greatest({passages.days("post.created_at", "went.shipped_at")}, 0.) AS lead_days, went.reopened AS reopened
FROM (
{passages.shipped(frame.asked)}
) AS went
INNER JOIN posts AS post ON post.workspace = went.workspace AND post.post = went.post
WHERE post.merged_into = ''"""


def _standings(frame: Frame, kind: str) -> str:
    over = "PARTITION BY workspace, post ORDER BY occurred_at, revision"
    return f"""SELECT workspace, post, kind, {frame.start("occurred_at")} AS since,
  if(next = {NEVER}, {FAR}, {frame.start("next")}) AS until
FROM (
  SELECT *, leadInFrame(occurred_at) OVER ({over} {_WHOLE}) AS next
  FROM (
    SELECT *, lagInFrame(kind) OVER ({over} {_SO_FAR}) AS kind_before
    FROM (
      SELECT workspace, post, occurred_at, revision, {kind} AS kind
      FROM <post_history> WHERE {frame.asked.until("occurred_at")}
    )
  ) WHERE kind != kind_before
) WHERE since < until"""
