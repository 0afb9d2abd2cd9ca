"""What a product manager follows, as data: each metric declared once, and asked as a series over any period.

A `Metric` says what it means, in what unit, by which formula, and gives the SQL of what it counts; `series` makes a
query of it for any period, filter and moment. The API's list, the page in the docs, the command line and the views are
made from `METRICS`.
"""

from projections.metrics.declared import METRICS
from projections.metrics.views import VIEWS

__all__ = ["METRICS", "VIEWS"]
