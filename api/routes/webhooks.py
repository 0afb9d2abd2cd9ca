"""Webhooks: put, list, rotate the secret, test, replay, delete. All of it for admins."""

from typing import Annotated

import msgspec
from fastapi import Path
from pydantic import BaseModel, ConfigDict, Field, JsonValue
from starlette.requests import Request
from starlette.responses import Response

from api import problems
from api.answers.webhooks import (
    ReadWebhook,
    Webhooks,
    WrittenWebhook,
    delivered_up_to,
    webhook_answer,
)
from api.commands import carry_out, position_token
from api.guard import KeyOf, ServicesOf, admin_router
from api.idempotency import idempotency_key
from api.known import known_webhook
from api.openapi import CREATED, PROBLEMS
from api.parameters import ID
from api.problems import Problem
from api.reading import json_response
from api.services import Services
from api.times import moment_text, now
from events.domain.bounds import REASON_CHARACTERS
from events.domain.execution import Saved
from events.domain.webhooks.commands import (
    DeleteWebhook,
    PutWebhook,
    ReplayWebhook,
    RotateSecret,
    SendTest,
    WebhookCommand,
)
from events.domain.webhooks.secrets import NoKey, Secrets
from events.domain.webhooks.targets import URL_CHARACTERS, check_scheme
from events.domain.webhooks.types import MOST_TYPES
from events.domain.webhooks.webhook import (
    DESCRIPTION_CHARACTERS,
    LONGEST_OVERLAP_SECONDS,
    SecretPart,
    Webhook,
    Wish,
)
from events.ids import derived_id
from projections.deliveries import queries

routes = admin_router("webhooks")

WebhookPath = Annotated[str, Path(pattern=ID, description="The webhook's id.", examples=["crm"])]

_EXAMPLE: dict[str, JsonValue] = {
    "url": "https://crm.example.com/feedback",
    "types": ["groundswell.post", "groundswell.comment.written"],
    "description": "Tells the CRM what customers wish for",
}
_WRITTEN = PROBLEMS | CREATED | {201: {"model": WrittenWebhook}}


class WebhookBody(BaseModel):
    """What a webhook is to be."""

    model_config = ConfigDict(extra="forbid", strict=True, json_schema_extra={"examples": [_EXAMPLE]})

    url: str = Field(min_length=1, max_length=URL_CHARACTERS)
    types: list[str] = Field([], max_length=MOST_TYPES)
    internal: bool = False
    description: str = Field("", max_length=DESCRIPTION_CHARACTERS)
    active: bool = True
    reason: str = Field("", max_length=REASON_CHARACTERS)


class RotateBody(BaseModel):
    """For how long the secret so far is signed with as well."""

    model_config = ConfigDict(extra="forbid", strict=True, json_schema_extra={"examples": [{"overlap_seconds": 86400}]})

    overlap_seconds: int = Field(86_400, ge=0, le=LONGEST_OVERLAP_SECONDS)


class ReplayBody(BaseModel):
    """From where to go on: a position, or a time. Partitions that the position does not name go on where they are."""

    model_config = ConfigDict(
        extra="forbid",
        strict=True,
        json_schema_extra={"examples": [{"since": "2026-11-23T00:00:00Z", "reason": "the CRM lost a day"}]},
    )

    from_: str | None = Field(None, alias="from", max_length=4000)
    since: str | None = Field(None, max_length=64, json_schema_extra={"format": "date-time"})
    reason: str = Field("", max_length=REASON_CHARACTERS)


@routes.put("/v1/webhooks/{webhook}", response_model=WrittenWebhook, responses=_WRITTEN)
async def put_webhook(
    request: Request, services: ServicesOf, key: KeyOf, webhook: WebhookPath, body: WebhookBody
) -> Response:
    """Have there be a webhook like this: make it, or change it.

    A new one is told of what happens from now on, and its secret is shown once, here. One that was disabled and is put
    with `active` goes on where it was. With `If-Match`, only at the version that it names.
    """
    check_scheme(body.url, allow_private=services.webhook_settings.allow_private)
    services.webhooks.check_room(key.workspace, webhook)
    wish = Wish(body.url, tuple(body.types), body.internal, body.description, body.active)
    secret = _fresh(services, request, key.workspace, webhook)
    command = PutWebhook(workspace=key.workspace, webhook=webhook, wish=wish, secret=secret, reason=body.reason)
    saved = await carry_out(services, request, key, command)
    return _written(services, key.workspace, saved, show=saved.created)


