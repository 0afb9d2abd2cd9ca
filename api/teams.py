"""Finding a team, for the routes that are about its work."""

import asyncio

from api import problems
from api.problems import Problem
from api.services import Services
from events.domain.originators import originator_of
from events.domain.teams.team import Team


async def known_team(services: Services, workspace: str, team: str, *, also_removed: bool = False) -> Team:
    """A team, whoever has defined it a moment ago.

    Raises:
        Problem: 404 if there is none.
    """
    found = await _load(services, workspace, team)
    if found is None or found.removed:
        await services.directory.catch_up()
        found = await _load(services, workspace, team)
    if found is None or (found.removed and not also_removed):
        raise Problem.of_field(problems.NOT_FOUND, "team", f"there is no team {team!r}")
    return found


async def _load(services: Services, workspace: str, team: str) -> Team | None:
    found = await asyncio.to_thread(services.feedback.load, originator_of(workspace, Team.KIND, team))
    assert found is None or isinstance(found, Team)
    return found
