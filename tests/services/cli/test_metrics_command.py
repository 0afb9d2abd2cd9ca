"""`groundswell metrics`: its bars, and against a running stack."""

import msgspec
import pytest

from projections.metrics.calendar import EVERY
from projections.metrics.declared import METRICS
from services.cli.metrics import Every, bars
from services.cli.program import run
from tests.support.local_stack import LocalStack


def test_bars_from_the_least_to_the_most() -> None:
    assert bars([0, 7, None, 3.5]) == "▁█·▅"
    assert bars([2, 2]) == "▁▁"
    assert bars([None]) == "·"
    assert bars([]) == ""


def test_the_periods_are_those_that_there_are() -> None:
    assert [each.value for each in Every] == list(EVERY)


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["nonsense"], "there is no metric 'nonsense'"),
        (["votes_cast", "--from", "soon"], "--from"),
        (["votes_cast", "--from", "2020-01-01", "--every", "day", "--to", "2026-01-01"], "400 at most"),
    ],
)
def test_what_is_refused_before_anything_is_asked(
    arguments: list[str], said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["metrics", "-w", "demo", *arguments]) == 2
    assert said in capsys.readouterr().err


def test_the_samples_metrics(
    stack: LocalStack, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("CLICKHOUSE_URL", stack.stack.clickhouse)
    here = ["metrics", "-w", "demo"]
    assert run(here) == 0
    printed = capsys.readouterr().out
    assert all(metric.name in printed for metric in METRICS)
    assert run([*here, "votes_cast", "--every", "year", "--from", "2020-01-01", "--json"]) == 0
    [found] = msgspec.json.decode(capsys.readouterr().out)["items"]
    cast = stack.sql(
        "SELECT count() FROM groundswell.vote_timeline WHERE workspace = 'demo' "
        "AND cause = 0 AND value_before = 0 AND value_after != 0"
    )[0][0]
    assert sum(point["value"] for point in found["series"][0]["points"]) == cast
    assert run([*here, "votes_delivered"]) == 0
    assert "Gainsight" in capsys.readouterr().out
    assert run([*here, "throughput", "--kind", "open"]) == 2
    assert "--kind" in capsys.readouterr().err
