"""Carrying out a decision for a request: who asks, under which commit id, at which expected version."""

import re
from typing import TypedDict

from starlette.requests import Request

from api import problems
from api.actor import actor_of
from api.idempotency import commit_id, idempotency_key
from api.problems import Problem
from api.services import Services
from events.domain.aggregates import A
from events.domain.commands import Command
from events.domain.directory import KeyEntry
from events.domain.execution import Saved
from events.position import Positions

_VERSION = re.compile(r'"([0-9]{1,9})"\Z')


async def carry_out(services: Services, request: Request, key: KeyEntry, command: Command[A]) -> Saved[A]:
    """Have the ledger decide; returns once the log admitted it.

    Raises:
        Refusal, OutcomeUnknown, LedgerUnavailable, ...: answered by `api.failures`.
    """
    return await services.feedback.execute_async(command, **terms_of(request, key))


class Terms(TypedDict):
    """On which terms a request has something decided: what `Feedback.execute` is told beside the command."""

    actor: str
    commit_id: str | None
    expected_version: int | None


def terms_of(request: Request, key: KeyEntry) -> Terms:
    """Who asks, under which id a retry would come, and at which version the thing must be.

    Raises:
        Problem: 400 if a header that says so can't be read.
    """
    retry_key = idempotency_key(request.scope)
    return {
        "actor": actor_of(request.scope, key),
        "commit_id": None if retry_key is None else commit_id(key.workspace, retry_key),
        "expected_version": expected_version(request),
    }


def expected_version(request: Request) -> int | None:
    """The version that `If-Match` names; None without it.

    Raises:
        Problem: 400 if it is no ETag that a write or a read of one thing answered.
    """
    header = request.headers.get("if-match")
    if header is None:
        return None
    match = _VERSION.match(header.strip())
    if match is None:
        raise Problem.of_field(problems.MALFORMED, "If-Match", 'must be one ETag that this service gave out, as "3"')
    return int(match[1])


def position_token(saved: Saved[A]) -> str:
    """Where the decision stands on the log."""
    return Positions.after([saved.position]).token()
