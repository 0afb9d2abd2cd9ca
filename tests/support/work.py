"""A workspace whose work is decided on in memory, and what was delivered in it, told in the plainest way."""

import itertools
from collections import defaultdict
from dataclasses import dataclass, field
from typing import cast

from events.domain.aggregates import A, Change
from events.domain.commands import Command
from events.domain.estimates.estimate import Estimate
from events.domain.post import Post
from events.domain.roadmaps.events import RanksRenewed
from events.domain.roadmaps.roadmap import Item, Roadmap
from events.times import Millis, format_time, parse_time
from projections.planning.queries import Delivered
from tests.support import naive
from tests.support.ballots import MemoryLog
from tests.support.decided import Decided, Told

DAY = 86_400_000


class WorkWorld(Decided):
    """A workspace whose work is decided on, each decision at a moment of its own."""

    def decide(self, command: Command[A], at: Millis) -> Change[A]:
        """Carry a command out, as if its client had said when; raises as `Command.change` does."""
        return self.do(command, format_time(at))


@dataclass
class _Past:
    """What is told of one post, in the order in which it happened."""

    says: list[Told] = field(default_factory=list)
    thoughts: list[Told] = field(default_factory=list)
    places: list[tuple[Told, str, Item | None]] = field(default_factory=list)


def delivered(world: WorkWorld, votes: MemoryLog, as_of: Millis, known_at: Millis) -> dict[str, Delivered]:
    """Every post that had been shipped by a moment, as far as was known at another."""
    pasts = _pasts([each for each in world.told if each.at <= as_of and each.recorded <= known_at])
    standing = naive.standing(votes, as_of, known_at)
    found = {}
    for post, past in pasts.items():
        up = sum(value[0] > 0 for key, value in standing.items() if key[1] == post)
        told = _delivered(post, past, up)
        if told is not None:
            found[post] = told
    return found


def slips(world: WorkWorld) -> list[tuple[str, str, Millis, int]]:
    """Roadmap, post, when, and by how many days, of each time that a target moved to a later last day."""
    pasts = _pasts(world.told)
    return sorted(
        (roadmap, post, at, days) for post, past in pasts.items() for roadmap, at, days in _slips(past)
    )  # fmt: skip


def holders(world: WorkWorld) -> dict[str, tuple[str, str]]:
    """The team and the owner of each post that has or had one."""
    never = 1 << 60
    pasts = _pasts(world.told)
    held = {post: (_held(past, "team", never), _held(past, "owner", never)) for post, past in pasts.items()}
    return {post: names for post, names in held.items() if any(names)}


def _pasts(told: list[Told]) -> dict[str, _Past]:
    pasts: dict[str, _Past] = defaultdict(_Past)
    for each in sorted(told, key=lambda each: (each.at, each.revision)):
        post = getattr(each.event, "post", "")
        match each.after:
            case Post():
                pasts[post].says.append(each)
            case Estimate():
                pasts[post].thoughts.append(each)
            case Roadmap() if post and not isinstance(each.event, RanksRenewed):
                pasts[post].places.append((each, each.after.roadmap, each.after.items.get(post)))
    return pasts


def _delivered(post: str, past: _Past, up: int) -> Delivered | None:
    statuses = [each for each in past.says if hasattr(each.event, "status")]
    kinds = [cast("str", each.event.kind) for each in statuses]  # type: ignore[attr-defined]  # all that have a status
    said = cast("Post", past.says[-1].after) if past.says else None
    if said is None or "shipped" not in kinds or said.deleted or said.merging.into is not None:
        return None
    shipped_at = statuses[kinds.index("shipped")].at
    starts = [each.at for each, kind in zip(statuses, kinds, strict=True) if kind == "in_progress"]
    started_at = next((at for at in starts if at <= shipped_at), None)
    unit, low, high = _thought(past, started_at, shipped_at)
    dues = [
        (each.at, roadmap, each.revision, item.target.due.isoformat())
        for each, roadmap, item in past.places
        if item is not None and item.target is not None and each.at <= shipped_at
    ]
    return Delivered(
        post=post, title=said.title, board=said.board, tags=list(said.tags),
        team=_held(past, "team", shipped_at) or _held(past, "team", 1 << 60),
        owner=_held(past, "owner", shipped_at) or _held(past, "owner", 1 << 60),
        created_at=parse_time(said.at), started_at=started_at, shipped_at=shipped_at,
        cycle_days=None if started_at is None else (shipped_at - started_at) / DAY,
        lead_days=(shipped_at - parse_time(said.at)) / DAY,
        reopened=sum(a == "shipped" != b for a, b in itertools.pairwise(kinds)),
        slips=sum(at <= shipped_at for _, at, _ in _slips(past)), unit=unit, low=low, high=high, votes=up,
        kind=kinds[-1], due=max(dues)[3] if dues else "", status_days=_status_days(statuses, shipped_at),
    )  # fmt: skip


def _status_days(statuses: list[Told], shipped_at: Millis) -> dict[str, float]:
    days: dict[str, float] = defaultdict(float)
    for each, following in zip(statuses, [*statuses[1:], None], strict=True):
        if each.at < shipped_at:
            end = shipped_at if following is None else min(following.at, shipped_at)
            days[each.event.status] += (end - each.at) / DAY  # type: ignore[attr-defined]  # all that have a status
    return {status: spent for status, spent in days.items() if spent}


def _thought(past: _Past, started_at: Millis | None, shipped_at: Millis) -> tuple[str, float | None, float | None]:
    thoughts = [(each.at, cast("Estimate", each.after)) for each in past.thoughts]
    stood = [thought for at, thought in thoughts if started_at is not None and at <= started_at]
    if stood and not stood[-1].withdrawn:
        return stood[-1].unit, stood[-1].low, stood[-1].high
    for at, thought in thoughts:
        if (started_at is None or at > started_at) and at <= shipped_at and not thought.withdrawn:
            return thought.unit, thought.low, thought.high
    return "", None, None


def _slips(past: _Past) -> list[tuple[str, Millis, int]]:
    found, promised = [], {}
    for each, roadmap, item in past.places:
        if item is None:
            promised.pop(roadmap, None)
        elif item.target is not None:
            before = promised.get(roadmap)
            if before is not None and item.target.due > before:
                found.append((roadmap, each.at, (item.target.due - before).days))
            promised[roadmap] = item.target.due
    return found


def _held(past: _Past, what: str, moment: Millis) -> str:
    """Who held it at a moment: on each roadmap what was said last, and of several what was said last of all."""
    last: dict[str, str] = {}
    said: dict[str, tuple[Millis, str, str]] = {}
    for each, roadmap, item in past.places:
        if item is None:
            last[roadmap] = ""
        elif each.at <= moment and (name := getattr(item, what)) != last.get(roadmap, ""):
            said[roadmap] = (each.at, roadmap, name)
            last[roadmap] = name
    return max((each for each in said.values() if each[2]), default=(0, "", ""))[2]
