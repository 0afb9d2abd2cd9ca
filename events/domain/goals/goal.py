"""A goal: what it is measured by, what was measured, which posts serve it, and what came of it."""

from collections.abc import Mapping, Sequence
from typing import ClassVar, Literal, Self
from uuid import UUID

import msgspec

from events.domain.bounds import REASON_CHARACTERS, check_id, check_text
from events.domain.event import DomainEvent, NotItsEvent
from events.domain.goals.events import (
    GoalClosed,
    GoalDefined,
    GoalEvent,
    GoalLinked,
    GoalReopened,
    GoalUnlinked,
    KeyResult,
    KeyResultMeasured,
    Outcome,
)
from events.domain.goals.wording import check_number
from events.domain.refusals import Conflict, Invalid, NotFound

MOST_LINKS = 2000
LEAST_WEIGHT, MOST_WEIGHT = 1, 100

State = Literal["open", "achieved", "missed", "dropped"]


class Measured(msgspec.Struct, frozen=True):
    """What a key result stood at, at the last moment that somebody measured it."""

    value: float
    at: str


class Goal(msgspec.Struct, frozen=True, kw_only=True):
    """A goal as it stands.

    `measured` is by key result, `links` the weights by post, `decided` when each link was last decided on, also one
    that is gone. `touched` is when the goal itself was: defined, closed or reopened.
    """

    KIND: ClassVar[str] = "goal"
    FIRST: ClassVar[type[DomainEvent]] = GoalDefined

    id: UUID
    version: int
    goal: str
    name: str
    description: str
    target_day: str | None
    key_results: tuple[KeyResult, ...]
    at: str
    touched: str
    state: State = "open"
    measured: Mapping[str, Measured] = {}
    links: Mapping[str, int] = {}
    decided: Mapping[str, str] = {}

    @classmethod
    def begin(cls, id: UUID, event: GoalDefined) -> Self:
        """The goal that this event defined."""
        return cls(
            id=id, version=1, goal=event.goal, name=event.name, description=event.description,
            target_day=event.target_day, key_results=event.key_results, at=event.at, touched=event.at,
        )  # fmt: skip

    def evolve(self, event: DomainEvent) -> "Goal":
        """The goal after this event."""
        changes: dict[str, object] = {}
        match event:
            case GoalDefined():
                words = ("name", "description", "target_day", "key_results")
                changes = {**{word: getattr(event, word) for word in words}, "touched": event.at}
            case KeyResultMeasured():
                last = self.measured.get(event.key_result)
                if last is None or last.at <= event.at:
                    changes = {"measured": {**self.measured, event.key_result: Measured(event.value, event.at)}}
            case GoalLinked():
                changes = {"links": {**self.links, event.post: event.weight}, **self._decided(event)}
            case GoalUnlinked():
                links = {post: weight for post, weight in self.links.items() if post != event.post}
                changes = {"links": links, **self._decided(event)}
            case GoalClosed():
                changes = {"state": event.outcome, "touched": event.at}
            case GoalReopened():
                changes = {"state": "open", "touched": event.at}
            case _:
                raise NotItsEvent(f"goal {self.goal!r}", event)
        return msgspec.structs.replace(self, version=self.version + 1, **changes)

    def define(self, event: GoalDefined) -> Sequence[GoalEvent]:
        """Have it say this. What is so already is no event."""
        words = ("name", "description", "target_day", "key_results")
        return () if all(getattr(event, word) == getattr(self, word) for word in words) else (event,)

    def measure(self, key_result: str, value: float, *, reason: str, at: str) -> Sequence[GoalEvent]:
        """Note what a key result stood at, at any moment since. The same once more is no event."""
        check_text("reason", reason, most=REASON_CHARACTERS)
        check_number("value", value)
        if all(each.key_result != key_result for each in self.key_results):
            raise NotFound("key result", key_result)
        if self.measured.get(key_result) == Measured(value, at):
            return ()
        return (KeyResultMeasured(goal=self.goal, key_result=key_result, value=value, reason=reason, at=at),)

    def link(self, post: str, weight: int, *, reason: str, at: str) -> Sequence[GoalEvent]:
        """Have a post serve it. What is so already is no event."""
        check_id("post", post)
        check_text("reason", reason, most=REASON_CHARACTERS)
        if not LEAST_WEIGHT <= weight <= MOST_WEIGHT:
            raise Invalid("weight", f"must lie between {LEAST_WEIGHT} and {MOST_WEIGHT}")
        if self.links.get(post) == weight:
            return ()
        if post not in self.links and len(self.links) >= MOST_LINKS:
            raise Conflict("post", f"{MOST_LINKS} posts serve this goal: that is the most")
        return (GoalLinked(goal=self.goal, post=post, weight=weight, reason=reason, at=at),)

    def unlink(self, post: str, *, reason: str, at: str) -> Sequence[GoalEvent]:
        """Have a post serve it no longer. That it does not is no event."""
        check_text("reason", reason, most=REASON_CHARACTERS)
        return () if post not in self.links else (GoalUnlinked(goal=self.goal, post=post, reason=reason, at=at),)

    def close(self, outcome: Outcome, *, reason: str, at: str) -> Sequence[GoalEvent]:
        """Say what came of it; another outcome than before corrects that. The same is no event."""
        check_text("reason", reason, most=REASON_CHARACTERS)
        return () if self.state == outcome else (GoalClosed(goal=self.goal, outcome=outcome, reason=reason, at=at),)

    def reopen(self, *, reason: str, at: str) -> Sequence[GoalEvent]:
        """Have it worked for again. An open one is no event."""
        check_text("reason", reason, most=REASON_CHARACTERS)
        return () if self.state == "open" else (GoalReopened(goal=self.goal, reason=reason, at=at),)

    def _decided(self, event: GoalLinked | GoalUnlinked) -> dict[str, object]:
        return {"decided": {**self.decided, event.post: event.at}}
