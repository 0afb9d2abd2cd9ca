"""What can be decided on a goal, and what can't."""

import pytest

from events.domain.aggregates import A, Aggregate, project
from events.domain.commands import Command, PutBoard, PutPost
from events.domain.goals.commands import CloseGoal, LinkGoal, MeasureKeyResult, PutGoal, ReopenGoal, UnlinkGoal
from events.domain.goals.events import KeyResult
from events.domain.goals.goal import Goal, Measured
from events.domain.originators import originator_of
from events.domain.refusals import Conflict, Invalid, NotFound

T0, T1, T2 = (f"2026-01-0{day}T00:00:00.000Z" for day in (1, 2, 3))
CHURN = KeyResult("churn", "Churn", 4.0, 2.0, "%")


class Workspace:
    """The aggregates of one workspace in memory."""

    def __init__(self) -> None:
        self._there: dict[object, Aggregate] = {}
        self.decide(PutBoard(workspace="w", board="ideas", name="Ideas"))
        self.decide(PutPost(workspace="w", post="a", board="ideas", title="A"))
        self.decide(PutGoal(workspace="w", goal="g", name="Stay", key_results=[CHURN]))

    def find(self, kind: type[A], id: str) -> A | None:
        found = self._there.get(originator_of("w", kind.KIND, id))
        return found if isinstance(found, kind) else None

    def decide(self, command: Command, now: str = T0) -> int:
        """How many events it came to."""
        change = command.change(self, command.at or now)
        for recorded in change.events:
            id = recorded.originator_id
            self._there[id] = project(self._there.get(id), [recorded])
        return len(change.events)

    @property
    def goal(self) -> Goal:
        found = self.find(Goal, "g")
        assert found is not None
        return found


@pytest.fixture
def workspace() -> Workspace:
    return Workspace()


def test_what_is_so_already_is_no_event(workspace: Workspace) -> None:
    assert workspace.decide(PutGoal(workspace="w", goal="g", name="Stay", key_results=[CHURN])) == 0
    assert workspace.decide(PutGoal(workspace="w", goal="g", name="Stay", target_day="2026-12-31")) == 1
    assert workspace.goal.key_results == ()  # all of it is said each time
    for command in (
        LinkGoal(workspace="w", goal="g", post="a", weight=40),
        CloseGoal(workspace="w", goal="g", outcome="missed"),
        ReopenGoal(workspace="w", goal="g"),
        UnlinkGoal(workspace="w", goal="g", post="a"),
    ):
        assert [workspace.decide(command), workspace.decide(command)] == [1, 0], command


def test_links_have_the_weight_that_was_said_last(workspace: Workspace) -> None:
    workspace.decide(LinkGoal(workspace="w", goal="g", post="a"))
    assert workspace.goal.links == {"a": 100}
    workspace.decide(LinkGoal(workspace="w", goal="g", post="a", weight=7))
    assert workspace.goal.links == {"a": 7}
    workspace.decide(CloseGoal(workspace="w", goal="g", outcome="dropped"))
    workspace.decide(CloseGoal(workspace="w", goal="g", outcome="achieved"))
    assert (workspace.goal.state, workspace.goal.links) == ("achieved", {"a": 7})


def test_a_value_measured_late_does_not_stand_before_a_later_one(workspace: Workspace) -> None:
    workspace.decide(MeasureKeyResult(workspace="w", goal="g", key_result="churn", value=3.0, at=T2))
    assert workspace.decide(MeasureKeyResult(workspace="w", goal="g", key_result="churn", value=3.5, at=T1)) == 1
    assert workspace.goal.measured == {"churn": Measured(3.0, T2)}
    assert workspace.decide(MeasureKeyResult(workspace="w", goal="g", key_result="churn", value=3.0, at=T2)) == 0
    workspace.decide(PutGoal(workspace="w", goal="g", name="Stay"))
    with pytest.raises(NotFound, match="no key result 'churn'"):
        workspace.decide(MeasureKeyResult(workspace="w", goal="g", key_result="churn", value=3.0))
    assert workspace.goal.measured == {"churn": Measured(3.0, T2)}  # known again once the goal has it again


def test_a_decision_is_not_before_the_one_that_it_follows(workspace: Workspace) -> None:
    workspace.decide(LinkGoal(workspace="w", goal="g", post="a", at=T2))
    with pytest.raises(Conflict, match="can't have been before it"):
        workspace.decide(UnlinkGoal(workspace="w", goal="g", post="a", at=T1))
    workspace.decide(UnlinkGoal(workspace="w", goal="g", post="a"), now=T1)  # our own clock gives way
    assert workspace.goal.decided == {"a": T2}
    before = "2025-12-31T00:00:00.000Z"
    early = MeasureKeyResult(workspace="w", goal="g", key_result="churn", value=1.0, at=before)
    with pytest.raises(Invalid, match="when the goal was first defined"):
        workspace.decide(early)


@pytest.mark.parametrize(
    ("command", "refusal", "field"),
    [
        (LinkGoal(workspace="w", goal="none", post="a"), NotFound, "goal"),
        (LinkGoal(workspace="w", goal="g", post="none"), NotFound, "post"),
        (LinkGoal(workspace="w", goal="g", post="a", weight=0), Invalid, "weight"),
        (LinkGoal(workspace="w", goal="g", post="a", weight=101), Invalid, "weight"),
        (MeasureKeyResult(workspace="w", goal="g", key_result="churn", value=float("nan")), Invalid, "value"),
        (PutGoal(workspace="w", goal="a b", name="x"), Invalid, "goal"),
        (PutGoal(workspace="w", goal="g", name=" "), Invalid, "name"),
        (PutGoal(workspace="w", goal="g", name="x", target_day="2026-02-30"), Invalid, "target_day"),
        (PutGoal(workspace="w", goal="g", name="x", target_day="30.6.2027"), Invalid, "target_day"),
        (PutGoal(workspace="w", goal="g", name="x", key_results=[CHURN] * 2), Invalid, "key_results.1.key_result"),
        (PutGoal(workspace="w", goal="g", name="x", key_results=[CHURN] * 21), Invalid, "key_results"),
        (
            PutGoal(workspace="w", goal="g", name="x", key_results=[KeyResult("k", "K", 1.0, 1.0)]),
            Invalid,
            "key_results.0.target",
        ),
        (
            PutGoal(workspace="w", goal="g", name="x", key_results=[KeyResult("k", "K", 1.0, float("inf"))]),
            Invalid,
            "key_results.0.target",
        ),
    ],
)
def test_what_cannot_be_is_refused(
    workspace: Workspace, command: Command, refusal: type[Exception], field: str
) -> None:
    with pytest.raises(refusal) as raised:
        workspace.decide(command)
    assert getattr(raised.value, "field", None) == field or getattr(raised.value, "kind", None) == field
