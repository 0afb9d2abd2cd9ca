"""What was decided on the work of the sample: plans, estimates, dates, statuses, checks, releases, in order of time."""

from collections.abc import Iterator, Sequence
from datetime import date
from itertools import chain
from typing import Any, NamedTuple

import msgspec

from events.domain.commands import Command
from events.domain.comments.commands import WriteComment
from events.domain.complaints.commands import MarkComplaint
from events.domain.defects.commands import LinkDefect
from events.domain.estimates.commands import GiveEstimate
from events.domain.gates.commands import PassCheck, SetGate
from events.domain.gates.events import Check
from events.domain.posts.commands import ChangeStatus, TagPost
from events.domain.releases.commands import PublishRelease, PutRelease
from events.domain.roadmaps.commands import PlaceItem, PutRoadmap
from events.domain.roadmaps.events import Column
from events.domain.roadmaps.targets import Target
from events.domain.segments.commands import PutSegment
from events.domain.tags.commands import DefineTag
from events.domain.teams.commands import PutTeam
from events.times import DAY, Millis, format_time, from_millis, parse_time
from services.sample.calendar import BEGIN, END, HOUR, LAUNCHES
from services.sample.customers import SEGMENTS
from services.sample.goals import goal_commands
from services.sample.posts import SamplePost
from services.sample.quality import Bug, Grumble
from services.sample.roadmap import roadmap_commands, roadmap_turns
from services.sample.teams import TAGS, TEAMS
from services.sample.work import Item

DELIVERY = "delivery"
"""The roadmap on which teams plan."""

_GATED = {"planning": parse_time("2026-03-01T08:00:00Z"), "integrations": parse_time("2026-03-01T08:00:00Z")}
"""Since when boards have a gate."""
_CHECKS = (
    Check(check="reviewed", name="Reviewed"),
    Check(check="tested", name="Tested"),
    Check(check="documented", name="Documented"),
    Check(check="beta", name="Accepted by the beta group"),
)
_WHY_LATER = (
    "It is more than we thought", "Somebody was ill", "The part before it was late", "An incident took a week",
    "The beta group found too much",
)  # fmt: skip
_WHY_BACK = ("It breaks with large workspaces", "Half of it was switched off again", "The beta group saw it first")
_COLUMNS = tuple(
    Column(column=column, name=name)
    for column, name in (("now", "Now"), ("next", "Next"), ("later", "Later"), ("shipped", "Shipped"))
)
_UNCHECKED_ONE_IN = 9
"""Of what a gated board shipped, one in so many went out before its documentation, on somebody's word."""


class Decided(NamedTuple):
    """A command at its time, by whom; `commit_id` makes a repeated load decide it once."""

    at: str
    command: Command[Any]
    actor: str
    commit_id: str


class Story(NamedTuple):
    """All that decisions are made of."""

    posts: Sequence[SamplePost]
    items: Sequence[Item]
    bugs: Sequence[Bug]
    grumbles: Sequence[Grumble]


def make_decisions(workspace: str, story: Story) -> list[Decided]:
    """All of them, in the order of their times; those of one time in the order in which they must be made."""
    told = chain(
        (_Said(command, "sample") for command in _definitions(workspace)),
        (_Said(command, "sample") for command in goal_commands(workspace, story.posts)),
        (_Said(command, "sample") for command in _public_roadmap(workspace)),
        *(_work(workspace, number, item) for number, item in enumerate(story.items)),
        *(_bug(workspace, bug) for bug in story.bugs),
        (said for grumble in story.grumbles for said in _grumble(workspace, grumble)),
        (_Said(command, "sample") for command in _releases(workspace, story.items)),
    )
    numbered = [
        Decided(said.command.at or "", said.command, said.actor, f"sample-d{number:05d}")
        for number, said in enumerate(told)
    ]
    return sorted(numbered, key=lambda decided: decided.at)


class _Said(NamedTuple):
    command: Command[Any]
    actor: str


