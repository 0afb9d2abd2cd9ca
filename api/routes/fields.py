"""Custom fields of a board: put one, remove one, list them."""

from typing import Annotated

from fastapi import Query
from pydantic import BaseModel, ConfigDict, Field, JsonValue
from starlette.requests import Request
from starlette.responses import Response

from api.answers.answer import NextCursor, Position
from api.commands import carry_out, position_token
from api.definitions import followed, page_of
from api.guard import KeyOf, ServicesOf, admin_router, read_router
from api.known import known_board
from api.openapi import CREATED, PROBLEMS
from api.parameters import BoardPath, FieldPath, PageQuery
from api.reading import json_response
from events.domain.bounds import NAME_CHARACTERS
from events.domain.execution import Saved
from events.domain.fields import field as fields
from events.domain.fields.commands import DefineField, RemoveField
from events.domain.fields.events import FieldType

reads = read_router("fields")
decisions = admin_router("fields")

_EXAMPLE: dict[str, JsonValue] = {"name": "Effort in days", "type": "number"}


class FieldBody(BaseModel):
    """What a field is called, and of which type its values are: for ever. `choices` are those of a choice."""

    model_config = ConfigDict(extra="forbid", strict=True, json_schema_extra={"examples": [_EXAMPLE]})

    name: str = Field(min_length=1, max_length=NAME_CHARACTERS)
    type: FieldType
    choices: list[str] = Field([], max_length=fields.MOST_CHOICES)


class FieldAnswer(BaseModel):
    """A custom field of a board."""

    model_config = ConfigDict(extra="forbid")

    field: str
    name: str
    type: FieldType
    choices: list[str]
    version: int


class WrittenField(FieldAnswer):
    """A field as it was written."""

    board: str
    position: Position


class Fields(BaseModel):
    """A page of a board's custom fields by id."""

    model_config = ConfigDict(extra="forbid")

    items: list[FieldAnswer]
    next_cursor: NextCursor
    position: Position


@decisions.put(
    "/v1/boards/{board}/fields/{field}",
    response_model=WrittenField,
    responses=PROBLEMS | CREATED | {201: {"model": WrittenField}},
)
async def put_field(
    request: Request, services: ServicesOf, key: KeyOf, board: BoardPath, field: FieldPath, body: FieldBody
) -> Response:
    """Have posts of a board asked for a value of this type."""
    command = DefineField(
        workspace=key.workspace, board=board, field=field, name=body.name, holds=body.type, choices=tuple(body.choices)
    )
    return _written(await carry_out(services, request, key, command))


@decisions.delete("/v1/boards/{board}/fields/{field}", response_model=WrittenField, responses=PROBLEMS)
async def delete_field(
    request: Request, services: ServicesOf, key: KeyOf, board: BoardPath, field: FieldPath
) -> Response:
    """Have posts of a board asked for this no more. What they hold is kept, and shows again once it is put again."""
    return _written(
        await carry_out(services, request, key, RemoveField(workspace=key.workspace, board=board, field=field))
    )


@reads.get("/v1/boards/{board}/fields", response_model=Fields, responses=PROBLEMS)
async def list_fields(
    services: ServicesOf, key: KeyOf, board: BoardPath, query: Annotated[PageQuery, Query()]
) -> Response:
    """The custom fields of a board by id."""
    position = await followed(services, query.after)
    await known_board(services.directory, key.workspace, board)
    known = services.directory.fields(key.workspace, board)
    page, next_cursor = page_of("fields", known, query.cursor, query.limit)
    items = [
        FieldAnswer(field=each.field, name=each.name, type=each.type, choices=list(each.choices), version=each.version)
        for each in page
    ]
    return json_response(Fields(items=items, next_cursor=next_cursor, position=position.token()))


def _written(saved: Saved[fields.Field]) -> Response:
    made = saved.aggregate
    answer = WrittenField(
        board=made.board,
        field=made.field,
        name=made.name,
        type=made.type,
        choices=list(made.choices),
        version=made.version,
        position=position_token(saved),
    )
    return json_response(answer, status=201 if saved.created else 200, headers={"etag": f'"{made.version}"'})
