"""Boards: put one, list them."""

from typing import Annotated

from fastapi import Query
from pydantic import BaseModel, ConfigDict, Field
from starlette.requests import Request
from starlette.responses import Response

from api.answers.boards import BoardAnswer, Boards, WrittenBoard, budget_of, written_board
from api.commands import carry_out
from api.guard import KeyOf, ServicesOf, admin_router, read_router
from api.openapi import CREATED, PROBLEMS
from api.paging import page, read_key
from api.parameters import BoardPath, PageQuery
from api.reading import folded, json_response
from api.waiting import POSTS
from events.domain.bounds import NAME_CHARACTERS
from events.domain.commands import PutBoard
from events.times import format_time
from projections.posts.queries import ListedBoard, boards_query

reads = read_router("boards")
decisions = admin_router("boards")


class BoardBody(BaseModel):
    """What a board is called."""

    model_config = ConfigDict(extra="forbid", strict=True, json_schema_extra={"examples": [{"name": "Ideas"}]})

    name: str = Field(min_length=1, max_length=NAME_CHARACTERS)


@decisions.put(
    "/v1/boards/{board}", response_model=WrittenBoard, responses=PROBLEMS | CREATED | {201: {"model": WrittenBoard}}
)
async def put_board(request: Request, services: ServicesOf, key: KeyOf, board: BoardPath, body: BoardBody) -> Response:
    """Have there be a board of this name: create it, or rename it."""
    return written_board(
        await carry_out(services, request, key, PutBoard(workspace=key.workspace, board=board, name=body.name))
    )


@reads.get("/v1/boards", response_model=Boards, responses=PROBLEMS)
async def list_boards(services: ServicesOf, key: KeyOf, query: Annotated[PageQuery, Query()]) -> Response:
    """Boards by id."""
    after = read_key("boards", query.cursor, tuple[str])
    position = await folded(services.progress, [POSTS], query.after)
    rows = await services.view.rows(
        boards_query(services.view.database, key.workspace, limit=query.limit + 1, after=after[0] if after else "")
    )
    items, next_cursor = page("boards", rows, ListedBoard, query.limit, lambda row: (row.board,))
    return json_response(
        Boards(
            items=[_board(row) for row in items],
            next_cursor=next_cursor,
            position=position.token(),
        )
    )


def _board(row: ListedBoard) -> BoardAnswer:
    return BoardAnswer(
        board=row.board,
        name=row.name,
        budget=budget_of(row.budget, row.period),
        created_at=format_time(row.created_at),
        version=row.revision,
    )
