"""Goals: define, measure, link, close and reopen one."""

from typing import Annotated

from fastapi import Path, Query
from starlette.requests import Request
from starlette.responses import Response

from api.answers.goals import (
    MeasuredKeyResult,
    WrittenGoal,
    WrittenLink,
    measured_key_result,
    written_goal,
    written_link,
)
from api.commands import carry_out
from api.goal_bodies import CloseBody, GoalBody, LinkBody, MeasureBody, ReopenBody, UnlinkQuery
from api.guard import KeyOf, ServicesOf, admin_router
from api.openapi import CREATED, PROBLEMS
from api.parameters import ID, PostPath
from api.reading import json_response
from api.times import happened_at
from events.domain.execution import Saved
from events.domain.goals.commands import CloseGoal, LinkGoal, MeasureKeyResult, PutGoal, ReopenGoal, UnlinkGoal
from events.domain.goals.goal import Goal

decisions = admin_router("goals")

GoalPath = Annotated[str, Path(pattern=ID, description="The goal's id.", examples=["retention"])]
KeyResultPath = Annotated[str, Path(pattern=ID, description="The key result's id, in its goal.", examples=["churn"])]


@decisions.put(
    "/v1/goals/{goal}", response_model=WrittenGoal, responses=PROBLEMS | CREATED | {201: {"model": WrittenGoal}}
)
async def put_goal(request: Request, services: ServicesOf, key: KeyOf, goal: GoalPath, body: GoalBody) -> Response:
    """Have there be a goal that says this, all of it: define it, or change it. With `If-Match`, only at that version.

    What was measured of a key result stays known, also while the goal has none of that id.
    """
    command = PutGoal(
        workspace=key.workspace, goal=goal, name=body.name, description=body.description, target_day=body.target_day,
        key_results=body.measured_by(), reason=body.reason, at=happened_at(body.at),
    )  # fmt: skip
    return _written(await carry_out(services, request, key, command))


@decisions.post("/v1/goals/{goal}:close", response_model=WrittenGoal, responses=PROBLEMS)
async def close_goal(request: Request, services: ServicesOf, key: KeyOf, goal: GoalPath, body: CloseBody) -> Response:
    """Say what came of a goal: it was achieved, missed or dropped."""
    command = CloseGoal(
        workspace=key.workspace, goal=goal, outcome=body.outcome, reason=body.reason, at=happened_at(body.at)
    )
    return _written(await carry_out(services, request, key, command))


@decisions.post("/v1/goals/{goal}:reopen", response_model=WrittenGoal, responses=PROBLEMS)
async def reopen_goal(
    request: Request, services: ServicesOf, key: KeyOf, goal: GoalPath, body: ReopenBody | None = None
) -> Response:
    """Have a closed goal worked for again."""
    said = body or ReopenBody.model_validate({})
    command = ReopenGoal(workspace=key.workspace, goal=goal, reason=said.reason, at=happened_at(said.at))
    return _written(await carry_out(services, request, key, command))


@decisions.post(
    "/v1/goals/{goal}/key-results/{key_result}:measure", response_model=MeasuredKeyResult, responses=PROBLEMS
)
async def measure_key_result(
    request: Request, services: ServicesOf, key: KeyOf, goal: GoalPath, key_result: KeyResultPath, body: MeasureBody
) -> Response:
    """Note what a key result stood at. `at` is when, and may lie before what was measured already.

    The answer has the last value by time.
    """
    command = MeasureKeyResult(
        workspace=key.workspace, goal=goal, key_result=key_result, value=body.value, reason=body.reason,
        at=happened_at(body.at),
    )  # fmt: skip
    saved = await carry_out(services, request, key, command)
    return json_response(measured_key_result(saved, key_result), headers=_etag(saved))


@decisions.put("/v1/goals/{goal}/posts/{post}", response_model=WrittenLink, responses=PROBLEMS)
async def link_post(
    request: Request, services: ServicesOf, key: KeyOf, goal: GoalPath, post: PostPath, body: LinkBody | None = None
) -> Response:
    """Have a post serve a goal. A post that serves several is split among them by weight."""
    said = body or LinkBody.model_validate({})
    command = LinkGoal(
        workspace=key.workspace, goal=goal, post=post, weight=said.weight, reason=said.reason, at=happened_at(said.at)
    )
    saved = await carry_out(services, request, key, command)
    return json_response(written_link(saved, post), headers=_etag(saved))


@decisions.delete("/v1/goals/{goal}/posts/{post}", response_model=WrittenLink, responses=PROBLEMS)
async def unlink_post(
    request: Request,
    services: ServicesOf,
    key: KeyOf,
    goal: GoalPath,
    post: PostPath,
    query: Annotated[UnlinkQuery, Query()],
) -> Response:
    """Have a post serve a goal no longer. One that does not is answered the same."""
    command = UnlinkGoal(
        workspace=key.workspace, goal=goal, post=post, reason=query.reason, at=happened_at(query.at)
    )  # fmt: skip
    saved = await carry_out(services, request, key, command)
    return json_response(written_link(saved, post), headers=_etag(saved))


def _written(saved: Saved[Goal]) -> Response:
    headers = {**_etag(saved), "location": f"/v1/goals/{saved.aggregate.goal}"}
    return json_response(written_goal(saved), status=201 if saved.created else 200, headers=headers)


def _etag(saved: Saved[Goal]) -> dict[str, str]:
    return {"etag": f'"{saved.aggregate.version}"'}
