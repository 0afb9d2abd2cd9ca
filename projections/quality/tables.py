"""The tables of quality: gates, checks, ways through gates, defects, complaints, satisfaction."""

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

_GATE = {"workspace": "String", "board": "String", "checks": "Array(String)", "names": "Array(String)"}

GATES = Table(name="gates", columns={**_GATE, **_DECIDED}, key=("workspace", "board"))
"""What a board's gate asks now: the checks' ids and their names, none where there is no gate any more."""

GATE_HISTORY = Table(name="gate_history", columns={**_GATE, **_DECIDED}, key=("workspace", "board", "revision"))
"""What a board's gate asked after each decision."""

_CHECK = {
    "workspace": "String",
    "post": "String",
    "check": "String",
    "passed": "Bool",
    "by": "String",
    "evidence": "String",
}

CHECKS = Table(name="checks", columns={**_CHECK, **_DECIDED}, key=("workspace", "post", "check"))
"""What was said last of a check of a post: passed, `by` whom and by what evidence, or taken back."""

CHECK_HISTORY = Table(name="check_history", columns={**_CHECK, **_DECIDED}, key=("workspace", "post", "revision"))
"""Each decision on a check of a post."""

GATE_PASSAGES = Table(
    name="gate_passages",
    columns={
        "workspace": "String",
        "post": "String",
        "board": "String",
        "checks": "Array(String)",
        "missing": "Array(String)",
        "release": "String",
        **_DECIDED,
    },
    key=("workspace", "post", "revision"),
)
"""Each time a post came through its gate: which checks were asked, and which were missing, where it was overridden.

`release` is the release that was published with it; empty where the post was moved to shipped by itself.
"""

_DEFECT = {"workspace": "String", "post": "String", "defect": "String", "linked": "Bool", "found_at": _TIME}

DEFECTS = Table(name="defects", columns={**_DEFECT, **_DECIDED}, key=("workspace", "post", "defect"))
"""Whether a post is a defect of another one. `found_at` is when the defect was submitted."""

DEFECT_HISTORY = Table(name="defect_history", columns={**_DEFECT, **_DECIDED}, key=("workspace", "post", "revision"))
"""Each decision on a link of a defect."""

_COMPLAINT = {"workspace": "String", "post": "String", "comment": "String", "marked": "Bool", "said_at": _TIME}

COMPLAINTS = Table(name="complaints", columns={**_COMPLAINT, **_DECIDED}, key=("workspace", "post", "comment"))
"""Whether a comment is a complaint. `said_at` is when it was written."""

COMPLAINT_HISTORY = Table(
    name="complaint_history", columns={**_COMPLAINT, **_DECIDED}, key=("workspace", "post", "comment", "revision")
)
"""Each decision on whether a comment is a complaint."""

SATISFACTION = Table(
    name="satisfaction",
    columns={
        "workspace": "String",
        "post": "String",
        "person": "String",
        "rating": "UInt8",
        "since": _TIME,
        "recorded_at": _TIME,
        "version": "UInt64",
    },
    key=("workspace", "post", "person"),
    indexes=("INDEX person person TYPE bloom_filter(0.01) GRANULARITY 1",),
)
"""A person's standing rating of a post, 1 to 5; a withdrawn one is 0. The version is an offset."""

SATISFACTION_HISTORY = Table(
    name="satisfaction_history",
    columns={
        "workspace": "String",
        "post": "String",
        "person": "String",
        "partition": "UInt16",
        "offset": "UInt64",
        "occurred_at": _TIME,
        "recorded_at": _TIME,
        "event_id": "String",
        "rating_before": "UInt8",
        "rating_after": "UInt8",
        "version": "UInt64",
    },
    key=("workspace", "post", "occurred_at", "partition", "offset"),
)
"""One event of one rating; one that changed nothing has equal sides. A late neighbour restates it."""

TABLES = (
    GATES,
    GATE_HISTORY,
    CHECKS,
    CHECK_HISTORY,
    GATE_PASSAGES,
    DEFECTS,
    DEFECT_HISTORY,
    COMPLAINTS,
    COMPLAINT_HISTORY,
    SATISFACTION,
    SATISFACTION_HISTORY,
)
