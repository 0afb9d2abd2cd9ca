"""What budgets a board may be given."""

import pytest

from events.domain.board import Board
from events.domain.budgets.commands import SetBudget
from events.domain.budgets.events import BoardBudgeted
from events.domain.refusals import Invalid, NotFound
from events.rulings import Period
from tests.support.world import AT, WORKSPACE, World


def budget(votes: int | None, period: Period = "all", board: str = "ideas") -> SetBudget:
    return SetBudget(workspace=WORKSPACE, board=board, votes=votes, period=period)


@pytest.fixture
def world() -> World:
    world = World()
    world.board("ideas")
    world.decided.clear()
    return world


def test_a_budget_is_set_changed_and_taken_away(world: World) -> None:
    world.do(budget(None))
    world.do(budget(3, "month"))
    world.do(budget(3, "month"))
    world.do(budget(3, "year"))
    board = world.find(Board, "ideas")
    assert board is not None
    assert board.budget is not None
    assert (board.budget.votes, board.budget.period) == (3, "year")
    world.do(budget(None, "month"))
    world.do(budget(None, "year"))
    assert world.decided == [
        BoardBudgeted(board="ideas", votes=3, period="month", at=AT),
        BoardBudgeted(board="ideas", votes=3, period="year", at=AT),
        BoardBudgeted(board="ideas", votes=None, period="month", at=AT),
    ]


@pytest.mark.parametrize(
    ("command", "field"),
    [(budget(0), "votes"), (budget(1001), "votes"), (budget(1, "week"), "period")],  # type: ignore[arg-type]  # none
)
def test_what_is_no_budget_is_refused_with_the_field(world: World, command: SetBudget, field: str) -> None:
    with pytest.raises(Invalid, match=f"^{field}: "):
        world.do(command)


def test_only_a_board_has_a_budget(world: World) -> None:
    with pytest.raises(NotFound, match="'bugs'"):
        world.do(budget(1, board="bugs"))
