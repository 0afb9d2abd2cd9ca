"""`groundswell posts` and `groundswell workflow` against a running stack."""

from pathlib import Path

import msgspec
import pytest

from events.domain.commands import PutBoard, PutPost
from services.cli.ledger import feedback
from services.cli.place import kafka
from services.cli.program import run
from tests.support.local_stack import LocalStack

W = "by-hand"


@pytest.fixture
def at_the_stack(stack: LocalStack, monkeypatch: pytest.MonkeyPatch) -> LocalStack:
    """Commands of this process talk to the stack."""
    monkeypatch.setenv("KAFKA_BOOTSTRAP_SERVERS", stack.stack.kafka)
    monkeypatch.setenv("CLICKHOUSE_URL", stack.stack.clickhouse)
    return stack


def test_posts_are_decided_on_and_shown(
    at_the_stack: LocalStack, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    with feedback(kafka(None)) as ledger:
        ledger.execute(PutBoard(workspace=W, board="ideas", name="Ideas"))
        ledger.execute(PutPost(workspace=W, post="dark", board="ideas", title="Dark mode"))
    assert run(["posts", "status", "dark", "planned", "-w", W, "--note", "In spring", "--actor", "team"]) == 0
    assert capsys.readouterr().out == "dark: planned, on ideas, version 2\n"
    assert run(["posts", "pin", "dark", "-w", W, "--version", "1"]) == 1
    assert "expected version 1, but it is at 2" in capsys.readouterr().err
    assert run(["workflow", "show", "-w", W, "--json"]) == 0
    rules = msgspec.json.decode(capsys.readouterr().out)
    rules["statuses"] = [status for status in rules["statuses"] if status["id"] != "planned"]
    file = tmp_path / "workflow.json"
    file.write_bytes(msgspec.json.encode(rules))
    assert run(["workflow", "set", str(file), "-w", W]) == 1
    assert "1 posts have the status 'planned'" in capsys.readouterr().err
    file.write_bytes(msgspec.json.encode(rules | {"moved": {"planned": "in-progress"}}))
    assert run(["workflow", "set", str(file), "-w", W]) == 0
    assert capsys.readouterr().out == "5 statuses, version 1; 1 posts moved\n"
    at_the_stack.wait_folded()
    capsys.readouterr()
    assert run(["posts", "list", "-w", W, "--kind", "in_progress", "--json"]) == 0
    assert [item["post"] for item in msgspec.json.decode(capsys.readouterr().out)["items"]] == ["dark"]
    assert run(["posts", "show", "dark", "-w", W]) == 0
    shown = capsys.readouterr().out
    assert "in-progress, on ideas, 0 up, 0 down, version 3" in shown
    assert "status changed from open to planned" in shown
    assert "In spring" in shown
