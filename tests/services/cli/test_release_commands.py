"""`groundswell release` against a running stack, whose sagas ship the posts."""

import time
from pathlib import Path

import msgspec
import pytest

from services.cli.program import run
from tests.support.local_stack import LocalStack


@pytest.fixture
def at_the_stack(stack: LocalStack, monkeypatch: pytest.MonkeyPatch) -> LocalStack:
    """Commands of this process talk to the stack."""
    monkeypatch.setenv("KAFKA_BOOTSTRAP_SERVERS", stack.stack.kafka)
    monkeypatch.setenv("CLICKHOUSE_URL", stack.stack.clickhouse)
    monkeypatch.setenv("GROUNDSWELL_WORKSPACE", "demo")
    return stack


def test_a_release_is_drafted_scheduled_published_and_withdrawn(
    at_the_stack: LocalStack, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    at_the_stack.wait_folded()
    wanted = "SELECT post FROM groundswell.posts WHERE workspace = 'demo' AND kind = 'open' LIMIT 1"
    post = at_the_stack.sql(wanted)[0][0]
    body = tmp_path / "body.md"
    body.write_text("# Now\nFaster\x07")
    put = ["release", "put", "cli", "--title", "By hand", "--label", "9.1", "--post", post]
    assert run([*put, "--body-file", str(body)]) == 1
    assert "body" in capsys.readouterr().err
    body.write_text("# Now\nFaster")
    assert run([*put, "--body-file", str(body), "--reason", "why not"]) == 0
    assert capsys.readouterr().out == "release cli is draft, at version 1\n"
    assert run(["release", "schedule", "cli", "--at", "yesterday"]) == 2
    assert run(["release", "schedule", "cli", "--at", "2098-01-31", "--version", "1", "--json"]) == 0
    assert msgspec.json.decode(capsys.readouterr().out)["publish_at"] == "2098-01-31T00:00:00.000Z"
    assert run(["release", "publish", "cli", "--version", "1"]) == 1
    assert "version" in capsys.readouterr().err
    assert run(["release", "publish", "cli", "--actor", "ann"]) == 0
    shipped = f"SELECT status FROM groundswell.posts WHERE workspace = 'demo' AND post = '{post}' AND kind = 'shipped'"
    deadline = time.monotonic() + 60
    while not at_the_stack.sql(shipped):
        assert time.monotonic() < deadline, "its post was not shipped"
        time.sleep(0.05)
    at_the_stack.wait_folded()
    capsys.readouterr()
    assert run(["release", "show", "cli", "--json"]) == 0
    shown = msgspec.json.decode(capsys.readouterr().out)
    assert (shown["state"], shown["moved"], shown["not_moved"]) == ("published", [post], {})
    assert [each["change"] for each in shown["history"]] == ["drafted", "scheduled", "published", "post-moved"]
    assert run(["release", "list"]) == 0
    assert "1 of 1" in capsys.readouterr().out
    assert run(["release", "withdraw", "cli", "--reason", "a test"]) == 0
    at_the_stack.wait_folded()
    capsys.readouterr()
    assert run(["release", "list", "--state", "published", "--json"]) == 0
    assert "cli" not in [each["release"] for each in msgspec.json.decode(capsys.readouterr().out)["items"]]
    assert run(["release", "show", "cli"]) == 0
    told = capsys.readouterr().out
    assert "By hand (9.1): draft" in told
    assert "# Now\n  Faster" in told
    assert run(["release", "show", "nope"]) == 1
    assert "there is no release 'nope'" in capsys.readouterr().err
