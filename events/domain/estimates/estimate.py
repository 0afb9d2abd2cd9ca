"""The estimate of a post, one a post."""

import math
from collections.abc import Sequence
from typing import ClassVar, Self
from uuid import UUID

import msgspec

from events.domain.bounds import REASON_CHARACTERS, check_id, check_text
from events.domain.estimates.events import EstimateEvent, EstimateGiven, EstimateWithdrawn, Unit
from events.domain.event import DomainEvent, NotItsEvent
from events.domain.refusals import Invalid

LARGEST = 10_000.0
"""More days or points than that no post takes."""


class Estimate(msgspec.Struct, frozen=True, kw_only=True):
    """What is thought of a post now; nothing, where it was withdrawn. `touched` is when it was last decided on."""

    KIND: ClassVar[str] = "estimate"
    FIRST: ClassVar[type[DomainEvent]] = EstimateGiven

    id: UUID
    version: int
    post: str
    unit: Unit
    low: float
    high: float
    reason: str
    at: str
    touched: str
    withdrawn: bool = False

    @classmethod
    def begin(cls, id: UUID, event: EstimateGiven) -> Self:
        """The estimate that was given first."""
        return cls(
            id=id, version=1, post=event.post, unit=event.unit, low=event.low, high=event.high, reason=event.reason,
            at=event.at, touched=event.at,
        )  # fmt: skip

    def evolve(self, event: DomainEvent) -> "Estimate":
        """The estimate after this event."""
        replace, version = msgspec.structs.replace, self.version + 1
        match event:
            case EstimateGiven():
                return replace(
                    self, version=version, unit=event.unit, low=event.low, high=event.high, reason=event.reason,
                    at=event.at, touched=max(self.touched, event.at), withdrawn=False,
                )  # fmt: skip
            case EstimateWithdrawn():
                return replace(self, version=version, withdrawn=True, touched=max(self.touched, event.at))
            case _:
                raise NotItsEvent(f"the estimate of post {self.post!r}", event)

    def give(self, event: EstimateGiven) -> Sequence[EstimateEvent]:
        """Think so of it. What is thought already is no event."""
        same = (event.unit, event.low, event.high) == (self.unit, self.low, self.high)
        return () if same and not self.withdrawn else (event,)

    def withdraw(self, *, reason: str, at: str) -> Sequence[EstimateEvent]:
        """Think nothing of it any more. That nothing is thought is no event."""
        check_text("reason", reason, most=REASON_CHARACTERS)
        return () if self.withdrawn else (EstimateWithdrawn(post=self.post, reason=reason, at=at),)


def give_estimate(*, post: str, unit: Unit, low: float, high: float, reason: str, at: str) -> EstimateGiven:
    """What gives an estimate, whether there is one or not.

    Raises:
        Invalid: if it is no span of days or points.
    """
    check_id("post", post)
    check_text("reason", reason, most=REASON_CHARACTERS)
    for field, value in (("low", low), ("high", high)):
        if not math.isfinite(value) or not 0 < value <= LARGEST:
            raise Invalid(field, f"must be more than 0, and {LARGEST:,.0f} at most")
    if high < low:
        raise Invalid("high", f"must not be less than low, {low:g}")
    return EstimateGiven(post=post, unit=unit, low=low, high=high, reason=reason, at=at)
