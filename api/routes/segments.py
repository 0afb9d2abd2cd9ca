"""Segments: rules that tell persons apart, and who is in one, now or as of any moment."""

from typing import Annotated

import msgspec
from fastapi import Path, Query
from pydantic import BaseModel, ConfigDict, Field
from pydantic.config import JsonDict
from starlette.requests import Request
from starlette.responses import Response

from api.answers import people as answers
from api.commands import carry_out, position_token
from api.guard import KeyOf, ServicesOf, admin_router, read_router
from api.identifying import check_reads_people
from api.known import known_segment
from api.openapi import CREATED, PROBLEMS
from api.paging import page, read_key
from api.parameters import ID, AsOf, PageQuery
from api.reading import folded, json_response
from api.times import time_or_none
from api.waiting import PEOPLE
from events.domain.bounds import NAME_CHARACTERS, REASON_CHARACTERS
from events.domain.execution import Saved
from events.domain.segments.commands import PutSegment, RemoveSegment
from events.domain.segments.events import Condition, Match, Op
from events.domain.segments.rules import MOST_CONDITIONS, MOST_VALUES
from events.domain.segments.segment import Segment
from events.times import format_time
from projections.people import queries

reads = read_router("segments")
decisions = admin_router("segments")
removals = admin_router("segments")

SegmentPath = Annotated[str, Path(pattern=ID, description="The segment's id.", examples=["enterprise"])]

_RULES: JsonDict = {
    "name": "Enterprise", "match": "any",
    "conditions": [
        {"field": "company.spend", "op": "gte", "values": [500000], "currency": "EUR"},
        {"field": "traits.seats", "op": "gt", "values": [100]},
    ],
    "reason": "What sales calls enterprise",
}  # fmt: skip


class ConditionBody(BaseModel):
    """One comparison. `currency` for spend, and only there."""

    model_config = ConfigDict(extra="forbid", strict=True)

    field: Annotated[
        str,
        Field(
            max_length=100,
            description="`plan`, `company`, `spend`, `traits.NAME`, `company.plan`, `company.spend` or "
            "`company.traits.NAME`.",
        ),
    ]
    op: Op
    values: list[answers.Trait] = Field(default_factory=list, max_length=MOST_VALUES)
    currency: str | None = None


class SegmentBody(BaseModel):
    """What a segment is called, and its rules: `all` or `any` of the conditions hold."""

    model_config = ConfigDict(extra="forbid", strict=True, json_schema_extra={"examples": [_RULES]})

    name: str = Field(min_length=1, max_length=NAME_CHARACTERS)
    match: Match = "all"
    conditions: list[ConditionBody] = Field(min_length=1, max_length=MOST_CONDITIONS)
    reason: str = Field("", max_length=REASON_CHARACTERS)


class RemovalBody(BaseModel):
    """Why a segment is removed."""

    model_config = ConfigDict(extra="forbid", strict=True, json_schema_extra={"examples": [{"reason": "unused"}]})

    reason: str = Field("", max_length=REASON_CHARACTERS)


class MembersQuery(PageQuery):
    """One page of members."""

    as_of: AsOf = None


@decisions.put(
    "/v1/segments/{segment}",
    response_model=answers.WrittenSegment,
    responses=PROBLEMS | CREATED | {201: {"model": answers.WrittenSegment}},
)
async def put_segment(
    request: Request, services: ServicesOf, key: KeyOf, segment: SegmentPath, body: SegmentBody
) -> Response:
    """Have there be a segment with these rules: define it, or change it. `If-Match` guards it."""
    conditions = [Condition(each.field, each.op, tuple(each.values), each.currency) for each in body.conditions]
    command = PutSegment(
        workspace=key.workspace, segment=segment, name=body.name, match=body.match, conditions=conditions,
        reason=body.reason,
    )  # fmt: skip
    return _written(await carry_out(services, request, key, command))


