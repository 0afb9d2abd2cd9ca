"""Vote budgets: a board's, and what a person has left of it."""

from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Annotated

import msgspec
from fastapi import Query
from pydantic import BaseModel, ConfigDict, Field, JsonValue
from starlette.requests import Request
from starlette.responses import Response

from api.answers.boards import BudgetOfBoard, BudgetOfPerson, WrittenBoard, budget_of, written_board
from api.commands import carry_out
from api.guard import KeyOf, ServicesOf, admin_router, read_router
from api.known import known_board
from api.openapi import PROBLEMS
from api.parameters import ID, AfterQuery, BoardPath, PersonPath
from api.reading import folded, json_response
from api.services import Services
from api.times import happened_at, now
from api.waiting import VOTES
from events.domain.bounds import REASON_CHARACTERS
from events.domain.budgets.commands import MOST_VOTES, SetBudget
from events.domain.budgets.periods import period_around
from events.rulings import Period
from events.times import Millis, format_time
from projections.votes.begun import Merged, Stated, begun, concerned, merges_query, stated_query
from projections.votes.budgets import BudgetedVote, budgeted_query

reads = read_router("boards")
decisions = admin_router("boards")

_EXAMPLE: dict[str, JsonValue] = {"votes": 10, "period": "quarter"}


class BudgetBody(BaseModel):
    """How many standing votes a person has on the board; null for as many as they like.

    With a `period` other than `all`, so many of the votes that were cast within each calendar period, in UTC.
    """

    model_config = ConfigDict(extra="forbid", strict=True, json_schema_extra={"examples": [_EXAMPLE]})

    votes: int | None = Field(ge=1, le=MOST_VOTES)
    period: Period = "all"
    reason: str = Field("", max_length=REASON_CHARACTERS, description="Why, for those who decide.")
    at: str | None = Field(None, max_length=64, json_schema_extra={"format": "date-time"})


class PersonsBudgetQuery(AfterQuery):
    """Of which board."""

    board: Annotated[str, Field(pattern=ID, description="The board.", examples=["ideas"])]


@decisions.put("/v1/boards/{board}/budget", response_model=WrittenBoard, responses=PROBLEMS)
async def put_budget(
    request: Request, services: ServicesOf, key: KeyOf, board: BoardPath, body: BudgetBody
) -> Response:
    """Give a board a budget of votes, or take it away.

    No vote is refused for it: those over budget are kept, marked, and counted as soon as there is room.
    """
    command = SetBudget(
        workspace=key.workspace,
        board=board,
        votes=body.votes,
        period=body.period,
        reason=body.reason,
        at=happened_at(body.at),
    )
    return written_board(await carry_out(services, request, key, command))


@reads.get("/v1/boards/{board}/budget", response_model=BudgetOfBoard, responses=PROBLEMS)
async def get_budget(services: ServicesOf, key: KeyOf, board: BoardPath) -> Response:
    """The budget of a board; null where a person has as many votes as they like."""
    entry = await known_board(services.directory, key.workspace, board)
    return json_response(BudgetOfBoard(board=board, budget=budget_of(entry.votes, entry.period), version=entry.version))


@reads.get("/v1/persons/{person}/budget", response_model=BudgetOfPerson, responses=PROBLEMS)
async def get_persons_budget(
    services: ServicesOf, key: KeyOf, person: PersonPath, query: Annotated[PersonsBudgetQuery, Query()]
) -> Response:
    """How many votes a person has on a board now, how many wait for room, and how many are left."""
    entry = await known_board(services.directory, key.workspace, query.board)
    position = await folded(services.progress, [VOTES], query.after)
    rows = await services.view.rows(budgeted_query(services.view.database, key.workspace, person))
    votes = [vote for row in rows if _is_on(services, key.workspace, query.board, vote := _vote(row))]
    begin, end = period_around(entry.period if entry.votes else "all", datetime.fromtimestamp(now() / 1000, UTC))
    standing = await _standing_within(services, key.workspace, person, votes, (begin, end))
    answer = BudgetOfPerson(
        person=person,
        board=query.board,
        budget=budget_of(entry.votes, entry.period),
        standing=standing,
        waiting=sum(not vote.counted for vote in votes),
        left=None if entry.votes is None else max(0, entry.votes - standing),
        ends_at=None if entry.votes is None or entry.period == "all" else format_time(end),
        position=position.token(),
    )
    return json_response(answer)


def _vote(row: object) -> BudgetedVote:
    return msgspec.convert(row, BudgetedVote)


async def _standing_within(
    services: Services, workspace: str, person: str, votes: Iterable[BudgetedVote], period: tuple[Millis, Millis]
) -> int:
    """How many of the votes that count were cast within a period: each belongs to the one in which it began to stand.

    It began no later than `since`, which a flip moves; so those from before the period need no look at their history.
    """
    begin, end = period
    counted = [vote.post for vote in votes if vote.counted and vote.since >= begin]
    if begin == 0 or not counted:
        return len(counted)
    view = services.view
    merges: list[Merged] = []
    if services.directory.ever_merged(workspace):
        merges = [msgspec.convert(row, Merged) for row in await view.rows(merges_query(view.database, workspace))]
    query = stated_query(view.database, workspace, person, concerned(counted, merges))
    since = begun([msgspec.convert(row, Stated) for row in await view.rows(query)], merges)
    return sum(begin <= since.get(post, -1) < end for post in counted)


def _is_on(services: Services, workspace: str, board: str, vote: BudgetedVote) -> bool:
    """Whether the vote is on a post of this board: a deleted one takes room as well."""
    directory = services.directory
    entry = directory.post(workspace, vote.post) or directory.deleted_post(workspace, vote.post)
    return entry is not None and entry.board == board
