"""What the routes of roadmaps share: which of them a key sees, and what was decided since a version."""

from typing import Annotated

import msgspec
from fastapi import Path
from starlette.requests import Request

from api import problems
from api.answers.roadmap_history import revision
from api.commands import carry_out
from api.parameters import ID
from api.problems import ChangedSince, FieldError, Problem
from api.services import Services
from events.domain.commands import Command
from events.domain.directory import KeyEntry
from events.domain.execution import Saved
from events.domain.refusals import VersionMismatch
from events.domain.roadmaps.commands import RoadmapCommand
from events.domain.roadmaps.roadmap import Roadmap
from projections.moments import Moment
from projections.roadmaps.queries import Head, Revision, head_query, revisions_query

RoadmapPath = Annotated[str, Path(pattern=ID, description="The roadmap's id.", examples=["product"])]

ROADMAPS = "roadmaps"
MOST_CHANGES = 100
"""How many decisions a refused caller is told of."""
_NOW = Moment()


async def visible_head(services: Services, key: KeyEntry, roadmap: str, moment: Moment = _NOW) -> Head:
    """The roadmap as it is or was at a moment, if this key sees it now and saw it then.

    Raises:
        Problem: 404 if it does not, or there is no such roadmap: that an internal one is there is internal, too.
    """
    head = await head_at(services, key, roadmap, _NOW)
    if head is None:  # it was created a moment ago: wait for the view rather than deny it
        await services.decided(ROADMAPS)
        head = await head_at(services, key, roadmap, _NOW)
    if head is None:
        raise Problem.of_field(problems.NOT_FOUND, "roadmap", f"there is no roadmap {roadmap!r}")
    if not moment.is_past:
        return head
    then = await head_at(services, key, roadmap, moment)
    if then is None:
        raise Problem.of_field(problems.NOT_FOUND, "roadmap", f"there was no roadmap {roadmap!r} at that moment")
    return then


async def head_at(services: Services, key: KeyEntry, roadmap: str, moment: Moment) -> Head | None:
    """The roadmap as it was at a moment; None if it was not there.

    Raises:
        Problem: 404 if it was there, but not for this key.
    """
    rows = await services.view.rows(head_query(services.view.database, key.workspace, roadmap, moment))
    if not rows:
        return None
    head = msgspec.convert(rows[0], Head)
    if not (head.public or key.sees_internal):
        raise Problem.of_field(problems.NOT_FOUND, "roadmap", f"there is no roadmap {roadmap!r}")
    return head


async def carry_out_on(services: Services, request: Request, key: KeyEntry, command: RoadmapCommand) -> Saved[Roadmap]:
    """Have the ledger decide on a roadmap.

    Raises:
        Problem: 412 where it is at another version than the caller knows, with what was decided since.
        Refusal, OutcomeUnknown, LedgerUnavailable, ...: answered by `api.failures`.
    """
    decided: Command[Roadmap] = command
    try:
        return await carry_out(services, request, key, decided)
    except VersionMismatch as error:
        if error.actual is None or error.expected > error.actual:
            raise
        changes = await _changes_since(services, key, command.roadmap, error.expected)
        message = f'it is at "{error.actual}", and you know "{error.expected}": read it again'
        fields = [FieldError("If-Match", message)]
        raise Problem(
            problems.VERSION, f"If-Match: {message}", errors=fields, version=error.actual, changes=changes
        ) from error


async def _changes_since(services: Services, key: KeyEntry, roadmap: str, version: int) -> list[ChangedSince]:
    """What was decided after a version, the last first; nothing where the view can't say it in time."""
    query = revisions_query(services.view.database, key.workspace, roadmap, limit=MOST_CHANGES, since=version)
    try:
        await services.decided(ROADMAPS)
        rows = await services.view.rows(query)
    except Problem:
        return []
    told = [revision(Revision.of(row), internal=key.sees_internal) for row in rows]
    return [ChangedSince(each.version, each.line, each.actor, each.at, each.reason) for each in told]
