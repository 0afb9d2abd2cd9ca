"""`groundswell webhooks` against a running stack, whose sagas deliver, and to public addresses only."""

import time

import msgspec
import pytest

from events.domain.webhooks import subscriptions
from services.cli.program import run
from tests.support.local_stack import LocalStack

URL = "https://127.0.0.1:1/in"


@pytest.fixture
def at_the_stack(stack: LocalStack, monkeypatch: pytest.MonkeyPatch) -> LocalStack:
    """Commands of this process talk to the stack, by its folder: there the key is that its secrets follow from."""
    monkeypatch.delenv("KAFKA_BOOTSTRAP_SERVERS", raising=False)
    monkeypatch.delenv("CLICKHOUSE_URL", raising=False)
    monkeypatch.setenv("GROUNDSWELL_DATA", str(stack.data))
    return stack


def printed(capsys: pytest.CaptureFixture[str], *arguments: str) -> dict:
    capsys.readouterr()
    assert run([*arguments, "-w", "demo", "--json"]) == 0
    found: dict = msgspec.json.decode(capsys.readouterr().out)
    return found


def test_a_webhook_is_put_tested_and_disabled(
    at_the_stack: LocalStack, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    assert run(["webhooks", "put", "crm", URL, "-w", "demo", "--type", "groundswell.pots"]) == 1
    assert "types" in capsys.readouterr().err
    assert run(["webhooks", "put", "crm", "http://127.0.0.1:1/in", "-w", "demo"]) == 1
    assert "https" in capsys.readouterr().err
    assert run(["webhooks", "put", "crm", URL, "-w", "demo", "--type", "groundswell.post"]) == 0
    assert capsys.readouterr().out.startswith("whsec_")
    again = printed(capsys, "webhooks", "put", "crm", URL, "--type", "groundswell.post")
    assert (again["secret"], again["version"]) == (None, 1)
    with monkeypatch.context() as few:
        few.setattr(subscriptions, "MOST_WEBHOOKS", 1)
        assert run(["webhooks", "put", "other", URL, "-w", "demo"]) == 1
        assert "there are 1 webhooks already" in capsys.readouterr().err
    assert run(["webhooks", "test", "crm", "-w", "demo"]) == 0
    items: list[dict] = []
    deadline = time.monotonic() + 60
    while not items:
        assert time.monotonic() < deadline
        items = printed(capsys, "webhooks", "deliveries", "crm", "--outcome", "failed")["items"]
    assert items[-1]["type"] == "groundswell.webhook.tested.v1"
    assert "no public address" in items[-1]["reason"]
    assert run(["webhooks", "replay", "crm", "-w", "demo"]) == 2
    assert run(["webhooks", "replay", "crm", "-w", "demo", "--since", "2026-01-01", "--reason", "again"]) == 0
    assert run(["webhooks", "disable", "crm", "-w", "demo", "--reason", "enough"]) == 0
    (shown,) = printed(capsys, "webhooks", "list")["items"]
    assert (shown["active"], shown["disabled_reason"], shown["types"]) == (False, "enough", ["groundswell.post"])
    assert run(["webhooks", "list", "-w", "demo"]) == 0
    assert "disabled: enough" in capsys.readouterr().out
    assert run(["webhooks", "delete", "crm", "-w", "demo"]) == 0
    assert printed(capsys, "webhooks", "list")["items"] == []