@reads.get("/v1/segments", response_model=answers.Segments, responses=PROBLEMS)
async def list_segments(services: ServicesOf, key: KeyOf, query: Annotated[PageQuery, Query()]) -> Response:
    """Segments by id. For keys of role admin, and those made with `--internal`."""
    check_reads_people(key)
    after = read_key("segments", query.cursor, tuple[str])
    position = await folded(services.progress, [PEOPLE], query.after)
    rows = await services.view.rows(
        queries.segments_query(
            services.view.database, key.workspace, limit=query.limit + 1, after=after[0] if after else ""
        )
    )
    items, next_cursor = page("segments", rows, queries.SegmentRow, query.limit, lambda row: (row.segment,))
    return json_response(
        answers.Segments(items=[_listed(row) for row in items], next_cursor=next_cursor, position=position.token())
    )


@reads.get("/v1/segments/{segment}", response_model=answers.SegmentAnswer, responses=PROBLEMS)
async def get_segment(services: ServicesOf, key: KeyOf, segment: SegmentPath) -> Response:
    """A segment and its rules. For keys of role admin, and those made with `--internal`."""
    check_reads_people(key)
    found = await known_segment(services, key.workspace, segment)
    return json_response(_segment(found), headers={"etag": f'"{found.version}"'})


@reads.get("/v1/segments/{segment}/members", response_model=answers.Members, responses=PROBLEMS)
async def list_members(
    services: ServicesOf, key: KeyOf, segment: SegmentPath, query: Annotated[MembersQuery, Query()]
) -> Response:
    """Who is in a segment, or was at a moment, by id. For keys of role admin, and those made with `--internal`."""
    check_reads_people(key)
    await known_segment(services, key.workspace, segment, also_removed=query.as_of is not None)
    after = read_key("members", query.cursor, tuple[str])
    position = await folded(services.progress, [PEOPLE], query.after)
    rows = await services.view.rows(
        queries.members_query(
            services.view.database, key.workspace, segment, limit=query.limit + 1, after=after[0] if after else "",
            as_of=query.as_of,
        )
    )  # fmt: skip
    items, next_cursor = page("members", rows, tuple[str], query.limit, lambda row: row)
    return json_response(
        answers.Members(
            items=[person for (person,) in items],
            next_cursor=next_cursor,
            as_of=time_or_none(query.as_of),
            position=position.token(),
        )
    )


@removals.post("/v1/segments/{segment}:remove", response_model=answers.WrittenSegment, responses=PROBLEMS)
async def remove_segment(
    request: Request, services: ServicesOf, key: KeyOf, segment: SegmentPath, body: RemovalBody
) -> Response:
    """Have there be no such segment any more. `If-Match` guards it."""
    command = RemoveSegment(workspace=key.workspace, segment=segment, reason=body.reason)
    return _written(await carry_out(services, request, key, command))


def _written(saved: Saved[Segment]) -> Response:
    segment = saved.aggregate
    answer = answers.WrittenSegment(
        **_segment(segment).model_dump(), removed=segment.removed, position=position_token(saved)
    )
    headers = {"etag": f'"{segment.version}"'}
    return json_response(answer, status=201 if saved.created else 200, headers=headers)


def _segment(segment: Segment) -> answers.SegmentAnswer:
    return answers.SegmentAnswer(
        segment=segment.segment,
        name=segment.name,
        match=segment.match,
        conditions=[_condition(each) for each in segment.conditions],
        version=segment.version,
    )


def _listed(row: queries.SegmentRow) -> answers.ListedSegment:
    conditions = msgspec.json.decode(row.conditions, type=list[Condition])
    return answers.ListedSegment.model_validate(
        {
            "segment": row.segment,
            "name": row.name,
            "match": row.match,
            "conditions": [_condition(each) for each in conditions],
            "version": row.revision,
            "updated_at": format_time(row.updated_at),
        }
    )


def _condition(condition: Condition) -> answers.ConditionAnswer:
    return answers.ConditionAnswer(
        field=condition.field, op=condition.op, values=list(condition.values), currency=condition.currency
    )
