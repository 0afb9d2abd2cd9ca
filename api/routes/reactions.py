"""A person's reaction to a comment: give it, withdraw it. Set, never toggled, as votes are."""

from typing import Annotated

from fastapi import Path, Query
from pydantic import BaseModel, ConfigDict, Field
from starlette.requests import Request
from starlette.responses import Response

from api import problems
from api.answers.comments import ReactionAnswer
from api.appending import append_one
from api.ballots import Ballot
from api.commenting import CommentPath, known_comment
from api.guard import KeyOf, ServicesOf, ingest_router
from api.idempotency import idempotency_key, reaction_id
from api.openapi import PROBLEMS
from api.parameters import PersonPath
from api.problems import Problem
from api.reading import json_response
from api.services import Services
from api.times import happened_at, now
from events.ballots import ballot_key, partition_of
from events.domain.comments.comment import Comment
from events.domain.directory import KeyEntry
from events.ids import EVENT_ID_PATTERN, new_id
from events.log.appender import Record
from events.reactions import Reaction, ReactionData, ReactionEvent, ReactionGiven, ReactionWithdrawn, encode_reaction
from events.times import format_time

writes = ingest_router("comments")

PATH = "/v1/comments/{comment}/reactions/{reaction}/{person}"
ReactionPath = Annotated[Reaction, Path(description="Which reaction.", examples=["like"])]
_EVENT_ID = rf"^{EVENT_ID_PATTERN}$"


class ReactionBody(BaseModel):
    """When somebody reacted (default: now), and the identity of the event."""

    model_config = ConfigDict(
        extra="forbid", strict=True, json_schema_extra={"examples": [{"at": "2026-01-31T12:00:00Z", "id": "tap-77"}]}
    )

    at: str | None = Field(None, max_length=64, json_schema_extra={"format": "date-time"})
    id: str | None = Field(None, pattern=_EVENT_ID)


class WithdrawalQuery(BaseModel):
    """The same for a withdrawal."""

    model_config = ConfigDict(extra="forbid")

    at: Annotated[str | None, Field(max_length=64, description="When it happened (default: now).")] = None
    id: Annotated[str | None, Field(pattern=_EVENT_ID, description="The event's identity.")] = None


@writes.put(PATH, response_model=ReactionAnswer, responses=PROBLEMS)
async def give_reaction(
    request: Request,
    services: ServicesOf,
    key: KeyOf,
    comment: CommentPath,
    reaction: ReactionPath,
    person: PersonPath,
    body: ReactionBody | None = None,
) -> Response:
    """Have this person react to this comment in this way."""
    found = await _open_comment(services, key, comment)
    data = ReactionData(person, reaction, found.internal)
    at, id = (body.at, body.id) if body else (None, None)
    return await _append(services, request, key, found, data, at, id, kind=ReactionGiven)


@writes.delete(PATH, response_model=ReactionAnswer, responses=PROBLEMS)
async def withdraw_reaction(
    request: Request,
    services: ServicesOf,
    key: KeyOf,
    comment: CommentPath,
    reaction: ReactionPath,
    person: PersonPath,
    query: Annotated[WithdrawalQuery, Query()],
) -> Response:
    """Have this person no longer react to this comment in this way."""
    found = await known_comment(services, key, comment)
    data = ReactionData(person, reaction, found.internal)
    return await _append(services, request, key, found, data, query.at, query.id, kind=ReactionWithdrawn)


async def _open_comment(services: Services, key: KeyEntry, comment: str) -> Comment:
    found = await known_comment(services, key, comment)
    if found.deleted:
        raise Problem.of_field(problems.STATE, "comment", f"comment {comment!r} was deleted")
    return found


async def _append(
    services: Services,
    request: Request,
    key: KeyEntry,
    comment: Comment,
    data: ReactionData,
    at: str | None,
    id: str | None,
    *,
    kind: type[ReactionEvent],
) -> Response:
    workspace, retry_key = key.workspace, idempotency_key(request.scope)
    if id is None and retry_key is not None:
        id = reaction_id(workspace, retry_key, comment.comment, data.reaction, data.person)
    time = happened_at(at) or format_time(now())
    event = kind(id=id or new_id(), source=workspace, subject=comment.comment, time=time, data=data)
    person = ballot_key(workspace, data.person)
    record = Ballot(partition_of(person, services.reactions.partitions), Record(person, encode_reaction(event)))
    position = await append_one(services, record, services.reactions)
    return json_response(
        ReactionAnswer(
            comment=comment.comment,
            reaction=data.reaction,
            person=data.person,
            given=kind is ReactionGiven,
            position=position,
        )
    )
