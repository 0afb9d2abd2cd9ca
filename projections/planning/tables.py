"""The tables of teams and estimates, and their stable views."""

from projections.clickhouse.schema import StableView
from projections.table import Table

_TIME = "DateTime64(3, 'UTC')"

_DECIDED = {
    "occurred_at": _TIME,
    "recorded_at": _TIME,
    "revision": "UInt32",
    "actor": "String",
    "reason": "String",
    "version": "UInt64",
}

_TEAM_COLUMNS = {
    "workspace": "String",
    "team": "String",
    "name": "String",
    "removed": "Bool",
    "created_at": _TIME,
    **_DECIDED,
}

TEAMS = Table(name="teams", columns=_TEAM_COLUMNS, key=("workspace", "team"))
"""What a team is called now; removed ones, too."""

TEAM_HISTORY = Table(name="team_history", columns=_TEAM_COLUMNS, key=("workspace", "team", "revision"))
"""What a team was called after each decision."""

_ESTIMATE_COLUMNS = {
    "workspace": "String",
    "post": "String",
    "unit": "LowCardinality(String)",
    "low": "Float64",
    "high": "Float64",
    **_DECIDED,
}

ESTIMATES = Table(name="estimates", columns=_ESTIMATE_COLUMNS, key=("workspace", "post"))
"""What a post is thought to take now; the unit is empty where the estimate was withdrawn, as low and high are 0."""

ESTIMATE_HISTORY = Table(
    name="estimate_history", columns=_ESTIMATE_COLUMNS, key=("workspace", "post", "revision"),
)  # fmt: skip
"""What a post was thought to take after each decision."""

_WHO = "occurred_at, recorded_at, actor, reason, revision"
_THOUGHT = "unit, if(unit = '', NULL, low) AS low, if(unit = '', NULL, high) AS high"

VIEWS = (
    StableView(
        "teams",
        """SELECT workspace, team, name, created_at, occurred_at AS updated_at, recorded_at, actor, reason, revision
FROM <teams_table> FINAL WHERE NOT removed""",
    ),
    StableView(
        "team_history",
        f"SELECT workspace, team, name, removed, created_at, {_WHO} FROM <team_history_table> FINAL",
    ),
    StableView(
        "estimates",
        """SELECT workspace, post, unit, low, high, (low + high) / 2 AS middle, occurred_at AS since, recorded_at,
  actor, reason, revision
FROM <estimates_table> FINAL WHERE unit != ''""",
    ),
    StableView(
        "estimate_history",
        f"""SELECT workspace, post, {_THOUGHT}, CAST(unit = '', 'Bool') AS withdrawn, {_WHO}
FROM <estimate_history_table> FINAL""",
    ),
)
