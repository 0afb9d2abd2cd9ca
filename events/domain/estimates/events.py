"""What happens to the estimate of a post. It is internal: none of it is for the public."""

from typing import ClassVar, Literal, get_args

import msgspec

from events.domain.event import DomainEvent

Unit = Literal["days", "points"]
"""Days in progress, weekends and all, as they are measured; or points, which mean something to one team only."""
UNITS: tuple[Unit, ...] = get_args(Unit)


class EstimateGiven(msgspec.Struct, frozen=True, kw_only=True):
    """A post is thought to take from `low` to `high` of a unit."""

    TYPE: ClassVar[str] = "groundswell.estimate.given.v1"
    post: str
    unit: Unit
    low: float
    high: float
    reason: str = ""
    internal: bool = True
    at: str


class EstimateWithdrawn(msgspec.Struct, frozen=True, kw_only=True):
    """Nothing is thought of how long a post takes any more."""

    TYPE: ClassVar[str] = "groundswell.estimate.withdrawn.v1"
    post: str
    reason: str = ""
    internal: bool = True
    at: str


EstimateEvent = EstimateGiven | EstimateWithdrawn

EVENTS: tuple[type[DomainEvent], ...] = (EstimateGiven, EstimateWithdrawn)
