"""The workflow: which statuses the posts of a workspace go through."""

import asyncio
from typing import Annotated

from fastapi import Query
from pydantic import BaseModel, ConfigDict, Field, JsonValue
from starlette.requests import Request
from starlette.responses import Response

from api.answers.answer import Position
from api.commands import terms_of
from api.definitions import followed
from api.guard import KeyOf, ServicesOf, admin_router, read_router
from api.openapi import CREATED, PROBLEMS
from api.parameters import ID, AfterQuery
from api.reading import json_response
from events.domain.bounds import NAME_CHARACTERS, REASON_CHARACTERS
from events.domain.workflow.commands import SetWorkflow
from events.domain.workflow.events import Kind, Status
from events.domain.workflow.replacing import replace_workflow
from events.domain.workflow.rules import Rules
from events.domain.workflow.workflow import MOST_STATUSES
from events.position import Positions

reads = read_router("workflow")
decisions = admin_router("workflow")


def _example() -> dict[str, JsonValue]:
    return {
        "statuses": [
            {"id": "open", "name": "Open", "colour": "#6b7280", "kind": "open"},
            {
                "id": "planned",
                "name": "Planned",
                "colour": "#2563eb",
                "kind": "planned",
                "next": ["complete", "closed"],
            },
            {"id": "complete", "name": "Complete", "colour": "#16a34a", "kind": "shipped"},
            {"id": "closed", "name": "Closed", "colour": "#dc2626", "kind": "declined", "votes": False},
        ],
        "initial": "open",
        "closing": "closed",
        "moved": {"under-review": "open", "in-progress": "planned"},
        "reason": "We plan, and then we ship.",
    }


class StatusRule(BaseModel):
    """A status: `votes` says whether posts take votes in it, `next` which statuses may follow it (none: any)."""

    model_config = ConfigDict(extra="forbid", strict=True)

    id: str = Field(pattern=ID)
    name: str = Field(min_length=1, max_length=NAME_CHARACTERS)
    colour: str = Field(max_length=7, description="#rrggbb, in small letters.")
    kind: Kind = Field(description="What it comes to.")
    votes: bool = True
    next: list[str] = Field([], max_length=MOST_STATUSES)

    def status(self) -> Status:
        """The same, as it is decided on."""
        return Status(
            id=self.id, name=self.name, colour=self.colour, kind=self.kind, votes=self.votes, next=tuple(self.next)
        )


class WorkflowBody(BaseModel):
    """All statuses, in order. Posts of a status that goes get the one that `moved` names for it."""

    model_config = ConfigDict(extra="forbid", strict=True, json_schema_extra={"examples": [_example()]})

    statuses: list[StatusRule] = Field(min_length=1, max_length=MOST_STATUSES)
    initial: str = Field(pattern=ID, description="The status of new posts.")
    closing: str | None = Field(None, pattern=ID, description="The status that posts are closed with.")
    moved: dict[str, str] = Field({}, max_length=MOST_STATUSES)
    reason: str = Field("", max_length=REASON_CHARACTERS)


class WorkflowAnswer(BaseModel):
    """The statuses of a workspace; `version` is 0 while it has not decided on any."""

    model_config = ConfigDict(extra="forbid")

    statuses: list[StatusRule]
    initial: str
    closing: str | None
    version: int
    position: Position


class WrittenWorkflow(WorkflowAnswer):
    """The same as it was decided, and how many posts got another status for it."""

    posts: int


@decisions.put(
    "/v1/workflow",
    response_model=WrittenWorkflow,
    responses=PROBLEMS | CREATED | {201: {"model": WrittenWorkflow}},
)
async def put_workflow(request: Request, services: ServicesOf, key: KeyOf, body: WorkflowBody) -> Response:
    """Have the posts of this workspace go through these statuses.

    409 if posts have a status that is neither here nor in `moved`, or that would come to something else. If it is
    interrupted, send it again: what is done is not done twice.
    """
    command = SetWorkflow(
        workspace=key.workspace,
        statuses=tuple(rule.status() for rule in body.statuses),
        initial=body.initial,
        closing=body.closing,
        reason=body.reason,
    )
    terms = terms_of(request, key)
    done = await asyncio.to_thread(
        replace_workflow, services.feedback, services.directory, command, body.moved, **terms
    )
    workflow = done.saved.aggregate
    answer = WrittenWorkflow(
        statuses=_rules(workflow.rules),
        initial=workflow.rules.initial,
        closing=workflow.rules.closing,
        version=workflow.version,
        posts=done.posts,
        position=Positions.after([done.position]).token(),
    )
    status = 201 if done.saved.created else 200
    return json_response(answer, status=status, headers={"etag": f'"{workflow.version}"'})


@reads.get("/v1/workflow", response_model=WorkflowAnswer, responses=PROBLEMS)
async def get_workflow(services: ServicesOf, key: KeyOf, query: Annotated[AfterQuery, Query()]) -> Response:
    """Which statuses the posts of this workspace go through, and what may follow what."""
    position = await followed(services, query.after)
    workflow = services.directory.workflow(key.workspace)
    answer = WorkflowAnswer(
        statuses=_rules(workflow.rules),
        initial=workflow.rules.initial,
        closing=workflow.rules.closing,
        version=workflow.version,
        position=position.token(),
    )
    return json_response(answer, headers={"etag": f'"{workflow.version}"'} if workflow.version else {})


def _rules(rules: Rules) -> list[StatusRule]:
    return [
        StatusRule(
            id=status.id, name=status.name, colour=status.colour, kind=status.kind, votes=status.votes,
            next=list(status.next),
        )
        for status in rules.statuses
    ]  # fmt: skip
