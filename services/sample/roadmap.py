"""The roadmap of the sample: half a year of decisions, with their dates and reasons."""

from collections.abc import Iterator, Sequence
from typing import NamedTuple

import msgspec

from events.domain.roadmaps.commands import PlaceItem, PutRoadmap, RemoveItem, RoadmapCommand
from events.domain.roadmaps.events import Column
from events.domain.roadmaps.targets import read_target

ROADMAP = "product"
_BEGUN = "2026-03-02T09:00:00.000Z"
_COLUMNS = (
    Column(column="now", name="Now"),
    Column(column="next", name="Next"),
    Column(column="later", name="Later"),
    Column(column="shipped", name="Shipped"),
)


class _Step(NamedTuple):
    """What was decided on a day; without a column the post is taken off. `first` puts it on top.

    The owner is a team.
    """

    day: str
    post: str
    column: str
    reason: str
    target: str = ""
    owner: str = ""
    first: bool = False


_STEPS: Sequence[_Step] = (
    _Step("2026-03-02", "connect-to-our-chat", "now", "Every second trial asks", "2026-04", "integrations"),
    _Step("2026-03-02", "full-text-search-in-comments", "now", "The index is there", "2026-05", "search"),
    _Step("2026-03-02", "recurring-tasks-that-skip-holidays", "next", "Calendars first", "2026-Q3", "planning"),
    _Step("2026-03-02", "support-phones-that-are-five-years-old", "later", "Asked for most, and hard", "", "mobile"),
    _Step("2026-03-03", "show-me-who-is-overbooked", "next", "The sales team's first wish", "2026-Q2", "planning"),
    _Step("2026-03-20", "delete-a-person-s-data-on-request", "now", "The law", "2026-05-31", "platform", first=True),
    _Step("2026-04-15", "import-a-plan-from-a-spreadsheet", "next", "Fewer calls", "2026-Q3", "planning"),
    _Step("2026-04-28", "connect-to-our-chat", "now", "Their review takes longer", "2026-05-15"),
    _Step("2026-05-12", "connect-to-our-chat", "shipped", "4.2 is out"),
    _Step("2026-05-29", "delete-a-person-s-data-on-request", "shipped", "In time"),
    _Step("2026-06-01", "show-me-who-is-overbooked", "now", "Half of it is built", "2026-07-31"),
    _Step("2026-06-01", "full-text-search-in-comments", "next", "The team is on the search of files", "2026-Q4"),
    _Step("2026-06-20", "work-offline-and-catch-up-later", "later", "After the new storage", "", "mobile"),
    _Step("2026-07-01", "comment-on-a-part-of-an-attachment", "next", "Many votes", "2026-Q4", "together", first=True),
    _Step("2026-08-03", "show-me-who-is-overbooked", "now", "Vacations count, too", "2026-09-15"),
    _Step("2026-08-20", "support-phones-that-are-five-years-old", "", "Nobody can keep these phones safe"),
    _Step("2026-09-14", "show-me-who-is-overbooked", "shipped", "4.4 is out"),
    _Step("2026-09-21", "import-a-plan-from-a-spreadsheet", "now", "Next in line", "2026-11-15"),
    _Step("2026-09-21", "comment-on-a-part-of-an-attachment", "now", "The viewer is done", "2026-12"),
    _Step("2026-10-05", "recurring-tasks-that-skip-holidays", "later", "Holidays differ within one country", "2027-Q1"),
    _Step("2026-10-12", "two-way-calendar-sync", "next", "With the holidays", "2027-Q1", "integrations"),
)  # fmt: skip


class Turn(NamedTuple):
    """A post of the roadmap came to a status on a day; its team has the same name as its owner."""

    post: str
    team: str
    status: str
    day: str


_STATUSES = {"now": "in-progress", "next": "planned", "later": "planned", "shipped": "complete", "": "closed"}
"""What a post comes to in a column, and when it is taken off."""


def roadmap_commands(workspace: str) -> Iterator[RoadmapCommand]:
    """What was decided, in order."""
    yield PutRoadmap(
        workspace=workspace, roadmap=ROADMAP, name="Product roadmap", columns=_COLUMNS, public=True,
        reason="Let everybody see what comes", at=_BEGUN,
    )  # fmt: skip
    for step in _STEPS:
        yield _command(workspace, step)


def roadmap_turns() -> Iterator[Turn]:
    """The statuses that its posts came to, in order: each time another one."""
    teams: dict[str, str] = {}
    statuses: dict[str, str] = {}
    for step in _STEPS:
        team = teams.setdefault(step.post, step.owner)
        status = _STATUSES[step.column]
        if statuses.get(step.post) != status:
            statuses[step.post] = status
            yield Turn(step.post, team, status, step.day)


def _command(workspace: str, step: _Step) -> RoadmapCommand:
    at = f"{step.day}T10:00:00.000Z"
    if not step.column:
        return RemoveItem(workspace=workspace, roadmap=ROADMAP, post=step.post, reason=step.reason, at=at)
    return PlaceItem(
        workspace=workspace, roadmap=ROADMAP, post=step.post, column=step.column, position=1 if step.first else None,
        target=read_target(step.target) if step.target else msgspec.UNSET, owner=step.owner or None,
        team=step.owner or None,
        reason=step.reason, at=at,
    )  # fmt: skip
