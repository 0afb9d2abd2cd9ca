"""The work of teams by kind, as SQL: how much was delivered, how long it took, and how it came out.

A kind of work is a tag; a post with several counts in each, and an empty tag stands for all work.
"""

from projections.samples import FEWEST

DAYS = "days"
POINTS = "points"

_MIDDLE = "(done.low + done.high) / 2"
_TIMED = "isNotNull(done.cycle_days)"
_IN_DAYS = f"done.unit = '{DAYS}' AND done.cycle_days > 0"
_IN_POINTS = f"done.unit = '{POINTS}' AND done.cycle_days > 0"


def work(delivered: str) -> str:
    """A row for each team and kind of work, of delivered posts as `delivered.delivered` tells them.

    What is null was measured fewer than `FEWEST` times; the counts say how often. Percentiles are exact, between two
    observations by their distance from both.
    """
    return f"""SELECT workspace, team, tag, count() AS throughput,
  min(done.shipped_at) AS first_shipped_at, max(done.shipped_at) AS last_shipped_at,
  count(done.cycle_days) AS timed, {_percentile(0.5, "done.cycle_days", _TIMED)} AS cycle_p50,
  {_percentile(0.85, "done.cycle_days", _TIMED)} AS cycle_p85,
  {_percentile(0.5, "done.lead_days", "1")} AS lead_p50, {_percentile(0.85, "done.lead_days", "1")} AS lead_p85,
  sumMap(mapApply((status, days) -> (status, toUInt64(1)), done.status_days)) AS status_posts,
  {_by_status(0.5)} AS status_p50, {_by_status(0.85)} AS status_p85,
  countIf({_IN_DAYS}) AS estimated_days,
  {_percentile(0.5, f"done.cycle_days / ({_MIDDLE})", _IN_DAYS)} AS estimate_ratio_p50,
  {_mean(f"abs(done.cycle_days - {_MIDDLE}) / done.cycle_days", _IN_DAYS)} AS estimate_mmre,
  {_mean("done.cycle_days BETWEEN done.low AND done.high", _IN_DAYS)} AS estimate_hit_rate,
  countIf({_IN_POINTS}) AS estimated_points,
  if(estimated_points < {FEWEST}, NULL, sumIf({_MIDDLE}, {_IN_POINTS}) / sumIf(done.cycle_days, {_IN_POINTS}))
    AS points_per_day,
  sum(done.slips) AS slips, countIf(isNotNull(done.due)) AS dated,
  {_mean("done.slips > 0", "isNotNull(done.due)")} AS slip_rate,
  sum(done.reopened) AS reopened, {_mean("done.reopened > 0", "1")} AS reopened_rate,
  sumIf(done.votes, done.kind = 'shipped') AS votes_delivered
FROM (
  SELECT *, arrayJoin(arrayConcat([''], arrayDistinct(tags))) AS tag FROM ({delivered}) WHERE team != ''
) AS done
GROUP BY workspace, team, tag"""


def _percentile(share: float, of: str, where: str) -> str:
    return f"if(countIf({where}) < {FEWEST}, NULL, quantileExactInclusiveIf({share})({of}, {where}))"


def _mean(of: str, where: str) -> str:
    return f"if(countIf({where}) < {FEWEST}, NULL, avgIf({of}, {where}))"


def _by_status(share: float) -> str:
    seen = f"quantileExactInclusiveMap({share})(done.status_days)"
    return f"mapFilter((status, days) -> status_posts[status] >= {FEWEST}, {seen})"
