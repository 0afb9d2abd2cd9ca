"""Boards as they are answered."""

from starlette.responses import Response

from api.answers import Budget, WrittenBoard
from api.commands import position_token
from api.reading import json_response
from events.domain.board import Board
from events.domain.execution import Saved
from events.rulings import Period


def written_board(saved: Saved[Board]) -> Response:
    """A board as a decision left it, with its version as `ETag`."""
    board = saved.aggregate
    budget = None if board.budget is None else budget_of(board.budget.votes, board.budget.period)
    answer = WrittenBoard(
        board=board.board,
        name=board.name,
        budget=budget,
        created_at=board.at,
        version=board.version,
        position=position_token(saved),
    )
    return json_response(answer, status=201 if saved.created else 200, headers={"etag": f'"{board.version}"'})


def budget_of(votes: int | None, period: Period) -> Budget | None:
    """A budget, if there is one."""
    return Budget(votes=votes, period=period) if votes else None
