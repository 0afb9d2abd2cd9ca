"""Metrics of flow: how soon posts are answered, how long they are in each status, and how many get shipped."""

from projections.metrics.metric import Metric, Shape

_OURS = "ours"
_FLOW = "Anderson, Kanban (2010)"
_ANSWER = (
    "An answer of the house is a decision on the post's status, an official answer, its merge into another post, or a "
    "public comment by somebody of the house: one who wrote an internal note or decided on a status by then."
)

POSTS_SUBMITTED = Metric(
    name="posts_submitted",
    title="Posts submitted",
    meaning="How much comes in.",
    unit="posts",
    formula="Posts that were created in the period and are not deleted.",
    source=_OURS,
    better="neither",
    shape=Shape.COUNT,
    sql="""SELECT workspace, start, '' AS line, count() AS numerator, 0 AS denominator
FROM posts GROUP BY workspace, start""",
)

TIME_TO_FIRST_ANSWER = Metric(
    name="time_to_first_answer",
    title="Time to first answer",
    meaning="How long people wait until somebody says something to their post.",
    unit="days",
    formula="From when a post was created to the first answer of the house, of posts first answered in the period. "
    f"{_ANSWER}",
    source="Service desks' first response time",
    better="less",
    shape=Shape.PERCENTILES,
    sql="""SELECT workspace, answered AS start, '' AS line, days AS observed
FROM answered_posts WHERE is_answered""",
)

RESPONSE_RATE = Metric(
    name="response_rate",
    title="Response rate",
    meaning="How many of those who asked were answered.",
    unit="share",
    formula="Posts created in the period that the house answered by the moment that is asked about, divided by all "
    f"posts created in the period. {_ANSWER}",
    source="Service desks' response rate",
    better="more",
    shape=Shape.SHARE,
    sql="""SELECT workspace, created AS start, '' AS line, countIf(is_answered) AS numerator, count() AS denominator
FROM answered_posts GROUP BY workspace, created""",
)

TIME_IN_STATUS = Metric(
    name="time_in_status",
    title="Time in status",
    meaning="Where posts wait.",
    unit="days",
    formula="From when a post came to a kind of status to when it left that for another kind, of stays that ended in "
    "the period. A post that comes back begins another stay; statuses of one kind that follow each other are one.",
    source=_FLOW,
    better="less",
    shape=Shape.PERCENTILES,
    sql="SELECT workspace, start, kind AS line, days AS observed FROM kind_stays",
    lines=("open", "planned", "in_progress", "shipped", "declined"),
    takes_kind=True,
)

CYCLE_TIME = Metric(
    name="cycle_time",
    title="Cycle time",
    meaning="How long work takes once it is begun.",
    unit="days",
    formula="From first in progress to first shipped, of posts that were first shipped in the period.",
    source=_FLOW,
    better="less",
    shape=Shape.PERCENTILES,
    sql="""SELECT workspace, start, '' AS line, assumeNotNull(cycle_days) AS observed
FROM deliveries WHERE cycle_days IS NOT NULL""",
)

LEAD_TIME = Metric(
    name="lead_time",
    title="Lead time",
    meaning="How long people wait for what they asked for.",
    unit="days",
    formula="From when a post was created to first shipped, of posts that were first shipped in the period.",
    source=_FLOW,
    better="less",
    shape=Shape.PERCENTILES,
    sql="SELECT workspace, start, '' AS line, lead_days AS observed FROM deliveries",
)

THROUGHPUT = Metric(
    name="throughput",
    title="Throughput",
    meaning="How much gets done.",
    unit="posts",
    formula="Posts that were shipped for the first time in the period.",
    source=_FLOW,
    better="more",
    shape=Shape.COUNT,
    sql="""SELECT workspace, start, '' AS line, count() AS numerator, 0 AS denominator
FROM deliveries GROUP BY workspace, start""",
)

POSTS_BY_KIND = Metric(
    name="posts_by_kind",
    title="Posts by kind of status",
    meaning="How much waits, is planned and is under way: the lines of a cumulative flow diagram.",
    unit="posts",
    formula="Posts at the end of the period, one line for each kind of status. Those that are deleted, archived "
    "(unless shipped) or merged into others are left out.",
    source=_FLOW,
    better="neither",
    shape=Shape.LEVEL,
    sql="""SELECT workspace, change.1 AS start, kind AS line, change.2 AS numerator, 0 AS denominator
FROM unmerged_standings ARRAY JOIN [(since, 1), (until, -1)] AS change""",
    lines=("open", "planned", "in_progress", "shipped", "declined"),
    takes_kind=True,
)

REOPENED_RATE = Metric(
    name="reopened_rate",
    title="Reopened after shipping",
    meaning="How much of what was shipped was not done.",
    unit="share",
    formula="Posts first shipped in the period that have left shipped since, divided by all that were first shipped in "
    "the period.",
    source=_OURS,
    better="less",
    shape=Shape.SHARE,
    sql="""SELECT workspace, start, '' AS line, countIf(reopened > 0) AS numerator, count() AS denominator
FROM deliveries GROUP BY workspace, start""",
)

METRICS = (
    POSTS_SUBMITTED, TIME_TO_FIRST_ANSWER, RESPONSE_RATE, TIME_IN_STATUS, CYCLE_TIME, LEAD_TIME, THROUGHPUT,
    POSTS_BY_KIND, REOPENED_RATE,
)  # fmt: skip
