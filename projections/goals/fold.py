"""The fold of the ledger into goals: as they are, and after each decision."""

from typing import ClassVar, cast

import msgspec

from events.domain.goals.events import GoalEvent, GoalLinked, GoalUnlinked, KeyResultMeasured
from events.times import parse_time
from projections.decisions import Decision, DecisionsFold, Kept, OutOfPlace
from projections.goals.state import GoalSaid, GoalState, LinkState, evolve_goal, line
from projections.goals.tables import GOAL_HISTORY, GOAL_LINK_HISTORY, GOAL_LINKS, GOALS, KEY_RESULT_HISTORY


class GoalsFold(DecisionsFold):
    """One partition of the ledger. State keys begin with a (admission), g (goals) or l (links)."""

    SUBJECTS: ClassVar = frozenset({"goal"})

    def __init__(self) -> None:
        self._goals = Kept("g", GoalState)
        self._links = Kept("l", LinkState)
        super().__init__(self._goals, self._links)

    def fold(self, decision: Decision) -> None:
        """See `DecisionsFold`."""
        event = cast("GoalEvent", decision.event)
        if not isinstance(event, KeyResultMeasured | GoalLinked | GoalUnlinked):
            self._say(decision, event)
            return
        if self._goals.get(decision.workspace, event.goal) is None:
            raise OutOfPlace(f"goal {event.goal!r} was never defined")
        if isinstance(event, KeyResultMeasured):
            key = (decision.workspace, event.goal, event.key_result)
            row = (*key, event.value, *_when(decision), event.reason, decision.offset)
            self.rows.state(KEY_RESULT_HISTORY.name, (*key, decision.revision), row)
        else:
            self._link(decision, event)

    def _say(self, decision: Decision, event: GoalSaid) -> None:
        key = (decision.workspace, event.goal)
        before = self._goals.get(*key)
        goal = evolve_goal(before, event)
        self._goals.put(goal, *key)
        row = (
            *key, goal.name, goal.description, goal.target_day, msgspec.json.encode(goal.key_results).decode(),
            goal.state, goal.created, goal.closed, *_when(decision), decision.offset,
        )  # fmt: skip
        self.rows.state(GOALS.name, key, row)
        change = event.TYPE.split(".")[2]
        self.rows.state(GOAL_HISTORY.name, (*key, decision.revision), (*row, change, line(before, event), event.reason))

    def _link(self, decision: Decision, event: GoalLinked | GoalUnlinked) -> None:
        key = (decision.workspace, event.goal, event.post)
        before = self._links.get(*key) or LinkState()
        link = LinkState(event.weight if isinstance(event, GoalLinked) else 0)
        self._links.put(link, *key)
        cells = (*key, link.weight > 0, link.weight)
        said = (*_when(decision), event.reason, decision.offset)
        self.rows.state(GOAL_LINKS.name, key, (*cells, *said))
        self.rows.state(GOAL_LINK_HISTORY.name, (*key, decision.revision), (*cells, before.weight, *said))


def _when(decision: Decision) -> tuple[int, int, int, str]:
    return parse_time(decision.event.at), decision.recorded, decision.revision, decision.actor
