"""The fold of the ledger into roadmaps: as they are now, and every place that a post ever had on one."""

from typing import ClassVar, cast

import msgspec

from events.domain.roadmaps.events import (
    ItemEvent,
    RanksRenewed,
    RoadmapCreated,
    RoadmapEdited,
    RoadmapEvent,
)
from events.domain.roadmaps.targets import Target
from events.times import Millis, parse_time
from projections.decisions import Decision, DecisionsFold, Kept, OutOfPlace
from projections.fold import Row
from projections.roadmaps.state import Place, RoadmapState, Stay, evolve_place, evolve_roadmap
from projections.roadmaps.tables import ROADMAP_EDITS, ROADMAP_HISTORY, ROADMAP_ITEMS, ROADMAPS

RENEWED = "ranks-renewed"
"""The change that nobody decided on: the order stays as it was."""

_STANDS: Millis = 0


class RoadmapsFold(DecisionsFold):
    """One partition of the ledger. State keys begin with a (admission), r (roadmaps) or i (items)."""

    SUBJECTS: ClassVar = frozenset({"roadmap"})

    def __init__(self) -> None:
        self._roadmaps = Kept("r", RoadmapState)
        self._stays = Kept("i", Stay)
        super().__init__(self._roadmaps, self._stays)

    def fold(self, decision: Decision) -> None:
        """See `DecisionsFold`."""
        event = cast("RoadmapEvent", decision.event)
        before = self._roadmaps.get(decision.workspace, event.roadmap)
        if isinstance(event, RoadmapCreated | RoadmapEdited):
            roadmap = self._edit(decision, event, before)
        elif before is None:
            raise OutOfPlace(f"roadmap {event.roadmap!r} was never created")
        elif isinstance(event, RanksRenewed):
            roadmap = self._renew(decision, event, before)
        else:
            roadmap = self._place(decision, event, before)
        key = (decision.workspace, event.roadmap)
        self._roadmaps.put(roadmap, *key)
        row = (
            *key, roadmap.name, roadmap.public, roadmap.by, _json(roadmap), roadmap.created, roadmap.began,
            parse_time(event.at), decision.recorded, decision.revision, roadmap.items, decision.offset,
        )  # fmt: skip
        self.rows.state(ROADMAPS.name, key, row)

    def _edit(
        self, decision: Decision, event: RoadmapCreated | RoadmapEdited, before: RoadmapState | None
    ) -> RoadmapState:
        roadmap = evolve_roadmap(before, event)
        key = (decision.workspace, event.roadmap, decision.revision)
        row = (
            *key, _change(event), roadmap.name, roadmap.public, roadmap.by, _json(roadmap),
            before.name if before else "", before.public if before else False, _json(before) if before else "[]",
            parse_time(event.at), decision.recorded, decision.actor, event.reason, decision.offset,
        )  # fmt: skip
        self.rows.state(ROADMAP_EDITS.name, key, row)
        return roadmap

    def _place(self, decision: Decision, event: ItemEvent, roadmap: RoadmapState) -> RoadmapState:
        last = self._stays.get(decision.workspace, event.roadmap, event.post)
        before = Place() if last is None else last.place
        place = evolve_place(before, event)
        stay = Stay(
            place, before, _change(event), roadmap.public, parse_time(event.at), decision.recorded,
            decision.revision, decision.actor, event.reason,
        )  # fmt: skip
        self._state(decision, event.roadmap, event.post, last, stay)
        return msgspec.structs.replace(
            roadmap, items=roadmap.items + place.placed - before.placed, began=min(roadmap.began, stay.since)
        )

    def _renew(self, decision: Decision, event: RanksRenewed, roadmap: RoadmapState) -> RoadmapState:
        lasts = {post: self._stays.get(decision.workspace, event.roadmap, post) for post in event.ranks}
        if any(last is None or not last.place.placed for last in lasts.values()):
            raise OutOfPlace(f"ranks of posts that are not on roadmap {event.roadmap!r}")
        for post, last in lasts.items():
            assert last is not None
            place = msgspec.structs.replace(last.place, rank=event.ranks[post])
            stay = Stay(
                place, last.place, RENEWED, roadmap.public, parse_time(event.at), decision.recorded,
                decision.revision, "", "",
            )  # fmt: skip
            self._state(decision, event.roadmap, post, last, stay)
        return roadmap

    def _state(self, decision: Decision, roadmap: str, post: str, last: Stay | None, stay: Stay) -> None:
        """State a post's new place, and until when it had the one before."""
        key = (decision.workspace, roadmap, post)
        self._stays.put(stay, *key)
        if last is not None:
            row = _history_row(key, last, stay.since, decision.offset)
            self.rows.state(ROADMAP_HISTORY.name, (*key, last.revision), row)
        self.rows.state(ROADMAP_HISTORY.name, (*key, stay.revision), _history_row(key, stay, _STANDS, decision.offset))
        row = (*key, *_cells(stay.place), stay.since, stay.recorded, stay.revision, decision.offset)
        self.rows.state(ROADMAP_ITEMS.name, key, row)


def _history_row(key: tuple[str, str, str], stay: Stay, until: Millis, version: int) -> Row:
    before = stay.before
    return (
        *key, stay.revision, stay.change, *_cells(stay.place), before.column, *_dates(before.target), before.owner,
        before.team, stay.public, stay.since, until, stay.recorded, stay.actor, stay.reason, version,
    )  # fmt: skip


def _cells(place: Place) -> Row:
    return (place.placed, place.column, place.rank, *_dates(place.target), place.owner, place.note, place.team)


def _dates(target: Target | None) -> tuple[int, str, int]:
    """The date, its precision and the day that it is due, in days since 1970."""
    if target is None:
        return 0, "", 0
    epoch = 719_163  # the ordinal of 1970-01-01
    return target.day.toordinal() - epoch, target.precision, target.due.toordinal() - epoch


def _change(event: RoadmapEvent) -> str:
    """`groundswell.roadmap.item-placed.v1` is `placed`."""
    return event.TYPE.split(".")[2].removeprefix("item-")


def _json(roadmap: RoadmapState) -> str:
    return msgspec.json.encode(roadmap.columns).decode()
