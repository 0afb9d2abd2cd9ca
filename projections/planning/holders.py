"""Whose a post is, as SQL: the team and the owner that its items on roadmaps had, and when.

An item keeps its team when it is taken off its roadmap: whoever did it did it. Of several roadmaps the one that gave
it a team last counts.
"""

from projections.planning.asked import Asked

_NEVER = "toDateTime64(0, 3, 'UTC')"
_STANDS = f"held -> held.3 = {_NEVER}"


def last(asked: Asked) -> str:
    """A row a post: the team and the owner that it has, or had last; `since` when the later of them was decided."""
    return f"""SELECT workspace, post, arrayLast({_STANDS}, teams).4 AS team, arrayLast({_STANDS}, owners).4 AS owner,
  greatest(arrayLast({_STANDS}, teams).1, arrayLast({_STANDS}, owners).1) AS since
FROM ({by_post(asked)}) WHERE team != '' OR owner != ''"""


def at(names: str, moment: str) -> str:
    """Who held a post at a moment, of `teams` or `owners` of a row of `by_post`; if nobody yet, who has it."""
    then = f"arrayLast(held -> held.1 <= {moment} AND (held.3 = {_NEVER} OR held.3 > {moment}), {names}).4"
    return f"if({then} != '', {then}, arrayLast({_STANDS}, {names}).4)"


def by_post(asked: Asked) -> str:
    """A row a post: its `teams` and `owners`, in the order of time: since when, on which roadmap, until when, who.

    Until 1970 is: still.
    """
    return f"""SELECT workspace, post, arraySort(groupArrayIf((since, roadmap, until, name), what = 'team')) AS teams,
  arraySort(groupArrayIf((since, roadmap, until, name), what = 'owner')) AS owners
FROM (
{_changes("team", asked)}
  UNION ALL
{_changes("owner", asked)}
) WHERE name != '' GROUP BY workspace, post"""


def _changes(what: str, asked: Asked) -> str:
    return f"""  SELECT workspace, roadmap, post, '{what}' AS what, {what} AS name, since, leadInFrame(since) OVER (
    PARTITION BY workspace, roadmap, post ORDER BY revision ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING
  ) AS until
  FROM <roadmap_history> WHERE {asked.until("since")} AND placed AND {what} != {what}_before"""
