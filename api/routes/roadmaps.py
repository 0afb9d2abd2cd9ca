"""Deciding on roadmaps: put one, place and move what is on it, date it, take it off."""

from typing import Annotated

from fastapi import Query
from msgspec import UNSET, UnsetType
from pydantic import BaseModel, ConfigDict, Field, JsonValue
from starlette.requests import Request
from starlette.responses import Response

from api import problems
from api.answers.roadmaps import WrittenItem, WrittenRoadmap, columns_of, written_item
from api.commands import position_token
from api.guard import KeyOf, ServicesOf, admin_router
from api.openapi import CREATED, PROBLEMS
from api.parameters import ID, PostPath
from api.problems import Problem
from api.reading import json_response
from api.roadmap_reading import RoadmapPath, carry_out_on
from api.times import happened_at
from events.domain.bounds import NAME_CHARACTERS, REASON_CHARACTERS
from events.domain.execution import Saved
from events.domain.roadmaps.columns import MOST_COLUMNS
from events.domain.roadmaps.commands import PlaceItem, PutRoadmap, RemoveItem
from events.domain.roadmaps.events import By, Column
from events.domain.roadmaps.placing import NOTE_CHARACTERS
from events.domain.roadmaps.roadmap import MOST_ITEMS, Roadmap
from events.domain.roadmaps.targets import Precision, Target, read_target

decisions = admin_router("roadmaps")

_AT = Field(None, max_length=64, json_schema_extra={"format": "date-time"})
_ROADMAP: dict[str, JsonValue] = {
    "name": "What is next",
    "public": True,
    "columns": [
        {"column": "now", "name": "Now"},
        {"column": "next", "name": "Next"},
        {"column": "2027-q1", "name": "Early 2027", "period": "2027-Q1"},
    ],
    "reason": "So that everybody sees what comes.",
}
_ITEM: dict[str, JsonValue] = {
    "column": "next",
    "position": 1,
    "target": "2027-Q1",
    "owner": "ann",
    "note": "A first version, for everybody.",
    "reason": "Most asked for in spring.",
}


class ColumnBody(BaseModel):
    """A column. By status: of the posts in these statuses; by time: perhaps a month or a quarter."""

    model_config = ConfigDict(extra="forbid", strict=True)

    column: str = Field(pattern=ID)
    name: str = Field(min_length=1, max_length=NAME_CHARACTERS)
    statuses: list[str] = Field([], max_length=MOST_COLUMNS)
    period: str | None = Field(None, max_length=10, description="As 2027-03 or 2027-Q1.")

    def decided(self) -> Column:
        """The same, as it is decided on."""
        return Column(
            column=self.column, name=self.name, statuses=tuple(self.statuses), period=self.period or ""
        )  # fmt: skip


class RoadmapBody(BaseModel):
    """What a roadmap is; what is left out stays as it is. A new one is by time, internal, and has the usual columns."""

    model_config = ConfigDict(extra="forbid", strict=True, json_schema_extra={"examples": [_ROADMAP]})

    name: str = Field(min_length=1, max_length=NAME_CHARACTERS)
    by: By | None = Field(
        None, description="`time`: items are placed by hand; `status`: posts stand by their statuses."
    )
    public: bool | None = Field(None, description="Whether keys see it that see nothing internal.")
    columns: list[ColumnBody] | None = Field(None, min_length=1, max_length=MOST_COLUMNS)
    reason: str = Field("", max_length=REASON_CHARACTERS)
    at: str | None = _AT


class ItemBody(BaseModel):
    """How a post is to stand on a roadmap; what is left out stays as it is, null takes it away.

    A column that is a period gives its period to what is put there, unless that has a date within it.
    """

    model_config = ConfigDict(extra="forbid", strict=True, json_schema_extra={"examples": [_ITEM]})

    column: str | None = Field(None, max_length=64)
    after_item: str | None = Field(None, max_length=64, description="The item that it comes right after.")
    position: int | None = Field(None, ge=1, le=MOST_ITEMS, description="Its place in the column, from 1 on.")
    target: str | None = Field(None, max_length=10, description="As 2027-03-15, 2027-03 or 2027-Q1.")
    precision: Precision | None = Field(None, description="With a day: it is meant as any day of its month or quarter.")
    owner: str | None = Field(None, max_length=NAME_CHARACTERS, description="A person's id or a label; no e-mail.")
    note: str | None = Field(None, max_length=NOTE_CHARACTERS, description="For whoever sees the roadmap.")
    team: str | None = Field(None, max_length=64, description="A team that was put, see `/v1/teams`.")
    reason: str = Field("", max_length=REASON_CHARACTERS)
    at: str | None = _AT

    def wanted_target(self) -> Target | UnsetType | None:
        """The target date; unset where it stays as it is.

        Raises:
            Problem: 422 if it is none.
        """
        if self.target is None:
            if self.precision is not None:
                raise Problem.of_field(problems.INVALID, "precision", "goes with a target")
            return None if "target" in self.model_fields_set else UNSET
        try:
            return read_target(self.target, self.precision)
        except ValueError as error:
            field = "precision" if "precision" in str(error) else "target"
            raise Problem.of_field(problems.INVALID, field, str(error)) from error

    def text(self, field: str) -> str | None:
        """A text that may be taken away; None where it stays as it is."""
        return getattr(self, field) or "" if field in self.model_fields_set else None


