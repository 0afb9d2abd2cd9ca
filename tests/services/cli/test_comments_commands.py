"""`groundswell comments` against a running stack."""

import msgspec
import pytest

from services.cli.program import run
from tests.support.local_stack import LocalStack


@pytest.fixture
def at_the_stack(stack: LocalStack, monkeypatch: pytest.MonkeyPatch) -> LocalStack:
    """Commands of this process talk to the stack."""
    monkeypatch.setenv("KAFKA_BOOTSTRAP_SERVERS", stack.stack.kafka)
    monkeypatch.setenv("CLICKHOUSE_URL", stack.stack.clickhouse)
    return stack


def test_a_comment_is_added_listed_and_deleted(at_the_stack: LocalStack, capsys: pytest.CaptureFixture[str]) -> None:
    at_the_stack.wait_folded()
    quiet = "workspace = 'demo' AND post NOT IN (SELECT post FROM groundswell.comments WHERE workspace = 'demo')"
    post = at_the_stack.sql(f"SELECT post FROM groundswell.posts WHERE {quiet} LIMIT 1")[0][0]
    add = ["comments", "add", post, "-w", "demo"]
    assert run([*add, "Hear, hear\x07", "--author", "ann"]) == 1
    assert "body" in capsys.readouterr().err
    assert run([*add, "Hear, hear", "--author", "ann", "--id", "said"]) == 0
    assert capsys.readouterr().out == "said\n"
    assert run([*add, "For us", "--author", "ben", "--internal", "--parent", "said", "--json"]) == 0
    assert msgspec.json.decode(capsys.readouterr().out)["thread"] == "said"
    assert run(["comments", "delete", "said", "-w", "demo", "--reason", "a slip"]) == 0
    at_the_stack.wait_folded()
    capsys.readouterr()
    assert run(["comments", "list", post, "-w", "demo", "--internal", "--json"]) == 0
    items = msgspec.json.decode(capsys.readouterr().out)["items"]
    assert [(item["author"], item["body"], item["deleted"]) for item in items] == [
        ("ann", "", True),
        ("ben", "For us", False),
    ]
    assert run(["comments", "list", post, "-w", "demo"]) == 0
    shown = capsys.readouterr().out
    assert "[deleted]" in shown
    assert "For us" not in shown
