"""The tables of persons, companies and segments."""

from collections.abc import Mapping

from events.people import Kind
from projections.table import Table

_TIME = "DateTime64(3, 'UTC')"

_WORTH = {
    "plan": "String",
    "spend": "Int64",
    "currency": "LowCardinality(String)",
    "traits": "String",
    "fields": "String",
}
"""`spend` is a month's, in the minor unit of `currency`, which is empty where none is known. `traits` is a JSON object;
so is `fields`, which has what rules of segments look at."""

_SUBJECT = {"first_seen": _TIME, "updated_at": _TIME, "recorded_at": _TIME, "forgotten": "Bool", "version": "UInt64"}
_CHANGE = {"occurred_at": _TIME, "offset": "UInt64"}
_RECORDED = {"recorded_at": _TIME, "version": "UInt64"}

PEOPLE = Table(
    name="people",
    columns={
        "workspace": "String", "person": "String", "name": "String", "email": "String", "company": "String",
        **_WORTH, **_SUBJECT,
    },
    key=("workspace", "person"),
    sharded_by=("workspace", "person"),
    personal=True,
)  # fmt: skip
"""What is known of a person now. The version is an offset of the topic `people`, here as in all but segments."""

PERSON_HISTORY = Table(
    name="person_history",
    columns={"workspace": "String", "person": "String", **_CHANGE, "company": "String", **_WORTH, **_RECORDED},
    key=("workspace", "person", "occurred_at", "offset"),
    sharded_by=("workspace", "person"),
    personal=True,
)
"""What was so of a person from each fact on: no name and no address, which have no history."""

COMPANIES = Table(
    name="companies",
    columns={
        "workspace": "String", "company": "String", "name": "String", "domain": "String", **_WORTH, **_SUBJECT,
    },
    key=("workspace", "company"),
    sharded_by=("workspace", "company"),
    personal=True,
)  # fmt: skip
"""What is known of a company now."""

COMPANY_HISTORY = Table(
    name="company_history",
    columns={"workspace": "String", "company": "String", **_CHANGE, **_WORTH, **_RECORDED},
    key=("workspace", "company", "occurred_at", "offset"),
    sharded_by=("workspace", "company"),
    personal=True,
)
"""What was so of a company from each fact on."""

FORGOTTEN = Table(
    name="forgotten",
    columns={
        "workspace": "String", "kind": "LowCardinality(String)", "subject": "String", "forgotten_at": _TIME,
        "version": "UInt64",
    },
    key=("workspace", "kind", "subject"),
    sharded_by=("workspace", "subject"),
)  # fmt: skip
"""Who was forgotten, last when. No row about them of an older version may be left in the other tables."""

SEGMENTS = Table(
    name="segments",
    columns={
        "workspace": "String", "segment": "String", "name": "String", "match": "LowCardinality(String)",
        "conditions": "String", "removed": "Bool", "occurred_at": _TIME, "recorded_at": _TIME, "revision": "UInt32",
        "actor": "String", "reason": "String", "version": "UInt64",
    },
    key=("workspace", "segment"),
    sharded_by=("workspace", "segment"),
)  # fmt: skip
"""What rules a segment has now, as a JSON array of {field, op, values}. The version is an offset of the ledger."""

SEGMENT_HISTORY = Table(
    name="segment_history",
    columns={"workspace": "String", "segment": "String", "revision": "UInt32", **{
        name: kind for name, kind in SEGMENTS.columns.items() if name not in ("workspace", "segment", "revision")
    }},
    key=("workspace", "segment", "revision"),
    sharded_by=("workspace", "segment"),
)  # fmt: skip
"""What a segment was after each change of it, whole."""

SUBJECT_TABLES: Mapping[Kind, tuple[Table, Table]] = {
    "person": (PEOPLE, PERSON_HISTORY),
    "company": (COMPANIES, COMPANY_HISTORY),
}
"""The tables that say something of a person or of a company: how they stand, and how that came about."""