def _definitions(workspace: str) -> Iterator[Command[Any]]:
    begin = format_time(BEGIN)
    for tag, colour in TAGS.items():
        yield DefineTag(workspace=workspace, word=tag, name=tag.capitalize(), colour=colour, at=begin)
    for team in TEAMS:
        yield PutTeam(workspace=workspace, team=team.team, name=team.name, at=begin)
    for segment in SEGMENTS:
        yield PutSegment(
            workspace=workspace, segment=segment.segment, name=segment.name, conditions=segment.conditions, at=begin
        )
    yield PutRoadmap(
        workspace=workspace, roadmap=DELIVERY, name="What the teams do", columns=_COLUMNS,
        reason="Plan in one place", at=begin,
    )  # fmt: skip
    for board, since in _GATED.items():
        yield SetGate(
            workspace=workspace, board=board, checks=_CHECKS, reason="Two releases went back in winter",
            at=format_time(since),
        )  # fmt: skip


def _public_roadmap(workspace: str) -> Iterator[Command[Any]]:
    """What the public roadmap tells, and the statuses and checks that go with it."""
    yield from roadmap_commands(workspace)
    boards = {team.team: team.board for team in TEAMS}
    for turn in roadmap_turns():
        at = parse_time(f"{turn.day}T10:30:00Z")
        if turn.status == "complete":
            yield from _checks(workspace, turn.post, boards[turn.team], at, len(_CHECKS))
        yield ChangeStatus(workspace=workspace, post=turn.post, status=turn.status, at=format_time(at))


def _work(workspace: str, number: int, item: Item) -> Iterator[_Said]:
    """A team's work on one post."""
    lead = f"{item.team.team}-lead"
    for command in _planning(workspace, item):
        yield _Said(command, lead)
    if item.begun is None:
        return
    yield _Said(_status(workspace, item, "in-progress", item.begun), lead)
    yield _Said(_place(workspace, item, item.begun + 60_000, column="now"), lead)
    for nth, promise in enumerate(item.promises[1:]):
        why = _WHY_LATER[(number + nth) % len(_WHY_LATER)]
        yield _Said(_place(workspace, item, promise.at, target=_target(promise.day), reason=why), lead)
    if item.shipped is None:
        yield from _partly_checked(workspace, item)
        return
    unchecked = number % _UNCHECKED_ONE_IN == 0
    for command in _checks(workspace, item.post.wish.post, item.team.board, item.shipped, len(_CHECKS) - unchecked):
        yield _Said(command, f"{item.team.team}-qa")
    yield _Said(_shipped(workspace, item, item.shipped, unchecked=unchecked), lead)
    yield _Said(_place(workspace, item, item.shipped + 60_000, column="shipped"), lead)
    for again, done in item.came_back:
        yield _Said(_status(workspace, item, "in-progress", again, _WHY_BACK[number % len(_WHY_BACK)]), lead)
        yield _Said(_shipped(workspace, item, done, unchecked=unchecked), lead)


def _planning(workspace: str, item: Item) -> Iterator[Command[Any]]:
    """How it came to be planned, and what was said then."""
    post = item.post.wish.post
    yield TagPost(workspace=workspace, post=post, tags=item.tags, at=format_time(item.planned - 2 * HOUR))
    yield _status(workspace, item, "planned", item.planned)
    day = item.promises[0].day
    yield _place(workspace, item, item.planned + 60_000, column="next", target=_target(day), first=True)
    if item.low is not None and item.high is not None:
        yield GiveEstimate(
            workspace=workspace, post=post, unit="points" if item.team.points else "days", low=item.low,
            high=item.high, at=format_time(item.planned + HOUR),
        )  # fmt: skip


def _shipped(workspace: str, item: Item, at: Millis, *, unchecked: bool) -> ChangeStatus:
    gated = _is_gated(item.team.board, at)
    return ChangeStatus(
        workspace=workspace, post=item.post.wish.post, status="complete", note=item.post.wish.closed or "",
        reason="The documentation follows next week" if gated and unchecked else "", override=gated and unchecked,
        at=format_time(at),
    )  # fmt: skip


def _checks(workspace: str, post: str, board: str, before: Millis, count: int) -> Iterator[PassCheck]:
    """The first so many checks of a gated board, passed in the days before something goes out."""
    if not _is_gated(board, before):
        return
    for place, check in enumerate(_CHECKS[:count]):
        at = format_time(max(before - (len(_CHECKS) - place) * 5 * HOUR, min(before, _GATED[board] + HOUR)))
        yield PassCheck(
            workspace=workspace, post=post, check=check.check, by=f"{board}-qa",
            evidence=f"https://ci.example.com/{board}/{post}/{check.check}", at=at,
        )  # fmt: skip


