"""What metrics read of plans: what was promised for when, what was thought to take how long, and what was forecast."""

from projections.forecasts.record import record
from projections.metrics.frame import NEVER, Frame


def first_targets(frame: Frame) -> str:
    """Items of roadmaps whose first target is over: workspace, roadmap, post, start (of its last day), slipped.

    It slipped where its post was not shipped for the first time by the end of that day.
    """
    return f"""SELECT promised.workspace AS workspace, promised.roadmap AS roadmap, promised.post AS post,
  {frame.start("promised.last_day")} AS start,
  went.shipped_at = {NEVER} OR toDate(went.shipped_at) > promised.last_day AS slipped
FROM (
  SELECT workspace, roadmap, post, argMin(assumeNotNull(due), revision) AS last_day
  FROM <roadmap_history> WHERE {frame.asked.until("since")} AND due IS NOT NULL
  GROUP BY workspace, roadmap, post HAVING last_day < toDate({frame.at})
) AS promised
INNER JOIN posts AS post ON post.workspace = promised.workspace AND post.post = promised.post
LEFT JOIN (
  SELECT workspace, post, min(since) AS shipped_at FROM <status_history>
  WHERE {frame.asked.until("since")} AND kind = 'shipped' GROUP BY workspace, post
) AS went ON went.workspace = promised.workspace AND went.post = promised.post"""


def estimated_deliveries(frame: Frame) -> str:
    """`deliveries` that were estimated in days: workspace, post, start, days (what it took), low, high.

    The estimate is the one that stood when work began, else the first one that was given before the post was shipped.
    """
    return f"""SELECT workspace, post, start, days, said.4 AS low, said.5 AS high
FROM (
  SELECT done.workspace AS workspace, done.post AS post, done.start AS start, assumeNotNull(done.cycle_days) AS days,
    arrayLast(each -> each.1 <= done.started, thought.thoughts) AS stood,
    if(stood.3 != '', stood,
      arrayFirst(each -> each.1 > done.started AND each.1 <= done.shipped_at AND each.3 != '', thought.thoughts)
    ) AS said
  FROM deliveries AS done
  INNER JOIN (
    SELECT workspace, post,
      arraySort(groupArray((occurred_at, revision, toString(unit), ifNull(low, 0.), ifNull(high, 0.)))) AS thoughts
    FROM <estimate_history> WHERE {frame.asked.until("occurred_at")} GROUP BY workspace, post
  ) AS thought ON thought.workspace = done.workspace AND thought.post = done.post
  WHERE done.cycle_days > 0
) WHERE said.3 = 'days'"""


def judged_forecasts(frame: Frame) -> str:
    """Forecasts, made when work began, of what was shipped since: workspace, post, start (of shipping), held."""
    return f"""SELECT workspace, post, {frame.start("assumeNotNull(finished_at)")} AS start, held_p85 = 1 AS held
FROM (
{record("happened", frame.at, where=frame.where)}
) WHERE finished_at IS NOT NULL AND held_p85 IS NOT NULL{frame.posts}"""
