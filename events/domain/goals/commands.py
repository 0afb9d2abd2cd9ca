"""What can be asked of a goal."""

from collections.abc import Sequence
from uuid import UUID

from typing_extensions import override

from events.domain.aggregates import Aggregates, Change, changed, created
from events.domain.commands import Command
from events.domain.goals.events import KeyResult, Outcome
from events.domain.goals.goal import Goal
from events.domain.goals.wording import define_goal
from events.domain.moments import not_before
from events.domain.originators import originator_of
from events.domain.post import Post
from events.domain.refusals import Invalid, NotFound


class GoalCommand(Command[Goal], frozen=True, kw_only=True, tag=True):
    """Something asked of a goal."""

    goal: str
    reason: str = ""

    @property
    @override
    def subject(self) -> UUID:
        return originator_of(self.workspace, Goal.KIND, self.goal)

    def _known(self, aggregates: Aggregates) -> Goal:
        goal = aggregates.find(Goal, self.goal)
        if goal is None:
            raise NotFound("goal", self.goal)
        return goal

    def _moment(self, last: str, at: str) -> str:
        return not_before(last, at, asked=self.at is not None)


class PutGoal(GoalCommand, frozen=True, kw_only=True, tag=True):
    """Have there be a goal that says this, all of it: define it or change it.

    What was measured of a key result stays known, also while the goal has none of that id.
    """

    name: str
    description: str = ""
    target_day: str | None = None
    key_results: Sequence[KeyResult] = ()

    @override
    def change(self, aggregates: Aggregates, at: str) -> Change[Goal]:
        goal = aggregates.find(Goal, self.goal)
        event = define_goal(
            goal=self.goal, name=self.name, description=self.description, target_day=self.target_day,
            key_results=self.key_results, reason=self.reason, at=at if goal is None else self._moment(goal.touched, at),
        )  # fmt: skip
        if goal is None:
            return created(Goal.begin(self.subject, event), event)
        return changed(goal, goal.define(event))


class MeasureKeyResult(GoalCommand, frozen=True, kw_only=True, tag=True):
    """Note what a key result stood at; `at` is when, and may lie before what was measured already."""

    key_result: str
    value: float

    @override
    def change(self, aggregates: Aggregates, at: str) -> Change[Goal]:
        goal = self._known(aggregates)
        if at < goal.at:
            if self.at is not None:
                raise Invalid("at", f"must not lie before {goal.at}, when the goal was first defined")
            at = goal.at
        return changed(goal, goal.measure(self.key_result, self.value, reason=self.reason, at=at))


class LinkGoal(GoalCommand, frozen=True, kw_only=True, tag=True):
    """Have a post serve a goal, with a weight of 1 to 100 against its links to other goals."""

    post: str
    weight: int = 100

    @override
    def change(self, aggregates: Aggregates, at: str) -> Change[Goal]:
        goal = self._known(aggregates)
        at = self._moment(goal.decided.get(self.post, goal.at), at)
        events = goal.link(self.post, self.weight, reason=self.reason, at=at)
        if self.post not in goal.links:
            post = aggregates.find(Post, self.post)
            if post is None or post.deleted:
                raise NotFound("post", self.post)
        return changed(goal, events)


class UnlinkGoal(GoalCommand, frozen=True, kw_only=True, tag=True):
    """Have a post serve a goal no longer."""

    post: str

    @override
    def change(self, aggregates: Aggregates, at: str) -> Change[Goal]:
        goal = self._known(aggregates)
        at = self._moment(goal.decided.get(self.post, goal.at), at)
        return changed(goal, goal.unlink(self.post, reason=self.reason, at=at))


class CloseGoal(GoalCommand, frozen=True, kw_only=True, tag=True):
    """Say what came of a goal."""

    outcome: Outcome

    @override
    def change(self, aggregates: Aggregates, at: str) -> Change[Goal]:
        goal = self._known(aggregates)
        return changed(goal, goal.close(self.outcome, reason=self.reason, at=self._moment(goal.touched, at)))


class ReopenGoal(GoalCommand, frozen=True, kw_only=True, tag=True):
    """Have a closed goal worked for again."""

    @override
    def change(self, aggregates: Aggregates, at: str) -> Change[Goal]:
        goal = self._known(aggregates)
        return changed(goal, goal.reopen(reason=self.reason, at=self._moment(goal.touched, at)))
