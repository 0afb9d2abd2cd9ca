"""What happens to goals: all of it is internal, and says so where it is written (`events.visibility`).

`reason` says why it was decided; who decided is the commit's actor.
"""

from typing import ClassVar, Literal

import msgspec

from events.domain.event import DomainEvent

Outcome = Literal["achieved", "missed", "dropped"]


class KeyResult(msgspec.Struct, frozen=True, omit_defaults=True):
    """What a goal is measured by: a number in `unit` that is to come from `start` to `target`, up or down."""

    key_result: str
    name: str
    start: float
    target: float
    unit: str = ""


class GoalDefined(msgspec.Struct, frozen=True, kw_only=True):
    """There is a goal that says this, to be reached by the end of `target_day` (2026-12-31), if there is one."""

    TYPE: ClassVar[str] = "groundswell.goal.defined.v1"
    goal: str
    name: str
    description: str = ""
    target_day: str | None = None
    key_results: tuple[KeyResult, ...] = ()
    reason: str = ""
    internal: Literal[True] = True
    at: str


class KeyResultMeasured(msgspec.Struct, frozen=True, kw_only=True):
    """A key result stood at this value at that moment."""

    TYPE: ClassVar[str] = "groundswell.goal.measured.v1"
    goal: str
    key_result: str
    value: float
    reason: str = ""
    internal: Literal[True] = True
    at: str


class GoalLinked(msgspec.Struct, frozen=True, kw_only=True):
    """A post serves a goal, with a weight against its links to other goals."""

    TYPE: ClassVar[str] = "groundswell.goal.linked.v1"
    goal: str
    post: str
    weight: int
    reason: str = ""
    internal: Literal[True] = True
    at: str


class GoalUnlinked(msgspec.Struct, frozen=True, kw_only=True):
    """A post serves a goal no longer."""

    TYPE: ClassVar[str] = "groundswell.goal.unlinked.v1"
    goal: str
    post: str
    reason: str = ""
    internal: Literal[True] = True
    at: str


class GoalClosed(msgspec.Struct, frozen=True, kw_only=True):
    """A goal is no longer worked for, and what came of it."""

    TYPE: ClassVar[str] = "groundswell.goal.closed.v1"
    goal: str
    outcome: Outcome
    reason: str = ""
    internal: Literal[True] = True
    at: str


class GoalReopened(msgspec.Struct, frozen=True, kw_only=True):
    """A closed goal is worked for again."""

    TYPE: ClassVar[str] = "groundswell.goal.reopened.v1"
    goal: str
    reason: str = ""
    internal: Literal[True] = True
    at: str


GoalEvent = GoalDefined | KeyResultMeasured | GoalLinked | GoalUnlinked | GoalClosed | GoalReopened

EVENTS: tuple[type[DomainEvent], ...] = (
    GoalDefined,
    KeyResultMeasured,
    GoalLinked,
    GoalUnlinked,
    GoalClosed,
    GoalReopened,
)
