"""What stands on roadmaps since when, and what its votes came to then and come to now, as SQL.

An item that was placed by hand stands there since it was placed last; a post on a roadmap by status, since it came
into one of that roadmap's statuses and has left them no more. Its score then is that of the months before, and of the
changes of that moment's own month.
"""

from projections.ranking import tallies
from projections.roadmaps import standing

_NEVER = "toDateTime64(0, 3, 'UTC')"


def drift(*, where: str = "1", roadmap: str = "1") -> str:
    """The columns of the view `roadmap_drift`; `where` is a condition on the workspace, `roadmap` on the roadmap."""
    stands = f"({stood(where=where, roadmap=roadmap)})"
    return f"""SELECT stands.workspace AS workspace, stands.roadmap AS roadmap, stands.post AS post,
  stands.placed_at AS placed_at, placed.score AS score_placed, toInt64(tally.up) - toInt64(tally.down) AS score,
  score - score_placed AS change, if(score_placed > 0, change / score_placed, NULL) AS share
FROM {stands} AS stands
LEFT JOIN ({_score_placed(stands, where)}) AS placed
  ON placed.workspace = stands.workspace AND placed.roadmap = stands.roadmap AND placed.post = stands.post
LEFT JOIN ({tallies.live(where=where)}) AS tally
  ON tally.workspace = stands.workspace AND tally.post = stands.post"""


def stood(*, where: str = "1", roadmap: str = "1") -> str:
    """What stands on roadmaps: workspace, roadmap, post, placed_at."""
    of = f"{where} AND {roadmap}"
    heads, places = standing.heads(where=of), standing.places(where=of)
    by_hand = standing.words(where=f"{where} AND post IN (SELECT post FROM ({places}))")
    shown = "SELECT arrayJoin(arrayFlatten(arrayMap(part -> part.3, parts)))"
    in_column = standing.words(where=f"{where} AND status IN ({shown} FROM ({heads}) WHERE by = 'status')")
    on_it = "post IN (SELECT post FROM by_status)"
    return f"""SELECT stands.workspace AS workspace, stands.roadmap AS roadmap, stands.post AS post,
  max(was.since) AS placed_at
FROM (
  SELECT workspace, roadmap, post FROM ({standing.by_hand(heads, places, by_hand)}) WHERE NOT deleted
) AS stands
INNER JOIN (SELECT workspace, roadmap, post, since FROM <roadmap_history> WHERE {of} AND change = 'placed') AS was
  ON was.workspace = stands.workspace AND was.roadmap = stands.roadmap AND was.post = stands.post
GROUP BY workspace, roadmap, post
UNION ALL
SELECT * FROM (
  WITH by_status AS (
    SELECT wrote.workspace AS workspace, head.roadmap AS roadmap, wrote.post AS post,
      arrayFlatten(arrayMap(part -> part.3, head.parts)) AS statuses
    FROM ({in_column}) AS wrote
    JOIN ({heads}) AS head ON head.workspace = wrote.workspace
    WHERE head.by = 'status' AND NOT wrote.archived AND wrote.merged_into = '' AND has(statuses, wrote.status)
  )
  SELECT stands.workspace AS workspace, stands.roadmap AS roadmap, stands.post AS post,
    ifNull(maxIf(was.until, NOT has(stands.statuses, was.status)), min(was.since)) AS placed_at
  FROM by_status AS stands
  INNER JOIN (SELECT workspace, post, status, since, until FROM <status_history> WHERE {where} AND {on_it}) AS was
    ON was.workspace = stands.workspace AND was.post = stands.post
  GROUP BY workspace, roadmap, post
)"""


def _score_placed(stands: str, where: str) -> str:
    """What the votes of each item came to when it was placed: workspace, roadmap, post, score.

    Of the changes, only those of the months are read in which something was placed.
    """
    month = "toStartOfMonth(stands.placed_at)"
    return f"""SELECT stands.workspace AS workspace, stands.roadmap AS roadmap, stands.post AS post, sum(net) AS score
FROM (
  SELECT workspace, post, toInt64(up) - toInt64(down) AS net, month, {_NEVER} AS occurred_at
  FROM <tally_periods> WHERE {where} AND post IN (SELECT post FROM {stands})
  UNION ALL
  SELECT workspace, post, toInt64(value_after) - toInt64(value_before) AS net, toStartOfMonth(occurred_at) AS month,
    occurred_at
  FROM <vote_timeline> WHERE {where}
    AND (workspace, post, toYYYYMM(occurred_at)) IN (SELECT workspace, post, toYYYYMM(placed_at) FROM {stands})
) AS change
INNER JOIN {stands} AS stands ON stands.workspace = change.workspace AND stands.post = change.post
WHERE if(change.occurred_at = {_NEVER}, change.month < {month},
  change.month = {month} AND change.occurred_at <= stands.placed_at)
GROUP BY workspace, roadmap, post"""
