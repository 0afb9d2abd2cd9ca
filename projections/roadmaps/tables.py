"""The tables of roadmaps."""

from projections.table import Table

_TIME = "DateTime64(3, 'UTC')"

ROADMAPS = Table(
    name="roadmaps",
    columns={
        "workspace": "String",
        "roadmap": "String",
        "name": "String",
        "public": "Bool",
        "by": "LowCardinality(String)",
        "columns": "String",
        "created_at": _TIME,
        "began_at": _TIME,
        "occurred_at": _TIME,
        "recorded_at": _TIME,
        "revision": "UInt32",
        "items": "UInt32",
        "version": "UInt64",
    },
    key=("workspace", "roadmap"),
)
"""What a roadmap is now. `columns` is JSON. `began_at` is the first moment of anything on it: it was there by then."""

ROADMAP_EDITS = Table(
    name="roadmap_edits",
    columns={
        "workspace": "String",
        "roadmap": "String",
        "revision": "UInt32",
        "change": "LowCardinality(String)",
        "name": "String",
        "public": "Bool",
        "by": "LowCardinality(String)",
        "columns": "String",
        "name_before": "String",
        "public_before": "Bool",
        "columns_before": "String",
        "occurred_at": _TIME,
        "recorded_at": _TIME,
        "actor": "String",
        "reason": "String",
        "version": "UInt64",
    },
    key=("workspace", "roadmap", "revision"),
)
"""What a roadmap was after each decision on its name, its columns, and whom it is for."""

_PLACE = {
    "placed": "Bool",
    "column": "String",
    "rank": "String",
    "target": "Date",
    "precision": "LowCardinality(String)",
    "due": "Date",
    "owner": "String",
    "note": "String",
    "team": "String",
}
"""Where a post stands; `precision` is empty where there is no target date, `due` the last day that it means."""

ROADMAP_ITEMS = Table(
    name="roadmap_items",
    columns={
        "workspace": "String",
        "roadmap": "String",
        "post": "String",
        **_PLACE,
        "since": _TIME,
        "recorded_at": _TIME,
        "revision": "UInt32",
        "version": "UInt64",
    },
    key=("workspace", "roadmap", "post"),
)
"""Where every post that ever was on a roadmap stands now."""

ROADMAP_HISTORY = Table(
    name="roadmap_history",
    columns={
        "workspace": "String",
        "roadmap": "String",
        "post": "String",
        "revision": "UInt32",
        "change": "LowCardinality(String)",
        **_PLACE,
        "column_before": "String",
        "target_before": "Date",
        "precision_before": "LowCardinality(String)",
        "due_before": "Date",
        "owner_before": "String",
        "team_before": "String",
        "public": "Bool",
        "since": _TIME,
        "until": _TIME,
        "recorded_at": _TIME,
        "actor": "String",
        "reason": "String",
        "version": "UInt64",
    },
    key=("workspace", "roadmap", "post", "revision"),
)
"""Each place that a post had on a roadmap: from when until when (1970 while it stands), by whose decision and why.

`public` says whether the roadmap was, at the time. A place is stated again when the next one ends it.
"""
