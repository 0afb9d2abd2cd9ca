"""Finding a segment, for the routes that are about its members."""

import asyncio

from api import problems
from api.problems import Problem
from api.services import Services
from events.domain.originators import originator_of
from events.domain.segments.segment import Segment


async def known_segment(services: Services, workspace: str, segment: str, *, also_removed: bool = False) -> Segment:
    """A segment, whoever has defined it a moment ago.

    Raises:
        Problem: 404 if there is none.
    """
    found = await _load(services, workspace, segment)
    if found is None or found.removed:
        await services.directory.catch_up()
        found = await _load(services, workspace, segment)
    if found is None or (found.removed and not also_removed):
        raise Problem.of_field(problems.NOT_FOUND, "segment", f"there is no segment {segment!r}")
    return found


async def _load(services: Services, workspace: str, segment: str) -> Segment | None:
    found = await asyncio.to_thread(services.feedback.load, originator_of(workspace, Segment.KIND, segment))
    assert found is None or isinstance(found, Segment)
    return found
