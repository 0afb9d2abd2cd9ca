"""What posts are sorted by: the tables of statuses, tags and boards' fields, and the rows that their events make."""

from collections.abc import Iterator, Sequence

from events.domain.fields.events import FieldDefined, FieldRemoved
from events.domain.tags.events import TagDefined, TagRemoved
from events.domain.workflow.events import Status, WorkflowSet
from projections.clickhouse.schema import StableView
from projections.decisions import Decision
from projections.fold import Row
from projections.table import Table

_DECIDED = {"removed": "Bool", "recorded_at": "DateTime64(3, 'UTC')", "revision": "UInt32", "version": "UInt64"}

STATUSES = Table(
    name="statuses",
    columns={
        "workspace": "String",
        "status": "String",
        "name": "String",
        "colour": "String",
        "kind": "LowCardinality(String)",
        "votes": "Bool",
        "next": "Array(String)",
        "place": "UInt16",
        **_DECIDED,
    },
    key=("workspace", "status"),
)
"""A status of a workflow that a workspace decided on, in the order of `place`."""

TAGS = Table(
    name="tags",
    columns={"workspace": "String", "tag": "String", "name": "String", "colour": "String", **_DECIDED},
    key=("workspace", "tag"),
)

FIELDS = Table(
    name="board_fields",
    columns={
        "workspace": "String",
        "board": "String",
        "field": "String",
        "name": "String",
        "type": "LowCardinality(String)",
        "choices": "Array(String)",
        **_DECIDED,
    },
    key=("workspace", "board", "field"),
)

VIEWS = (
    StableView(
        "statuses",
        "SELECT workspace, status, name, colour, kind, votes, next, place, recorded_at "
        "FROM <statuses_table> FINAL WHERE NOT removed",
    ),
    StableView("tags", "SELECT workspace, tag, name, colour, recorded_at FROM <tags_table> FINAL WHERE NOT removed"),
    StableView(
        "board_fields",
        "SELECT workspace, board, field, name, type, choices, recorded_at "
        "FROM <board_fields_table> FINAL WHERE NOT removed",
    ),
)


def status_rows(decision: Decision, event: WorkflowSet, before: Sequence[Status]) -> Iterator[Row]:
    """The statuses that there are from now on, and those of before that there are no longer."""
    kept = {status.id for status in event.statuses}
    stated = [(status, False) for status in event.statuses]
    stated += [(status, True) for status in before if status.id not in kept]
    for place, (status, removed) in enumerate(stated):
        yield (
            decision.workspace, status.id, status.name, status.colour, status.kind, status.votes, status.next, place,
            removed, *_decided(decision),
        )  # fmt: skip


def tag_row(decision: Decision, event: TagDefined) -> Row:
    """A tag that there is."""
    return (decision.workspace, event.tag, event.name, event.colour, False, *_decided(decision))


def removed_tag_row(decision: Decision, event: TagRemoved) -> Row:
    """A tag that there is no longer."""
    return (decision.workspace, event.tag, "", "", True, *_decided(decision))


def field_row(decision: Decision, event: FieldDefined) -> Row:
    """A field that a board has."""
    about = (decision.workspace, event.board, event.field)
    return (*about, event.name, event.type, event.choices, False, *_decided(decision))


def removed_field_row(decision: Decision, event: FieldRemoved) -> Row:
    """A field that a board has no longer."""
    return (decision.workspace, event.board, event.field, "", "", (), True, *_decided(decision))


def _decided(decision: Decision) -> tuple[int, int, int]:
    return decision.recorded, decision.revision, decision.offset
