"""Giving a board a budget of votes, or taking it away."""

from typing import get_args
from uuid import UUID

from typing_extensions import override

from events.domain.aggregates import Aggregates, Change, changed
from events.domain.board import Board
from events.domain.bounds import REASON_CHARACTERS, check_text
from events.domain.budgets.events import BoardBudgeted
from events.domain.commands import Command
from events.domain.originators import originator_of
from events.domain.refusals import Invalid, NotFound
from events.rulings import Period

MOST_VOTES = 1000


class SetBudget(Command[Board], frozen=True, kw_only=True, tag=True):
    """Let a person have so many standing votes on a board, in all or a calendar period; None for as many as they like.

    The budget that the board has is no event.
    """

    board: str
    votes: int | None
    period: Period = "all"
    reason: str = ""

    @property
    @override
    def subject(self) -> UUID:
        return originator_of(self.workspace, "board", self.board)

    @override
    def change(self, aggregates: Aggregates, at: str) -> Change[Board]:
        if self.votes is not None and not 1 <= self.votes <= MOST_VOTES:
            raise Invalid("votes", f"must be 1 to {MOST_VOTES}, or null for as many as one likes")
        if self.period not in get_args(Period):
            raise Invalid("period", f"must be one of {', '.join(get_args(Period))}")
        check_text("reason", self.reason, most=REASON_CHARACTERS)
        board = aggregates.find(Board, self.board)
        if board is None:
            raise NotFound("board", self.board)
        budget = board.budget
        stands = (None, "all") if budget is None or budget.votes is None else (budget.votes, budget.period)
        if stands == ((self.votes, self.period) if self.votes is not None else (None, "all")):
            return changed(board, ())
        at = at if self.at is not None or budget is None else max(at, budget.at)
        event = BoardBudgeted(
            board=self.board, votes=self.votes, period=self.period, reason=self.reason, at=at
        )  # fmt: skip
        return changed(board, [event])
