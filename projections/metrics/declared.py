"""Every metric there is. To add one: declare it in one of these modules, and remake docs/product-metrics.md."""

from collections.abc import Mapping, Sequence

from projections.metrics import of_plans, of_posts, of_quality, of_votes
from projections.metrics.metric import Metric

METRICS: Sequence[Metric] = (*of_votes.METRICS, *of_posts.METRICS, *of_plans.METRICS, *of_quality.METRICS)

TOGETHER: Sequence[Metric] = (of_votes.VOTES_DELIVERED, of_votes.DEMAND_COVERAGE, of_votes.STANDING_DEMAND)
"""Those that read all votes and may be asked at once, by `projections.metrics.query.several_query`."""

BY_NAME: Mapping[str, Metric] = {metric.name: metric for metric in METRICS}
