"""Goals are what the admitted commits say, now, as of any moment and as known at one."""

from collections.abc import Iterator

import msgspec
import pytest

from events.domain.goals.events import (
    GoalClosed,
    GoalDefined,
    GoalLinked,
    GoalReopened,
    GoalUnlinked,
    KeyResult,
    KeyResultMeasured,
)
from events.position import Partition
from events.times import format_time
from projections.goals import GoalsProjection
from projections.goals.queries import (
    GoalDecision,
    GoalRow,
    KeyResultRow,
    LinkRow,
    MeasuredRow,
    goals_query,
    history_query,
    key_results_query,
    links_query,
    measured_query,
)
from projections.moments import Moment
from tests.support.ledger import LEDGER_TOPIC, MemoryLedger
from tests.support.views import Database, database

AT = 1_790_000_000_000
CHURN = KeyResult("churn", "Churn", 4.0, 2.0, "%")
SEATS = KeyResult("seats", "Seats", 0.0, 200.0)


def at(second: int) -> str:
    return format_time(AT + 1000 * second)


def a_ledger() -> MemoryLedger:
    ledger = MemoryLedger()
    defined = GoalDefined(goal="g", name="Stay", target_day="2027-06-30", key_results=(CHURN,), at=at(0))
    ledger.commit("goal", "g", 1, defined)
    ledger.commit("goal", "g", 2, GoalLinked(goal="g", post="a", weight=30, reason="asked for", at=at(10)))
    ledger.commit("goal", "g", 3, KeyResultMeasured(goal="g", key_result="churn", value=3.0, at=at(20)))
    ledger.commit("goal", "g", 4, GoalDefined(goal="g", name="Stay!", key_results=(CHURN, SEATS), at=at(30)))
    ledger.commit("goal", "g", 4, GoalClosed(goal="g", outcome="dropped", at=at(31)))  # void: another was first
    ledger.commit("goal", "g", 5, GoalLinked(goal="g", post="a", weight=70, at=at(40)))
    ledger.commit("goal", "g", 6, KeyResultMeasured(goal="g", key_result="churn", value=1.0, reason="late", at=at(15)))
    ledger.commit("goal", "g", 7, KeyResultMeasured(goal="g", key_result="seats", value=250.0, at=at(50)))
    ledger.commit("goal", "g", 8, GoalClosed(goal="g", outcome="missed", reason="June", at=at(60)))
    ledger.commit("goal", "g", 9, GoalReopened(goal="g", at=at(70)))
    ledger.commit("goal", "g", 10, GoalUnlinked(goal="g", post="a", at=at(80)))
    ledger.commit("goal", "h", 1, GoalDefined(goal="h", name="Other", at=at(5)))
    ledger.commit("goal", "g", 1, GoalDefined(goal="g", name="Theirs", at=at(0)), workspace="other")
    ledger.commit("goal", "odd", 1, GoalClosed(goal="odd", outcome="missed", at=at(0)))
    ledger.commit("goal", "lost", 1, GoalLinked(goal="lost", post="a", weight=1, at=at(0)))
    return ledger


@pytest.fixture(scope="module")
def view(clickhouse_url: str) -> Iterator[Database]:
    with database(clickhouse_url) as made:
        runner = made.runner(GoalsProjection(), 1)
        runner.open(Partition(LEDGER_TOPIC, 0))
        runner.feed(a_ledger().batch())
        runner.flush()
        yield made


def ask(view: Database, query, kind):
    return msgspec.convert(view.client.query(query.sql, dict(query.parameters)).result_rows, list[kind])


def goal(view: Database, moment: Moment) -> GoalRow | None:
    query = goals_query(view.settings.database, "acme", limit=2, goal="g", moment=moment)
    found = ask(view, query, GoalRow)
    return found[0] if found else None


def test_a_goal_as_it_is(view: Database) -> None:
    # Churn is half of its way, seats more than there: of these, one counts as one.
    assert goal(view, Moment()) == GoalRow(
        "g", "Stay!", "", "", "open", 2, 0.75, 0, AT, None, AT + 80_000, 10,
    )  # fmt: skip
    query = goals_query(view.settings.database, "acme", limit=9)
    assert [row.goal for row in ask(view, query, GoalRow)] == ["g", "h"]
    query = goals_query(view.settings.database, "acme", limit=9, after="g")
    assert [(row.goal, row.measured, row.progress) for row in ask(view, query, GoalRow)] == [("h", 0, None)]


