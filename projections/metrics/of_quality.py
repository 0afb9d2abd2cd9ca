"""Metrics of quality: how well people like what was shipped, and what of it was not good enough."""

from projections.metrics.metric import Metric, Shape

_OURS = "ours"

SATISFACTION = Metric(
    name="satisfaction",
    title="Satisfaction",
    meaning="How well people like what was shipped for them.",
    unit="stars",
    formula="The mean of the ratings from 1 to 5 that persons gave to shipped posts in the period, the last one of "
    "each person on each post.",
    source="Customer satisfaction score",
    better="more",
    shape=Shape.SHARE,
    sql="""SELECT workspace, start, '' AS line, sum(rating) AS numerator, count() AS denominator
FROM given_ratings GROUP BY workspace, start""",
    of_persons=True,
)

ESCAPED_DEFECT_RATE = Metric(
    name="escaped_defect_rate",
    title="Escaped defects",
    meaning="How much was shipped with a defect that customers found.",
    unit="share",
    formula="Posts first shipped in the period of which a defect was found after that, divided by all that were first "
    "shipped in the period.",
    source="Jones, Applied Software Measurement (defects found after release)",
    better="less",
    shape=Shape.SHARE,
    sql="""SELECT workspace, start, '' AS line, countIf(escaped) AS numerator, count() AS denominator
FROM escapes GROUP BY workspace, start""",
)

GATES_OVERRIDDEN = Metric(
    name="gates_overridden",
    title="Gates overridden",
    meaning="How often something is shipped that had not passed all checks.",
    unit="share",
    formula="Posts that came through the gate of their board in the period with an open check, divided by all that "
    "came through one in the period.",
    source=_OURS,
    better="less",
    shape=Shape.SHARE,
    sql="""SELECT workspace, start, '' AS line, countIf(overridden) AS numerator, count() AS denominator
FROM gate_passages GROUP BY workspace, start""",
)

METRICS = (SATISFACTION, ESCAPED_DEFECT_RATE, GATES_OVERRIDDEN)
