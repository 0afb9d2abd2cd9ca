"""Which demand serves which goal, as SQL: the posts that count, what stands behind them, and each goal's share.

Demand is standing up-votes on posts that are listed: neither merged, archived nor deleted, and not declined. A post
that serves several goals is split among them by the weights of its links, so that all shares of a post come to one.
What a merged post serves, its root serves; by the larger weight where both serve the same goal.
"""

from projections.goals import standing
from projections.goals.standing import Source
from projections.ranking import tallies

KINDS = ("open", "planned", "in_progress", "shipped")
"""The kinds of status that demand is told apart by."""

_LISTED = "NOT archived AND merged_into = '' AND kind != 'declined'"
_SAYS = "workspace, post, title, board, status, kind, created_at"
_LONGEST_WAY = 1000

SERVES = "goal.state = 'open' OR (goal.state IN ('achieved', 'missed') AND listed.kind = 'shipped')"
"""When a link counts: while its goal is open, and after that for what was shipped. A dropped goal has nothing."""


def listed(source: Source, extra: str = "1") -> str:
    """The posts that count, with what stands behind them: their words, `up` and `importance`."""
    return f"""SELECT said.workspace AS workspace, said.post AS post, said.title AS title, said.board AS board,
  said.status AS status, said.kind AS kind, said.created_at AS created_at, tally.up AS up,
  tally.importance AS importance
FROM ({_posts(source, extra)}) AS said
LEFT JOIN ({_tally(source, extra)}) AS tally ON tally.workspace = said.workspace AND tally.post = said.post"""


def shares(source: Source, extra: str = "1") -> str:
    """Each goal's share of each post that serves it: the columns of the view `goal_posts`."""
    return f"""SELECT workspace, goal, post, status, kind, weight,
  weight / sum(weight) OVER (PARTITION BY workspace, post) AS share, up, importance
FROM (
  SELECT served.workspace AS workspace, served.goal AS goal, served.post AS post, listed.status AS status,
    listed.kind AS kind, served.weight AS weight, listed.up AS up, listed.importance AS importance
  FROM ({served(source)}) AS served
  INNER JOIN ({standing.goals(source)}) AS goal
    ON goal.workspace = served.workspace AND goal.goal = served.goal
  INNER JOIN ({listed(source, extra)}) AS listed
    ON listed.workspace = served.workspace AND listed.post = served.post
  WHERE {SERVES}
)"""


def served(source: Source) -> str:
    """Which posts serve which goals, roots for those that are merged into them: workspace, goal, post, weight."""
    return f"""SELECT link.workspace AS workspace, link.goal AS goal, max(toUInt32(link.weight)) AS weight,
  if(up.root = '', link.post, up.root) AS post
FROM ({standing.links(source)}) AS link
LEFT JOIN ({roots(source)}) AS up ON up.workspace = link.workspace AND up.post = link.post
GROUP BY workspace, goal, post"""


def roots(source: Source) -> str:
    """The post that counts for each one that is merged, however many merges away: workspace, post, root."""
    merged = _merged(source)
    return f"""WITH RECURSIVE up AS (
  SELECT workspace, post, merged_into AS root, toUInt32(1) AS depth FROM ({merged})
  UNION ALL
  SELECT up.workspace AS workspace, up.post AS post, further.merged_into AS root, toUInt32(up.depth + 1) AS depth
  FROM up INNER JOIN ({merged}) AS further ON further.workspace = up.workspace AND further.post = up.root
  WHERE up.depth < {_LONGEST_WAY}
)
SELECT workspace, post, argMax(root, depth) AS root FROM up GROUP BY workspace, post"""


def _posts(source: Source, extra: str) -> str:
    if not source.at:
        return f"SELECT {_SAYS} FROM <posts> WHERE {source.where} AND {extra} AND {_LISTED}"
    return f"SELECT {_SAYS} FROM ({_words(source, extra)}) WHERE NOT deleted AND {_LISTED}"


def _merged(source: Source) -> str:
    if not source.at:
        return f"SELECT workspace, post, merged_into FROM <posts> WHERE {source.where} AND merged_into != ''"
    return f"SELECT workspace, post, merged_into FROM ({_words(source)}) WHERE merged_into != ''"


def _words(source: Source, extra: str = "1") -> str:
    return f"""SELECT {_SAYS}, merged_into, archived, deleted FROM <post_history> WHERE {source.past()} AND {extra}
ORDER BY workspace, post, occurred_at DESC, revision DESC LIMIT 1 BY workspace, post"""


def _tally(source: Source, extra: str) -> str:
    where = f"{source.where} AND {extra}"
    if not source.at:
        return tallies.live(where=where)
    if not source.known_at:
        return tallies.as_of(source.at, where=where)
    return tallies.as_known(source.at, source.known_at, where=where)
