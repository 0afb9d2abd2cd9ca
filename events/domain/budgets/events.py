"""What happens to a board's budget, on the board's aggregate."""

from typing import ClassVar

import msgspec

from events.domain.event import DomainEvent
from events.rulings import Period


class BoardBudgeted(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A person has so many standing votes on this board, in all or a period; None is as many as they like."""

    TYPE: ClassVar[str] = "groundswell.board.budgeted.v1"
    board: str
    votes: int | None = None
    period: Period = "all"
    reason: str = ""
    at: str


EVENTS: tuple[type[DomainEvent], ...] = (BoardBudgeted,)
