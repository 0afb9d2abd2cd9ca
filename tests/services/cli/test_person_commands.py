"""`groundswell person`, `company` and `segment` against a running stack."""

import time

import msgspec
import pytest

from services.cli.program import run
from tests.support.local_stack import LocalStack

GOLD = '[{"field": "plan", "op": "eq", "values": ["gold"]}, {"field": "traits.seats", "op": "gte", "values": [5]}]'


@pytest.fixture
def at_the_stack(stack: LocalStack, monkeypatch: pytest.MonkeyPatch) -> LocalStack:
    """Commands of this process talk to the stack."""
    monkeypatch.setenv("KAFKA_BOOTSTRAP_SERVERS", stack.stack.kafka)
    monkeypatch.setenv("CLICKHOUSE_URL", stack.stack.clickhouse)
    return stack


def test_a_person_is_known_found_and_forgotten(at_the_stack: LocalStack, capsys: pytest.CaptureFixture[str]) -> None:
    here = ["-w", "demo"]
    ann = ["person", "put", "cli-ann", *here, "--name", "Ann \x1b", "--at", "2026-01-01T00:00:00Z"]
    assert run(ann) == 1
    error = capsys.readouterr().err
    assert "name" in error
    assert "Ann" not in error  # nothing is quoted
    said = ["--name", "Ann Example", "--plan", "gold", "--spend", "9.00 EUR", "--company", "globex"]
    traits = ["--trait", "seats=5", "--trait", "beta=true", "--trait", "role=dev"]
    assert run(["person", "put", "cli-ann", *here, *said, *traits, "--at", "2026-01-01T00:00:00Z"]) == 0
    assert run(["person", "put", "cli-ann", *here, "--trait", "role=", "--spend", "", "--plan", "free"]) == 0
    assert run(["company", "put", "globex", *here, "--name", "Globex", "--domain", "globex.example"]) == 0
    for bad in (["--spend", "much"], ["--trait", "seats"], ["--at", "once"], ["--email", "nobody"]):
        assert run(["person", "put", "cli-ann", *here, *bad]) == 1
    assert run(["segment", "put", "gold", GOLD, *here, "--name", "Gold", "--reason", "to try"]) == 0
    assert run(["segment", "put", "gold", '[{"field": "shoe", "op": "eq", "values": [1]}]', *here]) == 1
    assert run(["segment", "put", "gold", "{", *here]) == 1
    at_the_stack.wait_folded()
    capsys.readouterr()

    assert run(["person", "show", "cli-ann", *here, "--json"]) == 0
    known = msgspec.json.decode(capsys.readouterr().out)
    assert (known["name"], known["plan"], known["traits"]) == ("Ann Example", "free", '{"beta":true,"seats":5}')
    assert [(change["plan"], change["spend"]) for change in known["history"]] == [("gold", 900), ("free", 0)]
    assert run(["person", "show", "cli-ann", *here]) == 0
    assert "9.00" in capsys.readouterr().out
    assert run(["segment", "members", "gold", *here, "--as-of", "2026-01-02T00:00:00Z", "--json"]) == 0
    assert msgspec.json.decode(capsys.readouterr().out)["items"] == []  # nobody had thought of the segment then
    assert run(["company", "show", "globex", *here]) == 0
    assert "globex.example" in capsys.readouterr().out

    assert run(["person", "check", "cli-ann", *here]) == 1
    assert "never forgotten" in capsys.readouterr().err
    assert run(["person", "forget", "cli-ann", *here, "--reason", "because"]) == 2
    assert run(["person", "forget", "cli-ann", *here, "--reason", "retention", "--json"]) == 0
    left = msgspec.json.decode(capsys.readouterr().out)
    assert (left["rows"], left["unburied"], left["behind"]) == (0, 0, [])
    assert run(["person", "show", "cli-ann", *here]) == 1
    assert run(["person", "check", "cli-ann", *here]) == 1  # Kafka has a day
    captured = capsys.readouterr()
    assert "Kafka's files: 2" in captured.out
    assert "something is left" in captured.err


def test_what_is_forgotten_while_no_command_waits_goes_by_itself(at_the_stack: LocalStack) -> None:
    """The stack's sagas see to it."""
    assert run(["person", "put", "cli-bob", "-w", "demo", "--name", "Bob", "--plan", "gold"]) == 0
    at_the_stack.wait_folded()
    rows = "SELECT count() FROM groundswell.person_history_g1 WHERE person = 'cli-bob'"
    assert at_the_stack.sql(rows)[0][0] == 1
    assert run(["person", "forget", "cli-bob", "-w", "demo", "--wait", "0"]) in (0, 1)
    deadline = time.monotonic() + 60
    while at_the_stack.sql(rows)[0][0] != 0:
        assert time.monotonic() < deadline
        time.sleep(0.2)
