"""Tags: put one, remove one, list them."""

import asyncio
from typing import Annotated

from fastapi import Query
from pydantic import BaseModel, ConfigDict, Field
from starlette.requests import Request
from starlette.responses import Response

from api.answers.answer import NextCursor, Position
from api.commands import carry_out, position_token, terms_of
from api.definitions import followed, page_of
from api.guard import KeyOf, ServicesOf, admin_router, read_router
from api.openapi import CREATED, PROBLEMS
from api.parameters import PageQuery, TagPath
from api.reading import json_response
from events.domain.bounds import NAME_CHARACTERS
from events.domain.tags.commands import DefineTag, RemoveTag
from events.domain.tags.removal import remove_tag
from events.position import Positions

reads = read_router("tags")
decisions = admin_router("tags")

_EXAMPLE = {"name": "Mobile", "colour": "#2563eb"}


class TagBody(BaseModel):
    """What a tag is called, and its colour."""

    model_config = ConfigDict(extra="forbid", strict=True, json_schema_extra={"examples": [{**_EXAMPLE}]})

    name: str = Field(min_length=1, max_length=NAME_CHARACTERS)
    colour: str = Field(max_length=7, description="#rrggbb, in small letters.")


class TagAnswer(BaseModel):
    """A tag."""

    model_config = ConfigDict(extra="forbid")

    tag: str
    name: str
    colour: str
    version: int


class WrittenTag(TagAnswer):
    """A tag as it was written."""

    position: Position


class RemovedTag(BaseModel):
    """A tag that was removed, and how many posts it was taken off."""

    model_config = ConfigDict(extra="forbid")

    tag: str
    posts: int
    position: Position


class Tags(BaseModel):
    """A page of tags by id."""

    model_config = ConfigDict(extra="forbid")

    items: list[TagAnswer]
    next_cursor: NextCursor
    position: Position


@decisions.put("/v1/tags/{tag}", response_model=WrittenTag, responses=PROBLEMS | CREATED | {201: {"model": WrittenTag}})
async def put_tag(request: Request, services: ServicesOf, key: KeyOf, tag: TagPath, body: TagBody) -> Response:
    """Have there be a tag of this name and colour."""
    command = DefineTag(workspace=key.workspace, word=tag, name=body.name, colour=body.colour)
    saved = await carry_out(services, request, key, command)
    made = saved.aggregate
    answer = WrittenTag(
        tag=made.tag, name=made.name, colour=made.colour, version=made.version, position=position_token(saved)
    )
    return json_response(answer, status=201 if saved.created else 200, headers={"etag": f'"{made.version}"'})


@decisions.delete("/v1/tags/{tag}", response_model=RemovedTag, responses=PROBLEMS)
async def delete_tag(request: Request, services: ServicesOf, key: KeyOf, tag: TagPath) -> Response:
    """Have there be no such tag, and take it off the posts that have it.

    If it is interrupted, send it again: what is done is not done twice.
    """
    command = RemoveTag(workspace=key.workspace, word=tag)
    terms = terms_of(request, key)
    done = await asyncio.to_thread(remove_tag, services.feedback, services.directory, command, **terms)
    answer = RemovedTag(tag=tag, posts=done.posts, position=Positions.after([done.position]).token())
    return json_response(answer)


@reads.get("/v1/tags", response_model=Tags, responses=PROBLEMS)
async def list_tags(services: ServicesOf, key: KeyOf, query: Annotated[PageQuery, Query()]) -> Response:
    """Tags by id."""
    position = await followed(services, query.after)
    tags, next_cursor = page_of("tags", services.directory.tags(key.workspace), query.cursor, query.limit)
    items = [TagAnswer(tag=each.tag, name=each.name, colour=each.colour, version=each.version) for each in tags]
    return json_response(Tags(items=items, next_cursor=next_cursor, position=position.token()))
