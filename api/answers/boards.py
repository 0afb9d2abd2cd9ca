"""Boards and their budgets of votes as they are answered."""

from starlette.responses import Response

from api.answers.answer import Answer, NextCursor, Position, Time
from api.commands import position_token
from api.reading import json_response
from events.domain.board import Board
from events.domain.execution import Saved
from events.rulings import Period


class Budget(Answer):
    """How many standing votes a person has on a board: in all, or of those cast within each calendar period in UTC."""

    votes: int
    period: Period


class BoardAnswer(Answer):
    """A board."""

    board: str
    name: str
    budget: Budget | None
    created_at: Time
    version: int


class WrittenBoard(BoardAnswer):
    """A board as it was written."""

    position: Position


class BudgetOfBoard(Answer):
    """A board's budget; null where a person has as many votes as they like."""

    board: str
    budget: Budget | None
    version: int


class BudgetOfPerson(Answer):
    """What a person has of a board's budget in the present period, which ends at `ends_at`.

    `standing` votes count, `waiting` ones do not until there is room; `left` is null where there is no budget.
    """

    person: str
    board: str
    budget: Budget | None
    standing: int
    waiting: int
    left: int | None
    ends_at: Time | None
    position: Position


class Boards(Answer):
    """A page of boards by id."""

    items: list[BoardAnswer]
    next_cursor: NextCursor
    position: Position


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
