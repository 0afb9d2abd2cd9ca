"""The fold of the ledger into quality: gates, checks, ways through gates, defects and complaints.

Every event says all of its row, so nothing is remembered but what was admitted.
"""

from typing import ClassVar

from events.domain.complaints.events import ComplaintMarked, ComplaintUnmarked
from events.domain.defects.events import DefectLinked, DefectUnlinked
from events.domain.gates.events import CheckPassed, CheckTakenBack, GateOverridden, GatePassed, GateSet
from events.times import Millis, parse_time
from projections.decisions import Decision, DecisionsFold
from projections.fold import Row
from projections.quality import tables
from projections.table import Table

NEVER: Millis = 0


class QualityFold(DecisionsFold):
    """One partition of the ledger. State keys begin with a (admission)."""

    SUBJECTS: ClassVar = frozenset({"gate", "checks", "defects", "complaint"})

    def fold(self, decision: Decision) -> None:
        """See `DecisionsFold`."""
        workspace = decision.workspace
        match event := decision.event:
            case GateSet():
                asked = (tuple(each.check for each in event.checks), tuple(each.name for each in event.checks))
                self._state(decision, (tables.GATES, tables.GATE_HISTORY), (workspace, event.board), asked)
            case CheckPassed() | CheckTakenBack():
                said: Row = (False, "", "")
                if isinstance(event, CheckPassed):
                    said = (True, event.by or decision.actor, event.evidence)
                key = (workspace, event.post, event.check)
                self._state(decision, (tables.CHECKS, tables.CHECK_HISTORY), key, said)
            case GatePassed() | GateOverridden():
                missing = event.missing if isinstance(event, GateOverridden) else ()
                row = (workspace, event.post, event.board, event.checks, missing, event.release, *_decided(decision))
                self.rows.state(tables.GATE_PASSAGES.name, (workspace, event.post, decision.revision), row)
            case DefectLinked() | DefectUnlinked():
                linked = isinstance(event, DefectLinked)
                link = (linked, parse_time(event.found_at))
                key = (workspace, event.post, event.defect)
                self._state(decision, (tables.DEFECTS, tables.DEFECT_HISTORY), key, link)
            case ComplaintMarked() | ComplaintUnmarked():
                mark = (isinstance(event, ComplaintMarked), parse_time(event.said_at))
                key = (workspace, event.post, event.comment)
                self._state(decision, (tables.COMPLAINTS, tables.COMPLAINT_HISTORY), key, mark)

    def _state(self, decision: Decision, into: tuple[Table, Table], key: tuple[str, ...], said: Row) -> None:
        """State what is so now of a thing, and what was decided of it."""
        row = (*key, *said, *_decided(decision))
        now, history = into
        self.rows.state(now.name, key, row)
        self.rows.state(history.name, (*key, decision.revision), row)


def _decided(decision: Decision) -> Row:
    event = decision.event
    reason: str = getattr(event, "reason", "")
    at = parse_time(event.at)
    return (at, decision.recorded, decision.revision, decision.actor, reason, decision.offset)
