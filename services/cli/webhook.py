"""`groundswell webhooks`: who is told of what happens, and what was sent."""

from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from services.cli import place
from services.cli.errors import CliError
from services.cli.moments import read_moment
from services.cli.output import log_to_stderr, print_json, print_table

if TYPE_CHECKING:
    from events.domain.webhooks.commands import WebhookCommand
    from events.domain.webhooks.webhook import Webhook
    from projections.deliveries.queries import Attempt

app = typer.Typer(help="Who is told of what happens, by HTTP, and what was sent.", no_args_is_help=True)

ACTOR = "command line"
MAX_LIMIT = 1000

Id = Annotated[str, typer.Argument(help="The webhook's id.", show_default=False)]
Reason = Annotated[str, typer.Option("--reason", help="Why.")]


class Outcome(StrEnum):
    """What an attempt came to."""

    delivered = "delivered"
    failed = "failed"
    gone = "gone"


@app.command(name="list")
def list_webhooks(workspace: place.Workspace, data: place.Data = None, json: place.Json = False) -> None:
    """Show a workspace's webhooks."""
    from events.domain.webhooks.subscriptions import Subscriptions
    from services.cli.ledger import feedback

    log_to_stderr()
    with feedback(place.kafka(data)) as application:
        found = Subscriptions(application.ledger).of(workspace)
    if json:
        print_json({"items": [_as_json(each) for each in found]})
    elif found:
        rows = [[each.webhook, _state(each), each.url, ", ".join(each.types) or "all"] for each in found]
        print_table(["webhook", "state", "url", "types"], rows)
    else:
        typer.echo(f"No webhooks in workspace {workspace!r}.", err=True)


@app.command()
def put(
    webhook: Id,
    url: Annotated[str, typer.Argument(help="Where to send to.", show_default=False)],
    workspace: place.Workspace,
    types: Annotated[
        list[str] | None, typer.Option("--type", help="An event type, or what types begin with. Default: all.")
    ] = None,
    internal: Annotated[bool, typer.Option("--internal", help="Also what is not for the public.")] = False,
    description: Annotated[str, typer.Option("--description", help="What it is for.")] = "",
    reason: Reason = "",
    data: place.Data = None,
    json: place.Json = False,
) -> None:
    """Have there be a webhook like this, and active. A new one's secret is printed, once."""
    from events.domain.webhooks.commands import PutWebhook
    from events.domain.webhooks.secrets import NoKey, Secrets
    from events.domain.webhooks.subscriptions import Subscriptions
    from events.domain.webhooks.targets import check_scheme
    from events.domain.webhooks.webhook import Wish
    from services.cli.ledger import feedback

    log_to_stderr()
    settings = place.webhooks(data)
    secrets = Secrets(settings)
    check_scheme(url, allow_private=settings.allow_private)
    try:
        fresh = secrets.fresh()
    except NoKey as error:
        raise CliError(str(error)) from error
    wish = Wish(url, tuple(types or ()), internal, description)
    command = PutWebhook(workspace=workspace, webhook=webhook, wish=wish, secret=fresh, reason=reason)
    with feedback(place.kafka(data)) as application:
        Subscriptions(application.ledger).check_room(workspace, webhook)
        saved = application.execute(command, actor=ACTOR)
    secret = secrets.text(workspace, webhook, saved.aggregate.secret) if saved.created else None
    if json:
        print_json({**_as_json(saved.aggregate), "secret": secret})
    else:
        typer.echo(secret if secret is not None else f"{webhook}: {_state(saved.aggregate)}, {url}")


@app.command()
def deliveries(
    webhook: Id,
    workspace: place.Workspace,
    outcome: Annotated[Outcome | None, typer.Option("--outcome", help="Only attempts that came to this.")] = None,
    limit: Annotated[int, typer.Option("--limit", min=1, max=MAX_LIMIT, help="How many attempts.")] = 20,
    data: place.Data = None,
    json: place.Json = False,
) -> None:
    """Show what was sent, the newest first."""
    from projections.deliveries.queries import Attempt, deliveries_query
    from services.cli import views

    settings = place.clickhouse(data)
    query = deliveries_query(
        settings.database, workspace, webhook, limit=limit, outcome=None if outcome is None else outcome.value
    )
    with views.client(settings) as client:
        found = views.rows(client, query, Attempt)
    if json:
        print_json({"items": [_attempt_as_json(each) for each in found]})
    elif found:
        _show(found)
    else:
        typer.echo(f"Nothing was sent to webhook {webhook!r} in workspace {workspace!r} yet.", err=True)


