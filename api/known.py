"""Finding what a request is about: whatever another process decided a moment ago is there, else it is a 404."""

import asyncio
from typing import TypeVar

from api import problems
from api.problems import Problem
from api.services import Services
from events.domain.directory import BoardEntry, Directory
from events.domain.originators import originator_of
from events.domain.post_entries import PostEntry
from events.domain.segments.segment import Segment
from events.domain.teams.team import Team
from events.domain.webhooks.webhook import Webhook

Removed = TypeVar("Removed", Segment, Team)
"""What may be removed, and is loaded from the ledger."""


async def known_board(directory: Directory, workspace: str, board: str) -> BoardEntry:
    """A board of the workspace.

    Raises:
        Problem: 404 if there is none.
    """
    entry = directory.board(workspace, board)
    if entry is None:
        await directory.catch_up()
        entry = directory.board(workspace, board)
    if entry is None:
        raise _unknown("board", board)
    return entry


async def known_post(directory: Directory, workspace: str, post: str) -> PostEntry:
    """A post of the workspace.

    Raises:
        Problem: 404 if there is none.
    """
    entry = directory.post(workspace, post)
    if entry is None:
        await directory.catch_up()
        entry = directory.post(workspace, post)
    if entry is None:
        raise _unknown("post", post)
    return entry


async def known_segment(services: Services, workspace: str, segment: str, *, also_removed: bool = False) -> Segment:
    """A segment of the workspace.

    Raises:
        Problem: 404 if there is none.
    """
    return await _known(services, Segment, workspace, segment, also_removed)


async def known_team(services: Services, workspace: str, team: str, *, also_removed: bool = False) -> Team:
    """A team of the workspace.

    Raises:
        Problem: 404 if there is none.
    """
    return await _known(services, Team, workspace, team, also_removed)


async def known_webhook(services: Services, workspace: str, webhook: str) -> Webhook:
    """A webhook of the workspace.

    Raises:
        Problem: 404 if there is none.
    """
    await services.webhooks.catch_up()
    found = services.webhooks.find(workspace, webhook)
    if found is None:
        raise _unknown("webhook", webhook)
    return found


async def _known(services: Services, kind: type[Removed], workspace: str, id: str, also_removed: bool) -> Removed:
    originator = originator_of(workspace, kind.KIND, id)
    found = await asyncio.to_thread(services.feedback.load, originator)
    if found is None or (isinstance(found, kind) and found.removed):
        await services.directory.catch_up()
        found = await asyncio.to_thread(services.feedback.load, originator)
    assert found is None or isinstance(found, kind)
    if found is None or (found.removed and not also_removed):
        raise _unknown(kind.KIND, id)
    return found


def _unknown(kind: str, id: str) -> Problem:
    return Problem.of_field(problems.NOT_FOUND, kind, f"there is no {kind} {id!r}")
