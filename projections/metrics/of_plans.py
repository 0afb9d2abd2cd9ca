"""Metrics of plans: whether what was promised, estimated and forecast came true."""

from projections.metrics.metric import Metric, Shape

SLIP_RATE = Metric(
    name="slip_rate",
    title="Slip rate",
    meaning="How many promised dates do not hold.",
    unit="share",
    formula="Items of roadmaps whose first target's last day was in the period and is over, and whose post was not "
    "shipped by the end of that day, divided by all whose first target's last day was in the period and is over. What "
    "was moved to a later day or dropped has slipped, too.",
    source="ours",
    better="less",
    shape=Shape.SHARE,
    sql="""SELECT workspace, start, '' AS line, countIf(slipped) AS numerator, count() AS denominator
FROM first_targets GROUP BY workspace, start""",
)

ESTIMATE_ACCURACY = Metric(
    name="estimate_accuracy",
    title="Estimate accuracy",
    meaning="How far estimates are from what work takes.",
    unit="share",
    formula="Of posts first shipped in the period that were estimated in days, with the cycle time as what it took and "
    "the middle of low and high as the estimate. mmre: the mean of |took - estimate| / took. pred25: the share with "
    "|took - estimate| / took of a quarter at most. hit_rate: the share that took from low to high. Less is better for "
    "mmre, more for the others.",
    source="Conte, Dunsmore and Shen, Software Engineering Metrics and Models (1986)",
    better="neither",
    shape=Shape.SHARE,
    sql="""SELECT workspace, start, each.1 AS line, sum(each.2) AS numerator, count() AS denominator FROM (
  SELECT workspace, start, low, high, days, abs(days - (low + high) / 2) / days AS error FROM estimated_deliveries
)
ARRAY JOIN [('mmre', error), ('pred25', toFloat64(error <= 0.25)), ('hit_rate', toFloat64(days BETWEEN low AND high))]
  AS each
GROUP BY workspace, start, line""",
    lines=("mmre", "pred25", "hit_rate"),
)

FORECAST_CALIBRATION = Metric(
    name="forecast_calibration",
    title="Forecasts that held",
    meaning="Whether 85 % forecasts hold 85 % of the time.",
    unit="share",
    formula="Posts shipped in the period within the 85th percentile that was forecast for them when work began, "
    "from what had happened by then, divided by all posts shipped in the period that had such a forecast. The nearer "
    "to 0.85 the better.",
    source="ours",
    better="neither",
    shape=Shape.SHARE,
    sql="""SELECT workspace, start, '' AS line, countIf(held) AS numerator, count() AS denominator
FROM judged_forecasts GROUP BY workspace, start""",
    as_known=False,
)

METRICS = (SLIP_RATE, ESTIMATE_ACCURACY, FORECAST_CALIBRATION)
