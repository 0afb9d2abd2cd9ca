"""What happens to a workflow: it is set, whole."""

from typing import ClassVar, Literal

import msgspec

from events.domain.event import DomainEvent

Kind = Literal["open", "planned", "in_progress", "shipped", "declined"]
"""What a status comes to, whatever a workspace calls it."""


class Status(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A status that posts can have.

    `votes` says whether posts take votes in it, `next` which statuses may follow it (none named: any). `colour` is
    #rrggbb.
    """

    id: str
    name: str
    colour: str
    kind: Kind
    votes: bool = True
    next: tuple[str, ...] = ()


class WorkflowSet(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A workspace has these statuses. New posts have `initial`, posts that are closed `closing`, where there is one."""

    TYPE: ClassVar[str] = "groundswell.workflow.set.v1"
    statuses: tuple[Status, ...]
    initial: str
    closing: str | None = None
    reason: str = ""
    at: str


EVENTS: tuple[type[DomainEvent], ...] = (WorkflowSet,)
