"""By when things were promised on roadmaps, and each time that it became later, as SQL.

A promise is the last day of a target. One that was taken away and given again, later, slipped, too; what was taken off
a roadmap and placed there again begins anew.
"""

from projections.planning.asked import Asked


def slips(asked: Asked) -> str:
    """A row each time that a target moved to a later last day; `days` by how many, `due_before` what was promised."""
    return f"""SELECT workspace, roadmap, post, team, owner, since AS at, assumeNotNull(promised) AS due_before,
  assumeNotNull(due) AS due, assumeNotNull(dateDiff('day', promised, due)) AS days, reason, actor, recorded_at
FROM ({_promises(asked)}) WHERE slipped"""


def by_post(asked: Asked) -> str:
    """A row a post: `slips`, the moments at which a target moved to a later day, and `dues`, what was promised when."""
    return f"""SELECT workspace, post, arraySort(groupArrayIf(since, slipped)) AS slips,
  arraySort(groupArrayIf((since, roadmap, revision, due), due IS NOT NULL)) AS dues
FROM ({_promises(asked)}) GROUP BY workspace, post"""


def _promises(asked: Asked) -> str:
    """Every place on a roadmap, with what was promised before it."""
    return f"""SELECT *, ifNull(due > promised, false) AS slipped FROM (
  SELECT *, anyLast(due) OVER (
    PARTITION BY workspace, roadmap, post, stay ORDER BY revision ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING
  ) AS promised
  FROM (
    SELECT *, countIf(change = 'placed') OVER (
      PARTITION BY workspace, roadmap, post ORDER BY revision ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW
    ) AS stay
    FROM <roadmap_history> WHERE {asked.until("since")}
  )
)"""
