"""The statuses of a workspace as they are looked up, and those that it has until it decides on its own."""

from functools import cached_property

import msgspec

from events.domain.workflow.events import Kind, Status, WorkflowSet

ENDED: frozenset[Kind] = frozenset({"shipped", "declined"})
"""Kinds of statuses in which a post has come to its end: from there it can be reopened."""


class Rules(msgspec.Struct, frozen=True, kw_only=True, dict=True):
    """Which statuses there are, in order; the one of new posts, and the one that posts are closed with."""

    statuses: tuple[Status, ...]
    initial: str
    closing: str | None = None

    @cached_property
    def by_id(self) -> dict[str, Status]:
        """Statuses by their ids."""
        return {status.id: status for status in self.statuses}

    @property
    def first(self) -> Status:
        """The status of new posts."""
        return self.by_id[self.initial]

    def of_kind(self, kind: Kind) -> tuple[str, ...]:
        """The ids of the statuses of a kind."""
        return tuple(status.id for status in self.statuses if status.kind == kind)

    def may_follow(self, status: str) -> tuple[str, ...]:
        """What a post of this status may come to next. Whatever there is, where the status itself is gone."""
        known = self.by_id.get(status)
        if known is None or not known.next:
            return tuple(each for each in self.by_id if each != status)
        return known.next


DEFAULT = Rules(
    statuses=(
        Status(id="open", name="Open", colour="#6b7280", kind="open"),
        Status(id="under-review", name="Under review", colour="#d97706", kind="open"),
        Status(id="planned", name="Planned", colour="#2563eb", kind="planned"),
        Status(id="in-progress", name="In progress", colour="#7c3aed", kind="in_progress"),
        Status(id="complete", name="Complete", colour="#16a34a", kind="shipped"),
        Status(id="closed", name="Closed", colour="#dc2626", kind="declined", votes=False),
    ),
    initial="open",
    closing="closed",
)
"""What everybody in this field begins with, and `open` before it."""


def rules_set(event: WorkflowSet) -> Rules:
    """The rules that a decision gave."""
    return Rules(statuses=event.statuses, initial=event.initial, closing=event.closing)
