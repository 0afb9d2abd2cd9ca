"""Whose posts were at any moment, as SQL: what a forecast that was made then went by, and not what became of it since.

Of several roadmaps the one that gave a team last counts, as in `projections.planning.holders`; an item keeps its team
when it is taken off its roadmap.
"""

NEVER = "9223372036854775807"


def teams(at: str, *, where: str = "1", known: str = "") -> str:
    """Workspace, post and `held`: each team that it had, in order of time.

    Since when, on which roadmap, when one heard of it; until when, and when one heard of that; and the team. Moments
    are in milliseconds; what happened after `at` is left out.
    """
    over = "PARTITION BY workspace, roadmap, post ORDER BY revision ROWS BETWEEN UNBOUNDED PRECEDING AND"
    ends = ", ".join(f"if({name} = 0, {NEVER}, {name})" for name in ("over", "over_heard"))
    return f"""SELECT workspace, post, arraySort(groupArray((begun, roadmap, heard, {ends}, team))) AS held
FROM (
  SELECT workspace, post, roadmap, team, begun, heard,
    leadInFrame(begun) OVER ({over} UNBOUNDED FOLLOWING) AS over,
    leadInFrame(heard) OVER ({over} UNBOUNDED FOLLOWING) AS over_heard
  FROM (
    SELECT workspace, roadmap, post, revision, team, toUnixTimestamp64Milli(since) AS begun,
      toUnixTimestamp64Milli(greatest(since, recorded_at)) AS heard
    FROM <roadmap_history> WHERE {where} AND since <= {at}{known} AND placed AND team != team_before
  )
) WHERE team != '' GROUP BY workspace, post"""


def last(held: str) -> str:
    """The team that a post had last; none where it had none."""
    return f"arrayLast(had -> had.4 = {NEVER}, {held}).6"


def then(held: str, moment: str, basis: str) -> str:
    """The team that a post had at a moment, as one knew then (`recorded`) or as it was; none where it had none yet."""
    begin, end = ("had.3", "had.5") if basis == "recorded" else ("had.1", "had.4")
    return f"arrayLast(had -> {begin} <= {moment} AND {end} > {moment}, {held}).6"
