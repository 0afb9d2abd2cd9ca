"""What goals answer with. Times are RFC 3339 in UTC with milliseconds, days as 2026-12-31."""

from collections.abc import Sequence
from typing import Annotated, Literal

from pydantic import Field

from api.answers.answer import Answer, NextCursor, Position, Time
from api.times import time_or_none
from events.domain.execution import Saved
from events.domain.goals.goal import Goal, State
from events.position import Positions
from events.times import format_time
from projections.goals.queries import GoalDecision, GoalRow, KeyResultRow, LinkRow, MeasuredRow

Progress = Annotated[
    float | None, Field(description="How much of the way is done: 0 at the start, 1 at the target; null: not measured.")
]
Day = Annotated[str | None, Field(examples=["2026-12-31"])]


class KeyResultAnswer(Answer):
    """What a goal is measured by, and where that stood last."""

    key_result: str
    name: str
    unit: str
    start: float
    target: float
    value: float | None
    measured_at: Time | None
    measures: int
    progress: Progress


class GoalAnswer(Answer):
    """What a goal says and how far it has come: `progress` is the mean of its key results, each from 0 to 1.

    `version` is null as of a past moment.
    """

    goal: str
    name: str
    description: str
    target_day: Day
    state: State
    key_results: list[KeyResultAnswer]
    progress: Progress
    posts: Annotated[int, Field(description="How many posts are linked to it.")]
    created_at: Time
    closed_at: Time | None
    updated_at: Time
    version: int | None


class ReadGoal(GoalAnswer):
    """A goal as it was read."""

    as_of: Time | None
    known_at: Time | None
    position: Position


class Goals(Answer):
    """A page of goals, by id."""

    items: list[GoalAnswer]
    next_cursor: NextCursor
    as_of: Time | None
    known_at: Time | None
    position: Position


class WrittenGoal(Answer):
    """A goal as a decision left it."""

    goal: str
    name: str
    state: State
    posts: int
    version: int
    position: Position


class WrittenLink(Answer):
    """Whether a post serves a goal after a decision, and with which weight: null where it does not."""

    goal: str
    post: str
    weight: int | None
    version: int
    position: Position


class MeasuredKeyResult(Answer):
    """What a key result stood at last, after a measurement."""

    goal: str
    key_result: str
    value: float
    measured_at: Time
    version: int
    position: Position


class GoalLink(Answer):
    """A post that serves a goal: since when, by whose decision and why."""

    post: str
    title: str
    kind: str
    weight: int
    since: Time
    actor: str | None
    reason: str


class GoalLinks(Answer):
    """A page of the posts that serve a goal, by id."""

    items: list[GoalLink]
    next_cursor: NextCursor
    as_of: Time | None
    known_at: Time | None
    position: Position


class Decision(Answer):
    """One decision on a goal: `what` says it in a line."""

    version: int
    change: Literal["defined", "closed", "reopened", "measured", "linked", "unlinked"]
    what: str
    occurred_at: Time
    recorded_at: Time
    actor: str | None
    reason: str


class GoalHistory(Answer):
    """A page of what was decided on a goal, in order."""

    items: list[Decision]
    next_cursor: NextCursor
    position: Position


class Value(Answer):
    """What a key result was measured at, and when."""

    value: float
    measured_at: Time
    recorded_at: Time
    actor: str | None
    reason: str


class Values(Answer):
    """A page of what a key result was measured at, in order of time."""

    goal: str
    key_result: str
    items: list[Value]
    next_cursor: NextCursor
    position: Position


def goal_answer(row: GoalRow, key_results: Sequence[KeyResultRow], *, past: bool) -> GoalAnswer:
    """A goal of the view, with those of the key results that are its own."""
    said = row._asdict()
    said |= {name: time_or_none(said[name]) for name in ("created_at", "closed_at", "updated_at")}
    said["target_day"] = row.target_day or None
    said["key_results"] = [_key_result(each) for each in key_results if each.goal == row.goal]
    said["version"] = None if past else row.revision
    return GoalAnswer.model_validate({name: said[name] for name in GoalAnswer.model_fields})


def written_goal(saved: Saved[Goal]) -> WrittenGoal:
    """A goal as a decision left it."""
    goal = saved.aggregate
    return WrittenGoal(
        goal=goal.goal, name=goal.name, state=goal.state, posts=len(goal.links), version=goal.version,
        position=_position(saved),
    )  # fmt: skip


def written_link(saved: Saved[Goal], post: str) -> WrittenLink:
    """A link as a decision left it."""
    goal = saved.aggregate
    weight = goal.links.get(post)
    return WrittenLink(goal=goal.goal, post=post, weight=weight, version=goal.version, position=_position(saved))


def measured_key_result(saved: Saved[Goal], key_result: str) -> MeasuredKeyResult:
    """A key result as a measurement left it."""
    goal = saved.aggregate
    last = goal.measured[key_result]
    return MeasuredKeyResult(
        goal=goal.goal, key_result=key_result, value=last.value, measured_at=last.at, version=goal.version,
        position=_position(saved),
    )  # fmt: skip


def goal_link(row: LinkRow) -> GoalLink:
    """A link of the view."""
    return GoalLink(
        post=row.post, title=row.title, kind=row.kind, weight=row.weight, since=format_time(row.since),
        actor=row.actor or None, reason=row.reason,
    )  # fmt: skip


def decision(row: GoalDecision) -> Decision:
    """A decision of the view."""
    said = row._asdict()
    said |= {"occurred_at": format_time(row.occurred_at), "recorded_at": format_time(row.recorded_at)}
    said |= {"version": said.pop("revision"), "actor": row.actor or None}
    return Decision.model_validate(said)


def value(row: MeasuredRow) -> Value:
    """A measurement of the view."""
    return Value(
        value=row.value, measured_at=format_time(row.occurred_at), recorded_at=format_time(row.recorded_at),
        actor=row.actor or None, reason=row.reason,
    )  # fmt: skip


def _key_result(row: KeyResultRow) -> KeyResultAnswer:
    said = row._asdict()
    del said["goal"]
    return KeyResultAnswer.model_validate(said | {"measured_at": time_or_none(row.measured_at)})


def _position(saved: Saved[Goal]) -> str:
    return Positions.after([saved.position]).token()