class RemovalBody(BaseModel):
    """Why, and when."""

    model_config = ConfigDict(
        extra="forbid", strict=True, json_schema_extra={"examples": [{"reason": "not this year"}]}
    )

    reason: str | None = Field(None, max_length=REASON_CHARACTERS)
    at: str | None = _AT


class RemovalQuery(BaseModel):
    """Why, and when."""

    model_config = ConfigDict(extra="forbid")

    reason: Annotated[str, Field(max_length=REASON_CHARACTERS, description="Why.")] = ""
    at: Annotated[str | None, Field(max_length=64, description="When it happened (default: now).")] = None


@decisions.put(
    "/v1/roadmaps/{roadmap}",
    response_model=WrittenRoadmap,
    responses=PROBLEMS | CREATED | {201: {"model": WrittenRoadmap}},
)
async def put_roadmap(
    request: Request, services: ServicesOf, key: KeyOf, roadmap: RoadmapPath, body: RoadmapBody
) -> Response:
    """Have there be a roadmap of this name and these columns: create it or change it.

    409 if a column that goes still holds items. With `If-Match`, only at the version that it names; else 412, with what
    was decided since.
    """
    command = PutRoadmap(
        workspace=key.workspace,
        roadmap=roadmap,
        name=body.name,
        by=body.by,
        public=body.public,
        columns=None if body.columns is None else tuple(column.decided() for column in body.columns),
        reason=body.reason,
        at=happened_at(body.at),
    )
    saved = await carry_out_on(services, request, key, command)
    found = saved.aggregate
    answer = WrittenRoadmap(
        roadmap=found.roadmap,
        name=found.name,
        public=found.public,
        by=found.by,
        columns=columns_of(found.columns),
        items=len(found.items),
        created_at=found.at,
        version=found.version,
        position=position_token(saved),
    )
    return json_response(answer, status=201 if saved.created else 200, headers={"etag": f'"{found.version}"'})


@decisions.put("/v1/roadmaps/{roadmap}/items/{post}", response_model=WrittenItem, responses=PROBLEMS)
async def put_item(
    request: Request, services: ServicesOf, key: KeyOf, roadmap: RoadmapPath, post: PostPath, body: ItemBody
) -> Response:
    """Have a post stand on a roadmap: place it there, or move, date, assign or note what is there.

    Each thing that changes is a decision of its own, all made together. Without `position` or `after_item` an item
    stays where it is in its column, and comes last in another. `If-Match` names the roadmap's version; without it,
    others' moves of other items are no hindrance.
    """
    command = PlaceItem(
        workspace=key.workspace,
        roadmap=roadmap,
        post=post,
        column=body.column,
        after=body.after_item,
        position=body.position,
        target=body.wanted_target(),
        owner=body.text("owner"),
        note=body.text("note"),
        team=body.text("team"),
        reason=body.reason,
        at=happened_at(body.at),
    )
    return _written(await carry_out_on(services, request, key, command), post)


@decisions.delete("/v1/roadmaps/{roadmap}/items/{post}", response_model=WrittenItem, responses=PROBLEMS)
async def delete_item(
    request: Request,
    services: ServicesOf,
    key: KeyOf,
    roadmap: RoadmapPath,
    post: PostPath,
    query: Annotated[RemovalQuery, Query()],
    body: RemovalBody | None = None,
) -> Response:
    """Take a post off a roadmap. `reason` and `at` come in the query or in the body."""
    command = RemoveItem(
        workspace=key.workspace,
        roadmap=roadmap,
        post=post,
        reason=query.reason if body is None or body.reason is None else body.reason,
        at=happened_at(query.at if body is None or body.at is None else body.at),
    )
    return _written(await carry_out_on(services, request, key, command), post)


def _written(saved: Saved[Roadmap], post: str) -> Response:
    answer = written_item(saved.aggregate, post, position_token(saved))
    return json_response(answer, headers={"etag": f'"{answer.version}"'})
