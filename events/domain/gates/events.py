"""What is decided on the gates of boards, and on the checks of posts.

All of it is for those who decide (`events.visibility`). `reason` is why; who decided is the commit's actor.
"""

from typing import ClassVar, Literal

import msgspec

from events.domain.event import DomainEvent


class Check(msgspec.Struct, frozen=True, kw_only=True):
    """One thing to be seen about before a post is shipped, and what it is called."""

    check: str
    name: str


class GateSet(msgspec.Struct, frozen=True, kw_only=True):
    """From now on these checks stand between a board's posts and shipped; none: there is no gate any more."""

    TYPE: ClassVar[str] = "groundswell.gate.set.v1"
    board: str
    checks: tuple[Check, ...]
    reason: str = ""
    internal: Literal[True] = True
    at: str


class ChecksBegun(msgspec.Struct, frozen=True, kw_only=True):
    """Something is written down of a post's checks, from here on."""

    TYPE: ClassVar[str] = "groundswell.checks.begun.v1"
    post: str
    internal: Literal[True] = True
    at: str


class CheckPassed(msgspec.Struct, frozen=True, kw_only=True):
    """A post passes a check: who says so (empty: who decided), and what shows it, a line or a URL."""

    TYPE: ClassVar[str] = "groundswell.checks.passed.v1"
    post: str
    check: str
    by: str = ""
    evidence: str
    internal: Literal[True] = True
    at: str


class CheckTakenBack(msgspec.Struct, frozen=True, kw_only=True):
    """A post does not pass a check any more, and why."""

    TYPE: ClassVar[str] = "groundswell.checks.taken-back.v1"
    post: str
    check: str
    reason: str
    internal: Literal[True] = True
    at: str


class GatePassed(msgspec.Struct, frozen=True, kw_only=True):
    """A post that passes all of its gate's checks is shipped, or published with a release, which ships it."""

    TYPE: ClassVar[str] = "groundswell.checks.gate-passed.v1"
    post: str
    board: str
    checks: tuple[str, ...]
    release: str = ""
    internal: Literal[True] = True
    at: str


class GateOverridden(msgspec.Struct, frozen=True, kw_only=True):
    """A post is shipped, or published with a release, although checks are missing, and why."""

    TYPE: ClassVar[str] = "groundswell.checks.gate-overridden.v1"
    post: str
    board: str
    checks: tuple[str, ...]
    missing: tuple[str, ...]
    release: str = ""
    reason: str
    internal: Literal[True] = True
    at: str


ChecksEvent = ChecksBegun | CheckPassed | CheckTakenBack | GatePassed | GateOverridden

EVENTS: tuple[type[DomainEvent], ...] = (
    GateSet,
    ChecksBegun,
    CheckPassed,
    CheckTakenBack,
    GatePassed,
    GateOverridden,
)