@pytest.mark.parametrize(
    ("second", "name", "state", "progress", "posts"),
    [
        (5, "Stay", "open", None, 0),
        (12, "Stay", "open", None, 1),
        (15, "Stay", "open", 1.0, 1),  # measured late, and more than there
        (20, "Stay", "open", 0.5, 1),
        (30, "Stay!", "open", 0.25, 1),
        (60, "Stay!", "missed", 0.75, 1),
        (70, "Stay!", "open", 0.75, 1),
        (80, "Stay!", "open", 0.75, 0),
    ],
)
def test_a_goal_as_of_a_moment(
    view: Database, second: int, name: str, state: str, progress: float | None, posts: int
) -> None:
    found = goal(view, Moment(AT + 1000 * second))
    assert found is not None
    assert (found.name, found.state, found.progress, found.posts) == (name, state, progress, posts)
    assert found.target_day == ("2027-06-30" if second < 30 else "")
    assert found.closed_at == (AT + 60_000 if state == "missed" else None)
    query = links_query(view.settings.database, "acme", "g", limit=9, moment=Moment(AT + 1000 * second))
    links = [(row.post, row.weight) for row in ask(view, query, LinkRow)]
    weight = 30 if second < 40 else 70
    assert links == ([("a", weight)] if posts else [])


def test_a_goal_as_it_was_known(view: Database) -> None:
    began = a_ledger().began
    assert goal(view, Moment(AT - 1)) is None
    late = goal(view, Moment(AT + 15_000, known_at=began + 2500))
    assert late is not None
    assert late.progress is None  # what was measured late was not known yet
    known = goal(view, Moment(known_at=began + 3500))
    assert known is not None
    assert (known.name, known.progress) == ("Stay!", 0.25)


def test_key_results_and_what_was_measured(view: Database) -> None:
    query = key_results_query(view.settings.database, "acme", ["g", "h"])
    assert ask(view, query, KeyResultRow) == [
        KeyResultRow("g", "churn", "Churn", "%", 4.0, 2.0, 3.0, AT + 20_000, 2, 0.5),
        KeyResultRow("g", "seats", "Seats", "", 0.0, 200.0, 250.0, AT + 50_000, 1, 1.25),
    ]
    query = measured_query(view.settings.database, "acme", "g", "churn", limit=9)
    values = ask(view, query, MeasuredRow)
    assert [(row.value, row.occurred_at, row.reason) for row in values] == [
        (1.0, AT + 15_000, "late"),
        (3.0, AT + 20_000, ""),
    ]
    query = measured_query(view.settings.database, "acme", "g", "churn", limit=9, after=(AT + 15_000, 6))
    assert [row.value for row in ask(view, query, MeasuredRow)] == [3.0]


def test_every_decision_is_a_line(view: Database) -> None:
    found = ask(view, history_query(view.settings.database, "acme", "g", limit=20), GoalDecision)
    assert [(row.change, row.what) for row in found] == [
        ("defined", "defined"),
        ("linked", "a serves it with a weight of 30"),
        ("measured", "churn stood at 3"),
        ("defined", "changed name, target day (2027-06-30 to none), key results (+seats)"),
        ("linked", "a serves it with a weight of 70"),
        ("measured", "churn stood at 1"),
        ("measured", "seats stood at 250"),
        ("closed", "closed as missed"),
        ("reopened", "reopened"),
        ("unlinked", "a serves it no longer"),
    ]
    assert (found[1].actor, found[1].reason, found[1].revision) == ("tester", "asked for", 2)
    later = ask(view, history_query(view.settings.database, "acme", "g", limit=1, after=8), GoalDecision)
    assert [row.change for row in later] == ["reopened"]
    rows = view.rows("SELECT goal, name FROM groundswell.goals WHERE workspace = 'other'")
    assert rows == [("g", "Theirs")]
