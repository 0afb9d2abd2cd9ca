"""The fold of the ledger into teams and estimates: as they are now, and after each decision."""

from typing import ClassVar, cast

import msgspec

from events.domain.estimates.events import EstimateEvent, EstimateGiven
from events.domain.teams.events import TeamDefined, TeamEvent
from events.times import Millis, parse_time
from projections.decisions import Decision, DecisionsFold, Kept, OutOfPlace
from projections.fold import Row
from projections.planning.tables import ESTIMATE_HISTORY, ESTIMATES, TEAM_HISTORY, TEAMS


class TeamState(msgspec.Struct, array_like=True, frozen=True):
    """What is remembered of a team."""

    name: str
    created: Millis


class EstimateState(msgspec.Struct, array_like=True, frozen=True):
    """That a post was ever estimated."""

    given: Millis


class PlanningFold(DecisionsFold):
    """One partition of the ledger. State keys begin with a (admission), t (teams) or e (estimates)."""

    SUBJECTS: ClassVar = frozenset({"team", "estimate"})

    def __init__(self) -> None:
        self._teams = Kept("t", TeamState)
        self._estimates = Kept("e", EstimateState)
        super().__init__(self._teams, self._estimates)

    def fold(self, decision: Decision) -> None:
        """See `DecisionsFold`."""
        event = decision.event
        if event.TYPE.startswith("groundswell.team."):
            self._fold_team(decision, cast("TeamEvent", event))
        else:
            self._fold_estimate(decision, cast("EstimateEvent", event))

    def _fold_team(self, decision: Decision, event: TeamEvent) -> None:
        key = (decision.workspace, event.team)
        before = self._teams.get(*key)
        defined = isinstance(event, TeamDefined)
        if before is None and not defined:
            raise OutOfPlace(f"team {event.team!r} was never defined")
        at = parse_time(event.at)
        name = event.name if isinstance(event, TeamDefined) else cast("TeamState", before).name
        team = TeamState(name, at if before is None else before.created)
        self._teams.put(team, *key)
        row = (*key, name, not defined, team.created, *_decided(decision, at, event.reason))
        self.rows.state(TEAMS.name, key, row)
        self.rows.state(TEAM_HISTORY.name, (*key, decision.revision), row)

    def _fold_estimate(self, decision: Decision, event: EstimateEvent) -> None:
        key = (decision.workspace, event.post)
        at = parse_time(event.at)
        if isinstance(event, EstimateGiven):
            said: tuple[str, float, float] = (event.unit, event.low, event.high)
            self._estimates.put(EstimateState(at), *key)
        elif self._estimates.get(*key) is None:
            raise OutOfPlace(f"post {event.post!r} was never estimated")
        else:
            said = ("", 0.0, 0.0)
        row = (*key, *said, *_decided(decision, at, event.reason))
        self.rows.state(ESTIMATES.name, key, row)
        self.rows.state(ESTIMATE_HISTORY.name, (*key, decision.revision), row)


def _decided(decision: Decision, at: Millis, reason: str) -> Row:
    return at, decision.recorded, decision.revision, decision.actor, reason, decision.offset
