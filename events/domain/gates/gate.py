"""A board's gate: which checks its posts must pass before they are shipped, and since when."""

from collections.abc import Sequence
from typing import ClassVar, NamedTuple, Self
from uuid import UUID

import msgspec

from events.domain.bounds import NAME_CHARACTERS, REASON_CHARACTERS, check_id, check_line, check_text
from events.domain.event import DomainEvent, NotItsEvent
from events.domain.gates.events import Check, GateSet
from events.domain.refusals import Invalid

MOST_CHECKS = 50


class Asking(NamedTuple):
    """Which checks are asked, from a moment on."""

    since: str
    checks: tuple[Check, ...]


class Gate(msgspec.Struct, frozen=True, kw_only=True):
    """A gate as it stands; `asking` is what it asked from when on, in order."""

    KIND: ClassVar[str] = "gate"
    FIRST: ClassVar[type[DomainEvent]] = GateSet

    id: UUID
    version: int
    board: str
    asking: tuple[Asking, ...]

    @classmethod
    def begin(cls, id: UUID, event: GateSet) -> Self:
        """The gate that this event set."""
        return cls(id=id, version=1, board=event.board, asking=(Asking(event.at, event.checks),))

    def evolve(self, event: DomainEvent) -> "Gate":
        """The gate after this event."""
        if not isinstance(event, GateSet):
            raise NotItsEvent(f"the gate of board {self.board!r}", event)
        asking = (*self.asking, Asking(event.at, event.checks))
        return msgspec.structs.replace(self, version=self.version + 1, asking=asking)

    @property
    def checks(self) -> tuple[Check, ...]:
        """What it asks now."""
        return self.asking[-1].checks

    @property
    def touched(self) -> str:
        """When it was decided on last."""
        return self.asking[-1].since

    def asked(self, at: str) -> tuple[Check, ...]:
        """What it asks of a post that is shipped at this moment: nothing before it was set."""
        return next((each.checks for each in reversed(self.asking) if each.since <= at), ())

    def set(self, checks: tuple[Check, ...], *, reason: str, at: str) -> Sequence[GateSet]:
        """Have it ask this. What it asks already is no event."""
        event = set_gate(self.board, checks, reason=reason, at=at)
        return () if checks == self.checks else (event,)


def set_gate(board: str, checks: tuple[Check, ...], *, reason: str, at: str) -> GateSet:
    """The event that sets a board's gate.

    Raises:
        Invalid: naming the field.
    """
    check_text("reason", reason, most=REASON_CHARACTERS)
    if len(checks) > MOST_CHECKS:
        raise Invalid("checks", f"may be {MOST_CHECKS} at most")
    if len({check.check for check in checks}) < len(checks):
        raise Invalid("checks", "two of them have the same id")
    for number, check in enumerate(checks):
        check_id(f"checks.{number}.check", check.check)
        check_line(f"checks.{number}.name", check.name, least=1, most=NAME_CHARACTERS)
    return GateSet(board=board, checks=checks, reason=reason, at=at)
