"""What changed on a roadmap, and the decisions that made it so. Pure: rows go in, changes with reasons come out."""

from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

from events.domain.roadmaps.events import By
from events.times import Millis
from projections.roadmap_revisions.queries import PostDecision
from projections.roadmaps.differences import Difference, Sort
from projections.roadmaps.lines import line_of
from projections.roadmaps.queries import Revision


class Reason(NamedTuple):
    """A decision that led to a change: what in a line, when, by whom and why. `note` is for everybody."""

    line: str
    occurred_at: Millis
    recorded_at: Millis
    actor: str
    reason: str
    note: str = ""


class Revised(NamedTuple):
    """One thing that differs, and what was decided for it meanwhile, in order: the last one made it as it is."""

    difference: Difference
    reasons: tuple[Reason, ...]


_CAME = frozenset({"placed"})
_WENT = frozenset({"removed"})
_ON_ROADMAP: Mapping[Sort, frozenset[str]] = {
    "shipped": frozenset(),
    "added": _CAME,
    "dropped": _WENT,
    "moved": frozenset({"moved"}) | _CAME,
    "slipped": frozenset({"dated"}) | _CAME,
    "pulled-in": frozenset({"dated"}) | _CAME,
    "dated": frozenset({"dated"}) | _CAME,
    "undated": frozenset({"dated"}) | _CAME,
    "re-owned": frozenset({"assigned"}) | _CAME,
    "re-teamed": frozenset({"assigned"}) | _CAME,
}
"""Which decisions on a roadmap can make each change."""

_STATUSES = frozenset({"status-changed", "closed", "reopened"})
_LISTED = frozenset({"submitted", "merged", "unmerged", "archived", "unarchived", "deleted", "restored"})


def revised(
    by: By, differences: Sequence[Difference], decisions: Iterable[Revision], on_posts: Iterable[PostDecision]
) -> list[Revised]:
    """Each difference with the decisions that led to it, in the order of the differences."""
    placing: dict[str, list[Revision]] = {}
    for decision in decisions:
        placing.setdefault(decision.post, []).append(decision)
    telling: dict[str, list[PostDecision]] = {}
    for told in on_posts:
        telling.setdefault(told.post, []).append(told)
    return [
        Revised(each, _reasons(by, each, placing.get(each.post, ()), telling.get(each.post, ())))
        for each in differences
    ]


def _reasons(
    by: By, difference: Difference, placing: Sequence[Revision], telling: Sequence[PostDecision]
) -> tuple[Reason, ...]:
    change = difference.change
    found = [
        Reason(line_of(each), each.occurred_at, each.recorded_at, each.actor, each.reason)
        for each in placing
        if each.change in _ON_ROADMAP[change]
    ]
    wanted = _of_posts(by, change)
    found += [
        Reason(each.what, each.occurred_at, each.recorded_at, each.actor, each.reason, each.note)
        for each in telling
        if each.change in wanted
    ]
    return tuple(sorted(found, key=lambda reason: reason.occurred_at))


def _of_posts(by: By, change: Sort) -> frozenset[str]:
    """Which decisions on a post can make a change: where the roadmap is by status, it comes and goes by them."""
    if change == "shipped":
        return _STATUSES
    if by == "status" and change in ("added", "dropped", "moved"):
        return _STATUSES if change == "moved" else _STATUSES | _LISTED
    return frozenset()
