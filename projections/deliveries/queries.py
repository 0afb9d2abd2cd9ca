"""What was sent to a webhook, and how far it has come."""

from typing import NamedTuple

from events.times import Millis
from projections.clickhouse.query import Query
from projections.clickhouse.schema import qualify


class Attempt(NamedTuple):
    """One attempt to deliver one event; times are in milliseconds. `number` grows with every attempt."""

    number: int
    at: Millis
    message: str
    type: str
    event_id: str
    subject: str
    topic: str
    partition: int
    offset: int
    attempt: int
    outcome: str
    status: int
    reason: str
    milliseconds: int
    next_attempt_at: Millis | None


class WebhookPosition(NamedTuple):
    """How far a webhook has come: `data` is `events.deliveries.ReachedData` in JSON."""

    workspace: str
    webhook: str
    at: Millis
    data: str


def deliveries_query(
    database: str, workspace: str, webhook: str, *, limit: int, before: int | None = None, outcome: str | None = None
) -> Query:
    """The last attempts for a webhook, the newest first, before an attempt's number; only of one outcome, if given."""
    parameters: dict[str, str | int] = {"workspace": workspace, "webhook": webhook, "limit": limit}
    conditions = ["workspace = {workspace:String}", "webhook = {webhook:String}"]
    if before is not None:
        parameters["before"] = before
        conditions.append("number < {before:UInt64}")
    if outcome is not None:
        parameters["outcome"] = outcome
        conditions.append("outcome = {outcome:String}")
    sql = f"""SELECT number, toUnixTimestamp64Milli(at) AS moment, message, type, event_id, subject, topic, partition,
  `offset`, attempt, outcome, status, reason, milliseconds, toUnixTimestamp64Milli(next_attempt_at) AS next
FROM <deliveries> WHERE {" AND ".join(conditions)} ORDER BY number DESC LIMIT {{limit:UInt32}}"""
    return Query(qualify(sql, database), parameters)


def position_query(database: str, workspace: str, webhook: str) -> Query:
    """Rows of `WebhookPosition`, one at most."""
    sql = f"""{_POSITIONS} WHERE workspace = {{workspace:String}} AND webhook = {{webhook:String}}"""
    return Query(qualify(sql, database), {"workspace": workspace, "webhook": webhook})


def positions_query(database: str) -> Query:
    """Rows of `WebhookPosition` of all webhooks of all workspaces."""
    return Query(qualify(_POSITIONS, database), {})


_POSITIONS = "SELECT workspace, webhook, toUnixTimestamp64Milli(at) AS moment, data FROM <webhook_positions>"