def _partly_checked(workspace: str, item: Item) -> Iterator[_Said]:
    """What is on its way has some of its checks."""
    for command in _checks(workspace, item.post.wish.post, item.team.board, END - DAY, 2):
        yield _Said(command, f"{item.team.team}-qa")


def _bug(workspace: str, bug: Bug) -> Iterator[_Said]:
    """Something that is wrong: it is said of what, taken up and mended. Nobody plans that, so it is on no roadmap."""
    post, team = bug.post.wish.post, bug.item.team.team
    lead, at = f"{team}-lead", bug.post.at
    yield _Said(TagPost(workspace=workspace, post=post, tags=("bug",), at=format_time(at + HOUR)), "support")
    linked = LinkDefect(
        workspace=workspace, post=bug.item.post.wish.post, defect=post, reason="Seen by support",
        at=format_time(at + 2 * HOUR),
    )  # fmt: skip
    yield _Said(linked, "support")
    if bug.begun is None:
        return
    yield _Said(ChangeStatus(workspace=workspace, post=post, status="in-progress", at=format_time(bug.begun)), lead)
    if bug.mended is not None:
        for check in _checks(workspace, post, bug.item.team.board, bug.mended, len(_CHECKS)):
            yield _Said(check, f"{team}-qa")
        done = ChangeStatus(workspace=workspace, post=post, status="complete", at=format_time(bug.mended))
        yield _Said(done, lead)


def _grumble(workspace: str, grumble: Grumble) -> Iterator[_Said]:
    said = WriteComment(
        workspace=workspace, comment=grumble.comment, post=grumble.item.post.wish.post, author=grumble.author,
        body=grumble.body, at=format_time(grumble.at),
    )  # fmt: skip
    yield _Said(said, "sample")
    yield _Said(MarkComplaint(workspace=workspace, comment=grumble.comment, at=format_time(grumble.marked)), "support")


def _releases(workspace: str, items: Sequence[Item]) -> Iterator[Command[Any]]:
    """What was told on the days of launches: of what had shipped since the last one, on the boards of that day."""
    told: set[str] = set()
    for day in sorted({day for days in LAUNCHES.values() for day in days}):
        at = parse_time(f"{day}T08:00:00Z")
        boards = [board for board, days in LAUNCHES.items() if day in days]
        posts = [
            item.post.wish.post for item in items
            if item.shipped is not None and item.shipped < at and item.team.board in boards
            and item.post.wish.post not in told and not any(again < at < done for again, done in item.came_back)
        ]  # fmt: skip
        told.update(posts)
        yield from _release(workspace, f"release-{day}", date.fromisoformat(day).strftime("%Y.%m"), posts, at)
    ahead = [item.post.wish.post for item in items if item.begun is not None and item.shipped is None]
    yield PutRelease(
        workspace=workspace, release="release-next", title="What comes next", label="2026.11", posts=tuple(ahead),
        at=format_time(END - 2 * DAY),
    )  # fmt: skip


def _release(workspace: str, release: str, label: str, posts: Sequence[str], at: Millis) -> Iterator[Command[Any]]:
    yield PutRelease(
        workspace=workspace, release=release, title=f"Groundwork {label}", label=label, posts=tuple(posts),
        at=format_time(at - DAY),
    )  # fmt: skip
    yield PublishRelease(
        workspace=workspace, release=release, override=True, reason="What is undocumented is marked as such",
        at=format_time(at),
    )  # fmt: skip


def _status(workspace: str, item: Item, status: str, at: Millis, note: str = "") -> ChangeStatus:
    return ChangeStatus(workspace=workspace, post=item.post.wish.post, status=status, note=note, at=format_time(at))


def _place(
    workspace: str,
    item: Item,
    at: Millis,
    *,
    column: str | None = None,
    target: Target | None = None,
    first: bool = False,
    reason: str = "",
) -> PlaceItem:
    """The first time with its team, and with whoever does it."""
    return PlaceItem(
        workspace=workspace, roadmap=DELIVERY, post=item.post.wish.post, column=column,
        target=target or msgspec.UNSET, team=item.team.team if first else None,
        owner=f"{item.team.team}-{item.hand + 1}" if first else None, reason=reason, at=format_time(at),
    )  # fmt: skip


def _target(day: Millis) -> Target:
    return Target(from_millis(day).date().isoformat(), "day")


def _is_gated(board: str, at: Millis) -> bool:
    return board in _GATED and at > _GATED[board]