@app.command()
def replay(
    webhook: Id,
    workspace: place.Workspace,
    since: Annotated[str | None, typer.Option("--since", help="All that was recorded from this moment on.")] = None,
    start: Annotated[str | None, typer.Option("--from", help="A position, as the feed and deliveries show it.")] = None,
    reason: Reason = "",
    data: place.Data = None,
    json: place.Json = False,
) -> None:
    """Send again from a moment or a position on, under the same identities."""
    from events.domain.webhooks.commands import ReplayWebhook
    from events.times import format_time

    moment = read_moment(since, "--since")
    if (moment is None) == (start is None):
        raise typer.BadParameter("say where to begin: by --since or by --from", param_hint="'--since'")
    command = ReplayWebhook(
        workspace=workspace,
        webhook=webhook,
        start=start or "",
        since="" if moment is None else format_time(moment),
        reason=reason,
    )
    _decide(command, data, json, "goes on from there")


@app.command()
def disable(
    webhook: Id, workspace: place.Workspace, reason: Reason = "", data: place.Data = None, json: place.Json = False
) -> None:
    """Send nothing until it is put again. It goes on where it was then."""
    from events.domain.webhooks.commands import DisableWebhook

    _decide(DisableWebhook(workspace=workspace, webhook=webhook, reason=reason), data, json, "sends nothing now")


@app.command()
def delete(
    webhook: Id, workspace: place.Workspace, reason: Reason = "", data: place.Data = None, json: place.Json = False
) -> None:
    """Have there be no such webhook any more."""
    from events.domain.webhooks.commands import DeleteWebhook

    _decide(DeleteWebhook(workspace=workspace, webhook=webhook, reason=reason), data, json, "is deleted")


@app.command(name="test")
def send_test(webhook: Id, workspace: place.Workspace, data: place.Data = None, json: place.Json = False) -> None:
    """Have an event delivered that says nothing, to see that it arrives."""
    from events.domain.webhooks.commands import SendTest

    _decide(SendTest(workspace=workspace, webhook=webhook), data, json, "will send a test: see its deliveries")


def _decide(command: "WebhookCommand", data: Path | None, json: bool, done: str) -> None:
    from services.cli.ledger import feedback

    log_to_stderr()
    with feedback(place.kafka(data)) as application:
        webhook = application.execute(command, actor=ACTOR).aggregate
    if json:
        print_json(_as_json(webhook))
    else:
        typer.echo(f"{webhook.webhook} {done}.")


def _show(attempts: "list[Attempt]") -> None:
    from events.times import format_time

    rows = [
        [format_time(each.at), each.type, each.subject, each.attempt, each.outcome, each.status or "-", each.reason]
        for each in attempts
    ]
    print_table(["when", "type", "about", "attempt", "outcome", "status", "why"], rows, numbers=["attempt", "status"])


def _state(webhook: "Webhook") -> str:
    if webhook.active:
        return "active"
    return f"disabled: {webhook.disabled_reason}" if webhook.disabled_reason else "disabled"


def _as_json(webhook: "Webhook") -> dict[str, object]:
    return {
        "webhook": webhook.webhook,
        "url": webhook.url,
        "types": webhook.types,
        "internal": webhook.internal,
        "description": webhook.description,
        "active": webhook.active,
        "disabled_reason": webhook.disabled_reason or None,
        "created_at": webhook.at,
        "version": webhook.version,
    }


def _attempt_as_json(attempt: "Attempt") -> dict[str, object]:
    from events.times import format_time

    next_attempt = attempt.next_attempt_at
    return {
        "at": format_time(attempt.at),
        "message": attempt.message,
        "type": attempt.type,
        "id": attempt.event_id,
        "subject": attempt.subject,
        "attempt": attempt.attempt,
        "outcome": attempt.outcome,
        "status": attempt.status or None,
        "reason": attempt.reason or None,
        "milliseconds": attempt.milliseconds,
        "next_attempt_at": None if next_attempt is None else format_time(next_attempt),
    }