@routes.get("/v1/webhooks", response_model=Webhooks, responses=PROBLEMS)
async def list_webhooks(services: ServicesOf, key: KeyOf) -> Response:
    """All webhooks by id."""
    await services.webhooks.catch_up()
    found = services.webhooks.of(key.workspace)
    return json_response(Webhooks(items=[webhook_answer(each, now()) for each in found]))


@routes.get("/v1/webhooks/{webhook}", response_model=ReadWebhook, responses=PROBLEMS)
async def get_webhook(services: ServicesOf, key: KeyOf, webhook: WebhookPath) -> Response:
    """A webhook, how far it has come, and what it holds back."""
    found = await known_webhook(services, key.workspace, webhook)
    rows = await services.view.rows(queries.position_query(services.view.database, key.workspace, webhook))
    delivered = delivered_up_to(msgspec.convert(rows[0], queries.WebhookPosition)) if rows else None
    answer = ReadWebhook(**webhook_answer(found, now()).model_dump(), delivered=delivered)
    return json_response(answer, headers={"etag": f'"{found.version}"'})


@routes.delete("/v1/webhooks/{webhook}", response_model=WrittenWebhook, responses=PROBLEMS)
async def delete_webhook(request: Request, services: ServicesOf, key: KeyOf, webhook: WebhookPath) -> Response:
    """Have there be no such webhook any more. What was sent stays on record."""
    command = DeleteWebhook(workspace=key.workspace, webhook=webhook)
    return await _carried_out(services, request, key, command)


@routes.post("/v1/webhooks/{webhook}:rotate", response_model=WrittenWebhook, responses=PROBLEMS)
async def rotate_secret(
    request: Request, services: ServicesOf, key: KeyOf, webhook: WebhookPath, body: RotateBody | None = None
) -> Response:
    """Sign with a new secret, shown once, here; for `overlap_seconds` (a day) with the one so far as well."""
    seconds = (body or RotateBody.model_validate({})).overlap_seconds
    secret = _fresh(services, request, key.workspace, webhook)
    command = RotateSecret(workspace=key.workspace, webhook=webhook, secret=secret, overlap_seconds=seconds)
    saved = await carry_out(services, request, key, command)
    return _written(services, key.workspace, saved, show=True)


@routes.post("/v1/webhooks/{webhook}:replay", response_model=WrittenWebhook, responses=PROBLEMS)
async def replay_webhook(
    request: Request, services: ServicesOf, key: KeyOf, webhook: WebhookPath, body: ReplayBody
) -> Response:
    """Send again from a position or a time on, or pass over what stands before a position.

    What comes again comes under the same identities. Nothing is held back any more.
    """
    if body.from_ is not None:
        services.progress.read_token("from", body.from_)
    command = ReplayWebhook(
        workspace=key.workspace,
        webhook=webhook,
        start=body.from_ or "",
        since="" if body.since is None else moment_text("since", body.since),
        reason=body.reason,
    )
    return await _carried_out(services, request, key, command)


@routes.post("/v1/webhooks/{webhook}:test", response_model=WrittenWebhook, responses=PROBLEMS)
async def send_test(request: Request, services: ServicesOf, key: KeyOf, webhook: WebhookPath) -> Response:
    """Have an event `groundswell.webhook.tested.v1` delivered; what came of it is among the deliveries soon."""
    return await _carried_out(services, request, key, SendTest(workspace=key.workspace, webhook=webhook))


async def _carried_out(services: Services, request: Request, key: KeyOf, command: WebhookCommand) -> Response:
    return _written(services, key.workspace, await carry_out(services, request, key, command), show=False)


def _fresh(services: Services, request: Request, workspace: str, webhook: str) -> SecretPart:
    """What a new secret follows from: the same for a retry of the same request."""
    retry_key = idempotency_key(request.scope)
    salt = None if retry_key is None else derived_id("webhook-secret", workspace, webhook, retry_key)
    try:
        return Secrets(services.webhook_settings).fresh(salt)
    except NoKey as error:
        raise Problem(problems.AWAY, str(error)) from error


def _written(services: Services, workspace: str, saved: Saved[Webhook], *, show: bool) -> Response:
    webhook, secret = saved.aggregate, None
    if show:
        try:
            secret = Secrets(services.webhook_settings).text(workspace, webhook.webhook, webhook.secret)
        except NoKey as error:
            raise Problem(problems.AWAY, str(error)) from error
    answer = WrittenWebhook(
        **webhook_answer(webhook, now()).model_dump(), secret=secret, position=position_token(saved)
    )
    headers = {"etag": f'"{webhook.version}"'}
    return json_response(answer, status=201 if saved.created else 200, headers=headers)
