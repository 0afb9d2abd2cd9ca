"""A workspace's workflow: there once somebody decides on it; until then the default rules hold."""

from collections.abc import Sequence
from typing import ClassVar, Self
from uuid import UUID

import msgspec

from events.domain.bounds import NAME_CHARACTERS, REASON_CHARACTERS, check_colour, check_id, check_line, check_text
from events.domain.event import DomainEvent, NotItsEvent
from events.domain.refusals import Invalid
from events.domain.workflow.events import Status, WorkflowSet
from events.domain.workflow.rules import ENDED, Rules, rules_set

MOST_STATUSES = 50


class Workflow(msgspec.Struct, frozen=True, kw_only=True):
    """The rules that a workspace decided on; `at` is when it last did."""

    KIND: ClassVar[str] = "workflow"
    FIRST: ClassVar[type[DomainEvent]] = WorkflowSet

    id: UUID
    version: int
    rules: Rules
    at: str

    @classmethod
    def begin(cls, id: UUID, event: WorkflowSet) -> Self:
        """The workflow that a workspace decided on first."""
        return cls(id=id, version=1, rules=rules_set(event), at=event.at)

    def evolve(self, event: DomainEvent) -> "Workflow":
        """The workflow after this event."""
        if not isinstance(event, WorkflowSet):
            raise NotItsEvent("a workflow", event)
        return msgspec.structs.replace(self, version=self.version + 1, rules=rules_set(event), at=event.at)


def check_rules(rules: Rules) -> None:
    """Refuse what no workspace can work by.

    Raises:
        Invalid: naming the field.
    """
    if not 1 <= len(rules.statuses) <= MOST_STATUSES:
        raise Invalid("statuses", f"there must be 1 to {MOST_STATUSES} of them")
    if len(rules.by_id) != len(rules.statuses):
        raise Invalid("statuses", "two of them have the same id")
    for place, status in enumerate(rules.statuses):
        _check_status(f"statuses.{place}", status, rules)
    for field, id in (("initial", rules.initial), ("closing", rules.closing)):
        if id is not None and id not in rules.by_id:
            raise Invalid(field, f"there is no status {id!r} among these")
    if rules.by_id[rules.initial].kind in ENDED:
        raise Invalid("initial", "new posts can't be shipped or declined already")
    if rules.closing is not None and rules.by_id[rules.closing].kind not in ENDED:
        raise Invalid("closing", "posts are closed as shipped or declined")


def set_workflow(rules: Rules, *, reason: str, at: str) -> WorkflowSet:
    """The event that has a workspace work by these rules."""
    check_rules(rules)
    check_text("reason", reason, most=REASON_CHARACTERS)
    return WorkflowSet(statuses=rules.statuses, initial=rules.initial, closing=rules.closing, reason=reason, at=at)


def _check_status(field: str, status: Status, rules: Rules) -> None:
    check_id(f"{field}.id", status.id)
    check_line(f"{field}.name", status.name, least=1, most=NAME_CHARACTERS)
    check_colour(f"{field}.colour", status.colour)
    unknown: Sequence[str] = [id for id in status.next if id not in rules.by_id]
    if unknown:
        raise Invalid(f"{field}.next", f"there is no status {unknown[0]!r} among these")
