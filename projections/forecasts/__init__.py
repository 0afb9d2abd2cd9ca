"""When things will be done: forecasts from a team's own history, and how often past ones held. Computed, never stored.

How long an item takes comes from how long the team's items took (`survival`), how soon a queue is through from how many
the team finished a week (`throughput`); a roadmap's items are put together from both by Monte Carlo (`roadmap`).
"""

from projections.forecasts.record import VIEWS

__all__ = ["VIEWS"]
