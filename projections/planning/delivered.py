"""Delivered posts, as SQL: how each came to be shipped, by whom, and for how many votes.

A post is delivered once, when it is first shipped; that it was opened again and shipped again is told by `reopened`.
Posts that were merged into others are not told of by themselves, nor are those that are deleted.
"""

from projections.planning import holders, passages, promises
from projections.planning.asked import Asked
from projections.ranking import tallies
from projections.ranking.views import POSTS_AS_OF

_NEVER = "toDateTime64(0, 3, 'UTC')"

COLUMNS = (
    "workspace", "post", "board", "tags", "team", "owner", "created_at", "started_at", "shipped_at", "cycle_days",
    "lead_days", "reopened", "slips", "unit", "low", "high", "votes", "kind", "due", "status_days", "title",
)  # fmt: skip


def delivered(asked: Asked) -> str:
    """A row for each post that was ever shipped, with `COLUMNS`.

    `team` and `owner` are whose it was when it was first shipped; if nobody's then, whose it became. `cycle_days` is
    from first in progress to first shipped, null where it never was in progress before; `lead_days` from when it was
    created. `slips` and `due` (the last day promised) are up to when it was shipped. `unit`, `low` and `high` are the
    estimate that stood when work started, else the first one given between then and shipping. `votes` are the up-votes
    that stand; `kind` is its status's, which is not `shipped` while it is open again.
    """
    return f"""SELECT workspace, post, board, tags, {holders.at("teams", "shipped_at")} AS team,
  {holders.at("owners", "shipped_at")} AS owner, created_at, nullIf(started, {_NEVER}) AS started_at, shipped_at,
  if(started = {_NEVER}, NULL, {passages.days("started", "shipped_at")}) AS cycle_days,
  {passages.days("created_at", "shipped_at")} AS lead_days, reopened,
  arrayCount(slip -> slip <= shipped_at, slipped) AS slips, said.3 AS unit, if(unit = '', NULL, said.4) AS low,
  if(unit = '', NULL, said.5) AS high, votes, kind, arrayLast(each -> each.1 <= shipped_at, dues).4 AS due, status_days,
  title
FROM (
  SELECT *, arrayLast(each -> each.1 <= started, thoughts) AS stood,
    if(stood.3 != '', stood,
      arrayFirst(each -> each.1 > started AND each.1 <= shipped_at AND each.3 != '', thoughts)) AS said
  FROM (
{_together(asked)}
  )
)"""


def _together(asked: Asked) -> str:
    """Each post with all that is told of it elsewhere."""
    sides = {
        "held": holders.by_post(asked),
        "promise": promises.by_post(asked),
        "thought": _thoughts(asked),
        "tally": _tally(asked),
    }
    joins = "\n".join(
        f"LEFT JOIN ({sql}) AS {name} ON {name}.workspace = wrote.workspace AND {name}.post = wrote.post"
        for name, sql in sides.items()
    )
    return f"""SELECT wrote.workspace AS workspace, wrote.post AS post, wrote.board AS board, wrote.tags AS tags,
  wrote.title AS title, toString(wrote.kind) AS kind, wrote.created_at AS created_at, went.shipped_at AS shipped_at,
  went.started AS started, went.reopened AS reopened, went.status_days AS status_days, held.teams AS teams,
  held.owners AS owners, promise.slips AS slipped, promise.dues AS dues, thought.thoughts AS thoughts,
  tally.up AS votes
FROM ({_words(asked)}) AS wrote
JOIN ({passages.shipped(asked)}) AS went ON went.workspace = wrote.workspace AND went.post = wrote.post
{joins}
WHERE wrote.merged_into = ''"""


def _words(asked: Asked) -> str:
    columns = "workspace, post, board, tags, title, kind, created_at, merged_into"
    if asked.at is None:
        return f"SELECT {columns} FROM <posts> WHERE {asked.where}"
    known = "" if asked.known_at is None else f" AND recorded_at <= {asked.known_at}"
    return f"SELECT {columns} FROM ({POSTS_AS_OF.format(where=asked.where, at=asked.at, known=known)})"


def _thoughts(asked: Asked) -> str:
    """A row a post: what it was thought to take, in the order of time; the unit is empty where that was withdrawn."""
    return f"""SELECT workspace, post,
  arraySort(groupArray((occurred_at, revision, toString(unit), ifNull(low, 0.), ifNull(high, 0.)))) AS thoughts
FROM <estimate_history> WHERE {asked.until("occurred_at")} GROUP BY workspace, post"""


def _tally(asked: Asked) -> str:
    if asked.at is None:
        return tallies.live(where=asked.where)
    if asked.known_at is None:
        return tallies.as_of(asked.at, where=asked.where)
    return tallies.as_known(asked.at, asked.known_at, where=asked.where)
