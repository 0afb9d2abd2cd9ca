"""What metrics read of quality: what persons rated, what escaped, and which gates were overridden."""

from projections.metrics.frame import Frame
from projections.quality import outcomes


def given_ratings(frame: Frame) -> str:
    """The last rating of each person on each post in each period: workspace, post, start, rating."""
    return f"""SELECT workspace, post, start, argMax(rating_after, (occurred_at, `offset`)) AS rating FROM (
  SELECT workspace, post, person, {frame.start("occurred_at")} AS start, rating_after, occurred_at, `offset`
  FROM <satisfaction_history> WHERE {frame.asked.until("occurred_at")}{frame.persons}
) GROUP BY workspace, post, person, start HAVING rating > 0"""


def escapes(frame: Frame) -> str:
    """`deliveries` with `escaped`: whether a defect of the post was found after it was first shipped."""
    return f"""SELECT workspace, post, start,
  (workspace, post) IN (SELECT workspace, post FROM ({outcomes.defects(frame.of_all)}) WHERE escaped) AS escaped
FROM deliveries"""


def gate_passages(frame: Frame) -> str:
    """Posts that came through the gate of their board: workspace, post, start, overridden: whether one was open."""
    return f"""SELECT workspace, post, {frame.start("at")} AS start, notEmpty(missing) AS overridden
FROM <gate_passages> WHERE {frame.asked.until("at")}"""
