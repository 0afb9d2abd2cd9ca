"""Where quality is read from: how things stand now, or as they stood at a moment as known at another.

Each gives a subquery. The condition of what is `Asked` is one on the workspace.
"""

from projections.planning.asked import Asked
from projections.votes import believed

NEVER = "toDateTime64(0, 3, 'UTC')"
_LISTED = "workspace, post, board, title, status, kind, archived, merged_into, created_at"


def posts(asked: Asked) -> str:
    """What posts said; none that was deleted."""
    if asked.at is None:
        return f"SELECT {_LISTED} FROM <posts> WHERE {asked.where}"
    return f"SELECT {_LISTED} FROM ({_last('post_history', 'post', asked)}) WHERE NOT deleted"


def gates(asked: Asked) -> str:
    """What the gates of boards asked."""
    if asked.at is None:
        return f"SELECT workspace, board, checks, names FROM <gates> WHERE {asked.where}"
    last = _last("gate_history", "board", asked)
    return f"SELECT workspace, board, checks, names FROM ({last}) WHERE notEmpty(checks)"


def marks(asked: Asked) -> str:
    """What had been said last of the checks of posts."""
    if asked.at is None:
        return f"SELECT * FROM <checks> WHERE {asked.where}"
    return f"SELECT *, occurred_at AS since FROM ({_last('check_history', 'post, check', asked)})"


def passages(asked: Asked) -> str:
    """Which checks were asked of posts when they last came through their gates."""
    return f"""SELECT workspace, post, checks FROM <gate_passages> WHERE {asked.until("at")}
ORDER BY workspace, post, at DESC, revision DESC LIMIT 1 BY workspace, post"""


def down_votes(asked: Asked) -> str:
    """Standing down-votes on posts that ever were shipped, and since when they stand."""
    # The key of both tables begins so: only these posts' votes are read.
    shipped = f"""(workspace, post) IN (
  SELECT workspace, post FROM <status_history> WHERE {asked.where} AND kind = 'shipped'
)"""
    if asked.at is None:
        return f"SELECT workspace, post, since FROM <votes> WHERE {asked.where} AND value = -1 AND {shipped}"
    happened = f"{asked.where} AND occurred_at <= {asked.at} AND {shipped}"
    return f"""SELECT workspace, post, argMax(since_after, {believed.LAST}) AS since
FROM ({believed.timeline(happened, asked.known_at)})
GROUP BY workspace, post, person HAVING argMax(value_after, {believed.LAST}) = -1"""


def complaints(asked: Asked) -> str:
    """Comments that are complaints, and when they were written."""
    if asked.at is None:
        return f"SELECT workspace, post, said_at FROM <complaints> WHERE {asked.where}"
    return f"SELECT workspace, post, said_at FROM ({_last('complaint_history', 'comment', asked)}) WHERE marked"


def defects(asked: Asked) -> str:
    """Posts that are defects of others, and when they were found."""
    if asked.at is None:
        return f"SELECT workspace, post, defect, linked_at, found_at FROM <defect_links> WHERE {asked.where}"
    last = _last("defect_history", "post, defect", asked)
    return f"SELECT workspace, post, defect, occurred_at AS linked_at, found_at FROM ({last}) WHERE linked"


def ratings(asked: Asked) -> str:
    """Standing ratings."""
    if asked.at is None:
        return f"SELECT workspace, post, person, rating FROM <satisfaction> WHERE {asked.where}"
    last = "argMax(rating_after, (occurred_at, `offset`))"
    return f"""SELECT workspace, post, person, {last} AS rating
FROM <satisfaction_history> WHERE {asked.until("occurred_at")}
GROUP BY workspace, post, person HAVING rating > 0"""


def _last(history: str, key: str, asked: Asked) -> str:
    """The last decision on each thing by when it happened."""
    return f"""SELECT * FROM <{history}> WHERE {asked.until("occurred_at")}
ORDER BY workspace, {key}, occurred_at DESC, revision DESC LIMIT 1 BY workspace, {key}"""
