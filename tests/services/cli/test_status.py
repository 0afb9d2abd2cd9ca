"""What `groundswell status` says of an installation, and that it says it in its first line."""

import pytest

from services.cli.condition import Beside, Built, ProjectionCondition, judge, refusal
from services.stack.down import PartStatus

WELL = PartStatus(name="kafka", pid=7, state="ready", health="ok", detail="")
AWAY = PartStatus(name="clickhouse", pid=None, state="stopped", health="away", detail="")


def votes(
    *,
    live: int | None = 1,
    lag: int = 0,
    age: float | None = 1.0,
    beside: tuple[Beside, ...] = (),
    refused: str | None = None,
) -> ProjectionCondition:
    return ProjectionCondition(
        projection="votes", live=live, lag=lag, progress_seconds=age, beside=beside, refused=refused
    )


@pytest.mark.parametrize(
    ("projection", "summary"),
    [
        (votes(), "OK: everything on the log is folded"),
        (votes(age=9000), "OK: everything on the log is folded"),
        (votes(lag=1200), "OK: 1,200 records are being folded"),
        (votes(lag=5, age=90), "NOT OK: votes is 5 records behind, without progress for 90 s"),
        (votes(lag=5, age=None), "NOT OK: votes is 5 records behind and was never folded: start a projector"),
        (votes(live=None, age=None), "NOT OK: votes has no live generation: start a projector"),
        (votes(refused="votes is refused here"), "NOT OK: votes is refused here"),
    ],
)
def test_the_first_line_says_whether_all_is_well(projection: ProjectionCondition, summary: str) -> None:
    found = judge([WELL], Built(projections=[projection], dead_letters=0))
    assert (found.summary, found.ok) == (summary, summary.startswith("OK"))


def test_what_is_away_comes_first_and_nothing_is_known_of_the_rest() -> None:
    found = judge([WELL, AWAY], None, "ClickHouse said no")
    assert found.summary == "NOT OK: clickhouse is away; ClickHouse said no"
    assert (found.dead_letters, found.lag) == (None, None)


def test_what_is_under_way_and_what_was_refused_is_noted_and_no_fault() -> None:
    beside = tuple(
        Beside(generation=n, state=state, code=1, share=0.25 * n) for n, state in ((2, "building"), (3, "retired"))
    )
    found = judge([WELL], Built(projections=[votes(beside=beside)], dead_letters=4))
    assert found.ok
    assert found.notes == [
        "votes: generation 2 is building, 50% folded",
        "4 dead letters: groundswell dead-letters list",
    ]


@pytest.mark.parametrize(
    ("beside", "command"),
    [
        ((), "rebuild"),
        (("building", 2), "rebuild"),
        (("ready", 2), "verify"),
        (("verified", 2), "switch"),
        (("verified", 1), "rebuild"),
    ],
)
def test_a_refused_projection_comes_with_the_next_command(beside: tuple[str, int] | tuple[()], command: str) -> None:
    known = [Beside(generation=2, state=beside[0], code=beside[1], share=1.0)] if beside else []
    assert refusal("votes", 1, 2, known).endswith(f"groundswell projections {command} votes")
