"""Metrics of demand: what is asked for by votes, by how many, and what of it was delivered."""

from projections.metrics.metric import Metric, Shape

_OURS = "ours"

VOTES_DELIVERED = Metric(
    name="votes_delivered",
    title="Votes delivered",
    meaning="How much of what people stand up for has been shipped.",
    unit="share",
    formula="Standing up-votes on shipped posts, divided by those and the standing up-votes on posts that are open, "
    "planned or in progress, at the end of the period. Declined, archived (unless shipped) and deleted posts are left "
    "out. A vote that was taken back stops counting from that moment on, and what a post was before does not matter: a "
    "status that bounces counts once.",
    source="Gainsight, % votes delivered",
    better="more",
    shape=Shape.STANDING,
    sql="""SELECT workspace, start, '' AS line, if(kind = 'shipped', up, 0) AS numerator, up AS denominator
FROM standing_votes WHERE kind IN ('open', 'planned', 'in_progress', 'shipped')""",
    of_persons=True,
)

DEMAND_COVERAGE = Metric(
    name="demand_coverage",
    title="Demand on the roadmap",
    meaning="How much of what people still wait for is on a roadmap.",
    unit="share",
    formula="Standing up-votes on posts that are open, planned or in progress and on a roadmap (placed on one by time, "
    "or in a status that a roadmap by status shows), divided by all standing up-votes on posts that are open, planned "
    "or in progress, at the end of the period.",
    source=_OURS,
    better="more",
    shape=Shape.STANDING,
    sql="""SELECT workspace, start, '' AS line, if(planned, up, 0) AS numerator, up AS denominator
FROM roadmap_votes WHERE kind IN ('open', 'planned', 'in_progress')""",
    of_persons=True,
)

STANDING_DEMAND = Metric(
    name="standing_demand",
    title="Demand that waits",
    meaning="How many votes wait to be delivered.",
    unit="votes",
    formula="Standing up-votes on posts that are open, planned or in progress, at the end of the period, a line each.",
    source=_OURS,
    better="neither",
    shape=Shape.LEVEL,
    sql="""SELECT workspace, start, kind AS line, up AS numerator, 0 AS denominator
FROM standing_votes WHERE kind IN ('open', 'planned', 'in_progress')""",
    lines=("open", "planned", "in_progress"),
    takes_kind=True,
    of_persons=True,
)

VOTES_CAST = Metric(
    name="votes_cast",
    title="Votes cast",
    meaning="How much people ask for.",
    unit="votes",
    formula="Votes, up or down, that were cast in the period where the person had none on the post. Those that were "
    "taken back later count; one that is over its board's budget does not.",
    source=_OURS,
    better="more",
    shape=Shape.COUNT,
    sql="""SELECT workspace, start, '' AS line, count() AS numerator, 0 AS denominator
FROM casts GROUP BY workspace, start""",
    takes_kind=True,
    of_persons=True,
)

VOTES_WITHDRAWN = Metric(
    name="votes_withdrawn",
    title="Votes taken back",
    meaning="How much people no longer ask for.",
    unit="votes",
    formula="Votes that persons took back in the period.",
    source=_OURS,
    better="less",
    shape=Shape.COUNT,
    sql="""SELECT workspace, start, '' AS line, count() AS numerator, 0 AS denominator
FROM shown_changes WHERE cause = 0 AND value_before != 0 AND value_after = 0 AND waiting = 0
GROUP BY workspace, start""",
    takes_kind=True,
    of_persons=True,
)

# Persons are told apart by 64 bits of their ids, which takes half as long: of ten million, two fall together once in
# 370,000 times.
ACTIVE_VOTERS = Metric(
    name="active_voters",
    title="Active voters",
    meaning="How many people take part.",
    unit="persons",
    formula="Different persons who cast, changed or took back a vote in the period.",
    source=_OURS,
    better="more",
    shape=Shape.COUNT,
    sql="""SELECT workspace, start, '' AS line, uniqExact(sipHash64(person)) AS numerator, 0 AS denominator
FROM shown_changes WHERE cause = 0 GROUP BY workspace, start""",
    takes_kind=True,
    of_persons=True,
)

NEW_VOTERS = Metric(
    name="new_voters",
    title="New voters",
    meaning="How many people take part for the first time.",
    unit="persons",
    formula="Persons whose first vote ever, on what is left by the filter, is in the period.",
    source=_OURS,
    better="more",
    shape=Shape.COUNT,
    sql="""SELECT workspace, first AS start, '' AS line, count() AS numerator, 0 AS denominator
FROM (SELECT workspace, person, min(start) AS first FROM vote_changes WHERE cause = 0 GROUP BY workspace, person)
GROUP BY workspace, first""",
    takes_kind=True,
    of_persons=True,
)

SHARE_FROM_PAYING = Metric(
    name="share_from_paying",
    title="Votes from those who pay",
    meaning="How much of the demand comes from paying customers.",
    unit="share",
    formula="Votes cast in the period by persons who, or whose company, paid more than nothing a month when they "
    "voted, divided by all votes cast in the period. Who was forgotten pays nothing.",
    source=_OURS,
    better="neither",
    shape=Shape.SHARE,
    sql="SELECT workspace, start, '' AS line, paid AS numerator, votes AS denominator FROM paid_casts",
    takes_kind=True,
    of_persons=True,
)

METRICS = (
    VOTES_DELIVERED, DEMAND_COVERAGE, STANDING_DEMAND, VOTES_CAST, VOTES_WITHDRAWN, ACTIVE_VOTERS, NEW_VOTERS,
    SHARE_FROM_PAYING,
)  # fmt: skip
