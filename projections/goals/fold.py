"""The fold of the ledger into goals: as they are, and after each decision."""

from typing import ClassVar, cast

import msgspec

from events.domain.goals.events import GoalEvent, GoalLinked, GoalUnlinked, KeyResultMeasured
from events.times import parse_time
from projections.decisions import Decision, DecisionsFold, Kept, OutOfPlace
from projections.fold import Row
from projections.goals.state import GoalState, LinkState, evolve_goal, line
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
        key = (decision.workspace, event.goal)
        before = self._goals.get(*key)
        if not isinstance(event, KeyResultMeasured | GoalLinked | GoalUnlinked):
            goal = evolve_goal(before, event)
            self._goals.put(goal, *key)
            change, what = event.TYPE.split(".")[2], line(before, event)
            row = (*_goal_row(decision, goal), change, what, event.reason)
            self.rows.state(GOAL_HISTORY.name, (*key, decision.revision), row)
        elif before is None:
            raise OutOfPlace(f"goal {event.goal!r} was never defined")
        else:
            goal = before
            self._measure_or_link(decision, event)
        self.rows.state(GOALS.name, key, _goal_row(decision, goal))

    def _measure_or_link(self, decision: Decision, event: KeyResultMeasured | GoalLinked | GoalUnlinked) -> None:
        if isinstance(event, KeyResultMeasured):
            key = (decision.workspace, event.goal, event.key_result)
            row = (*key, event.value, *_when(decision), event.reason, decision.offset)
            self.rows.state(KEY_RESULT_HISTORY.name, (*key, decision.revision), row)
        else:
            self._link(decision, event)

    def _link(self, decision: Decision, event: GoalLinked | GoalUnlinked) -> None:
        key = (decision.workspace, event.goal, event.post)
        before = self._links.get(*key) or LinkState()
        link = LinkState(event.weight if isinstance(event, GoalLinked) else 0)
        self._links.put(link, *key)
        cells = (*key, link.weight > 0, link.weight)
        said = (*_when(decision), event.reason, decision.offset)
        self.rows.state(GOAL_LINKS.name, key, (*cells, *said))
        self.rows.state(GOAL_LINK_HISTORY.name, (*key, decision.revision), (*cells, before.weight, *said))


def _goal_row(decision: Decision, goal: GoalState) -> Row:
    return (
        decision.workspace, cast("GoalEvent", decision.event).goal, goal.name, goal.description, goal.target_day,
        msgspec.json.encode(goal.key_results).decode(), goal.state, goal.created, goal.closed, *_when(decision),
        decision.offset,
    )  # fmt: skip


def _when(decision: Decision) -> tuple[int, int, int, str]:
    return parse_time(decision.event.at), decision.recorded, decision.revision, decision.actor
