"""The checks of one post: which it passes, who says so, and what shows it."""

from collections.abc import Mapping, Sequence
from typing import ClassVar, Self
from uuid import UUID

import msgspec

from events.domain.bounds import NAME_CHARACTERS, REASON_CHARACTERS, check_line, check_text
from events.domain.event import DomainEvent, NotItsEvent
from events.domain.gates.events import (
    CheckPassed,
    ChecksBegun,
    ChecksEvent,
    CheckTakenBack,
    GateOverridden,
    GatePassed,
)
from events.domain.refusals import Invalid

EVIDENCE_CHARACTERS = 500


class Mark(msgspec.Struct, frozen=True, kw_only=True):
    """What was said last of one check: passed by somebody, or taken back; `at` is when."""

    passed: bool
    by: str = ""
    evidence: str = ""
    at: str


class PostChecks(msgspec.Struct, frozen=True, kw_only=True):
    """A post's checks as they stand. `cleared` is the last release that was published with it, if one was."""

    KIND: ClassVar[str] = "checks"
    FIRST: ClassVar[type[DomainEvent]] = ChecksBegun

    id: UUID
    version: int
    post: str
    marks: Mapping[str, Mark] = {}
    cleared: str = ""

    @classmethod
    def begin(cls, id: UUID, event: ChecksBegun) -> Self:
        """The checks of a post, none of which it passes yet."""
        return cls(id=id, version=1, post=event.post)

    def evolve(self, event: DomainEvent) -> "PostChecks":
        """The checks after this event."""
        match event:
            case CheckPassed():
                mark = Mark(passed=True, by=event.by, evidence=event.evidence, at=event.at)
                changes: dict[str, object] = {"marks": {**self.marks, event.check: mark}}
            case CheckTakenBack():
                changes = {"marks": {**self.marks, event.check: Mark(passed=False, at=event.at)}}
            case GatePassed() | GateOverridden():
                changes = {"cleared": event.release}
            case _:
                raise NotItsEvent(f"the checks of post {self.post!r}", event)
        return msgspec.structs.replace(self, version=self.version + 1, **changes)

    def passes(self, check: str) -> bool:
        """Whether the post passes a check."""
        mark = self.marks.get(check)
        return mark is not None and mark.passed

    def last(self, check: str) -> str:
        """When it was last decided on a check; empty if never."""
        mark = self.marks.get(check)
        return "" if mark is None else mark.at

    def pass_check(self, check: str, *, by: str, evidence: str, at: str) -> Sequence[ChecksEvent]:
        """Have the post pass a check. By the same person with the same evidence, it is no event.

        Raises:
            Invalid: if the evidence, or who says so, can't be.
        """
        check_line("evidence", evidence, least=1, most=EVIDENCE_CHARACTERS)
        check_line("by", by, most=NAME_CHARACTERS)
        if "@" in by:
            raise Invalid("by", "must be a person's id or a label, not an e-mail address")
        mark = self.marks.get(check)
        if mark is not None and (mark.passed, mark.by, mark.evidence) == (True, by, evidence):
            return ()
        return (CheckPassed(post=self.post, check=check, by=by, evidence=evidence, at=at),)

    def take_back(self, check: str, *, reason: str, at: str) -> Sequence[ChecksEvent]:
        """Have the post not pass a check any more. One that it does not pass is no event."""
        check_text("reason", reason, least=1, most=REASON_CHARACTERS)
        return (CheckTakenBack(post=self.post, check=check, reason=reason, at=at),) if self.passes(check) else ()
