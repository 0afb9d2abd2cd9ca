"""What `groundswell status` says of an installation, and that it says it in its first line."""

import os
import signal
from pathlib import Path

import msgspec
import pytest

from services.cli.condition import Beside, Built, ProjectionCondition, judge
from services.stack.down import PartStatus
from tests.support.local_stack import LocalStack, groundswell

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


def test_a_stack_at_a_glance(stack: LocalStack) -> None:
    stack.wait_folded()
    done = stack.run("status")
    assert done.returncode == 0, done.stdout
    assert done.stdout.splitlines()[0] == "OK: everything on the log is folded"
    found = msgspec.json.decode(stack.run("status", "--json").stdout)
    assert found["ok"]
    assert {each["projection"]: each["live"] for each in found["projections"]} == {"votes": 1, "posts": 1, "events": 1}
    assert set(found["lag"].values()) == {0}


def test_an_installation_by_its_settings_has_no_process_ids(stack: LocalStack, tmp_path: Path) -> None:
    api = stack.stack.api.rpartition(":")[2]
    settings = {
        "KAFKA_BOOTSTRAP_SERVERS": stack.stack.kafka,
        "CLICKHOUSE_URL": stack.stack.clickhouse,
        "GROUNDSWELL_API_PORT": api,
    }
    done = groundswell("status", "--json", cwd=tmp_path, env=settings)
    assert done.returncode == 0, done.stdout
    parts = msgspec.json.decode(done.stdout)["parts"]
    assert {part["name"]: part["health"] for part in parts} == {"kafka": "ok", "clickhouse": "ok", "api": "ok"}
    assert {part["pid"] for part in parts} == {None}
    away = groundswell("status", cwd=tmp_path, env={**settings, "CLICKHOUSE_URL": "http://127.0.0.1:1"})
    assert away.returncode == 1
    assert away.stdout.splitlines()[0] == "NOT OK: clickhouse is away"


def test_a_part_that_is_frozen_is_named(stack: LocalStack) -> None:
    os.kill(stack.stack.pids["projector"], signal.SIGSTOP)
    try:
        done = stack.run("status")
    finally:
        os.kill(stack.stack.pids["projector"], signal.SIGCONT)
    assert done.returncode == 1
    assert done.stdout.splitlines()[0] == "NOT OK: projector is away"
