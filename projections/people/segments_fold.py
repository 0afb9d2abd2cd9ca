"""The fold of the ledger into segments: what rules they have, and had after each change."""

from typing import ClassVar

import msgspec

from events.domain.segments.events import Condition, Match, SegmentDefined, SegmentRemoved
from events.times import parse_time
from projections.decisions import Decision, DecisionsFold, Kept, OutOfPlace
from projections.people.tables import SEGMENT_HISTORY, SEGMENTS

_encode = msgspec.json.Encoder().encode


class SegmentState(msgspec.Struct, frozen=True, array_like=True):
    """A segment as it stands."""

    name: str
    match: Match
    conditions: tuple[Condition, ...]
    removed: bool = False


class SegmentsFold(DecisionsFold):
    """One partition of the ledger. State keys begin with a (admission) or g (segments)."""

    SUBJECTS: ClassVar = frozenset({"segment"})

    def __init__(self) -> None:
        self._segments = Kept("g", SegmentState)
        super().__init__(self._segments)

    def fold(self, decision: Decision) -> None:
        """See `DecisionsFold`."""
        event = decision.event
        if isinstance(event, SegmentDefined):
            state, key = SegmentState(event.name, event.match, event.conditions), (decision.workspace, event.segment)
        elif isinstance(event, SegmentRemoved):
            key = (decision.workspace, event.segment)
            known = self._segments.get(*key)
            if known is None:
                raise OutOfPlace(f"segment {event.segment!r} was never defined")
            state = msgspec.structs.replace(known, removed=True)
        else:
            raise OutOfPlace(f"{event.TYPE} is no event of a segment")
        self._segments.put(state, *key)
        said = (state.name, state.match, _encode(state.conditions).decode(), state.removed)
        occurred, revision = parse_time(event.at), decision.revision
        row = (*said, occurred, decision.recorded)
        by = (decision.actor, event.reason, decision.offset)
        self.rows.state(SEGMENTS.name, key, (*key, *row, revision, *by))
        self.rows.state(SEGMENT_HISTORY.name, (*key, revision), (*key, revision, *row, *by))
