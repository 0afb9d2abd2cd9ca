"""The stable views of goals: over the projection's own tables, and over those of posts, votes and roadmaps besides."""

from projections.clickhouse.schema import StableView
from projections.goals import coverage, standing
from projections.goals.demand import shares
from projections.goals.standing import Source

_NEVER = "toDateTime64(0, 3, 'UTC')"
_GOAL = f"""name, description, toDateOrNull(target_day) AS target_day, state, key_results, created_at,
  nullIf(closed_at, {_NEVER}) AS closed_at"""

VIEWS = (
    StableView(
        "goals",
        f"""SELECT workspace, goal, {_GOAL}, occurred_at AS updated_at, recorded_at, revision
FROM <goals_table> FINAL""",
    ),
    StableView(
        "goal_history",
        f"""SELECT workspace, goal, revision, change, what, {_GOAL}, occurred_at, recorded_at, actor, reason
FROM <goal_history_table> FINAL""",
    ),
    StableView(
        "key_results",
        standing.key_results(
            "SELECT workspace, goal, key_results FROM <goals_table> FINAL",
            standing.measured(Source(), history="<key_result_history_table> FINAL"),
        ),
    ),
    StableView(
        "key_result_history",
        """SELECT workspace, goal, key_result, revision, value, occurred_at, recorded_at, actor, reason
FROM <key_result_history_table> FINAL""",
    ),
    StableView(
        "goal_links",
        """SELECT workspace, goal, post, weight, occurred_at AS since, recorded_at, revision, actor, reason
FROM <goal_links_table> FINAL WHERE linked""",
    ),
    StableView(
        "goal_link_history",
        """SELECT workspace, goal, post, revision, linked, weight, weight_before, occurred_at, recorded_at, actor,
  reason
FROM <goal_link_history_table> FINAL""",
    ),
)

_NOW = Source()
_PAST = Source(at="{at:DateTime64(3, 'UTC')}")

ACROSS = (
    StableView("goals_as_of", standing.goals(_PAST)),
    StableView("key_results_as_of", standing.key_results(standing.goals(_PAST), standing.measured(_PAST))),
    StableView("goal_links_as_of", standing.links(_PAST)),
    StableView("goal_posts", shares(_NOW)),
    StableView("goal_posts_as_of", shares(_PAST)),
    StableView("goal_coverage", coverage.coverage(_NOW)),
    StableView("goal_coverage_as_of", coverage.coverage(_PAST)),
    StableView("goals_without_demand", coverage.without_demand(_NOW)),
    StableView("goals_without_demand_as_of", coverage.without_demand(_PAST)),
    StableView("demand_without_goal", coverage.without_goal(_NOW)),
    StableView("demand_without_goal_as_of", coverage.without_goal(_PAST)),
)
"""Goals with the demand behind them, now; and all of it as of a moment, by when things happened."""
