"""What posts are sorted by, as hot paths ask for it: workflows, tags and fields, and how they follow from events."""

from collections.abc import Mapping
from typing import NamedTuple

from events.domain.fields.events import FieldDefined, FieldRemoved, FieldType
from events.domain.tags.events import TagDefined, TagRemoved
from events.domain.workflow.events import WorkflowSet
from events.domain.workflow.rules import DEFAULT, Rules, rules_set


class TagEntry(NamedTuple):
    """A tag and the version of its aggregate."""

    tag: str
    name: str
    colour: str
    version: int


class FieldEntry(NamedTuple):
    """A board's custom field and the version of its aggregate."""

    field: str
    name: str
    type: FieldType
    choices: tuple[str, ...]
    version: int


class WorkflowEntry(NamedTuple):
    """What a workspace's posts go through, and the version of its aggregate: 0 while the default rules hold.

    `known` holds the ids of all statuses that there are and ever were.
    """

    rules: Rules
    version: int
    known: frozenset[str]


UNDECIDED = WorkflowEntry(DEFAULT, 0, frozenset(DEFAULT.by_id))
"""That of a workspace which never decided on one."""


def tags_after(tags: Mapping[str, TagEntry], event: TagDefined | TagRemoved, version: int) -> dict[str, TagEntry]:
    """A workspace's tags after one of their events."""
    others = {tag: entry for tag, entry in tags.items() if tag != event.tag}
    if isinstance(event, TagRemoved):
        return others
    return {**others, event.tag: TagEntry(event.tag, event.name, event.colour, version)}


def fields_after(
    fields: Mapping[str, FieldEntry], event: FieldDefined | FieldRemoved, version: int
) -> dict[str, FieldEntry]:
    """A board's fields after one of their events."""
    others = {field: entry for field, entry in fields.items() if field != event.field}
    if isinstance(event, FieldRemoved):
        return others
    return {**others, event.field: FieldEntry(event.field, event.name, event.type, event.choices, version)}


def workflow_after(workflow: WorkflowEntry, event: WorkflowSet, version: int) -> WorkflowEntry:
    """A workspace's workflow once it is set."""
    rules = rules_set(event)
    return WorkflowEntry(rules, version, workflow.known.union(rules.by_id))
