"""The tables of goals."""

from projections.table import Table

_TIME = "DateTime64(3, 'UTC')"
_DECIDED = {"occurred_at": _TIME, "recorded_at": _TIME, "revision": "UInt32", "actor": "String"}

_GOAL = {
    "workspace": "String",
    "goal": "String",
    "name": "String",
    "description": "String",
    "target_day": "String",
    "key_results": "String",
    "state": "LowCardinality(String)",
    "created_at": _TIME,
    "closed_at": _TIME,
    **_DECIDED,
    "version": "UInt64",
}

GOALS = Table(name="goals", columns=_GOAL, key=("workspace", "goal"))
"""What a goal says now. `target_day` is empty where there is none, `key_results` is JSON, `closed_at` 1970 while open.

`revision` is its aggregate's version, and `occurred_at` when the last decision on it was, also on its links.
"""

GOAL_HISTORY = Table(
    name="goal_history",
    columns={**_GOAL, "change": "LowCardinality(String)", "what": "String", "reason": "String"},
    key=("workspace", "goal", "revision"),
)
"""What a goal said after each decision on that, whole; `what` says in a line what the change was."""

KEY_RESULT_HISTORY = Table(
    name="key_result_history",
    columns={
        "workspace": "String",
        "goal": "String",
        "key_result": "String",
        "value": "Float64",
        **_DECIDED,
        "reason": "String",
        "version": "UInt64",
    },
    key=("workspace", "goal", "key_result", "revision"),
)
"""Each value that a key result was measured at, and when."""

_LINK = {"workspace": "String", "goal": "String", "post": "String", "linked": "Bool", "weight": "UInt8"}

GOAL_LINKS = Table(
    name="goal_links",
    columns={**_LINK, **_DECIDED, "reason": "String", "version": "UInt64"},
    key=("workspace", "goal", "post"),
)
"""Whether a post that ever served a goal does so now, and with which weight (0 where it does not)."""

GOAL_LINK_HISTORY = Table(
    name="goal_link_history",
    columns={**_LINK, "weight_before": "UInt8", **_DECIDED, "reason": "String", "version": "UInt64"},
    key=("workspace", "goal", "post", "revision"),
)
"""Each decision on whether and with which weight a post serves a goal."""
