"""`groundswell demand` against a running stack."""

import msgspec
import pytest

from services.cli.program import run
from tests.support.local_stack import LocalStack


def test_what_a_company_asks_for_and_who_asks_for_a_post(
    stack: LocalStack, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("KAFKA_BOOTSTRAP_SERVERS", stack.stack.kafka)
    monkeypatch.setenv("CLICKHOUSE_URL", stack.stack.clickhouse)
    here = ["-w", "demo"]
    alone = "FROM groundswell.vote_weights WHERE workspace = 'demo' AND value = 1 AND company_now = ''"
    post, voter = stack.sql(f"SELECT post, min(person) {alone} GROUP BY post ORDER BY count() DESC LIMIT 1")[0]
    since = ["--at", "2020-01-01T00:00:00Z"]
    assert run(["company", "put", "cli-globex", *here, "--plan", "cli-team", "--spend", "990000 EUR", *since]) == 0
    assert run(["person", "put", voter, *here, "--company", "cli-globex", *since]) == 0
    stack.wait_folded()
    capsys.readouterr()

    asked = ["demand", *here, "--company", "cli-globex", "--by", "spend_now", "--currency", "EUR"]
    assert run([*asked, "--json"]) == 0
    found = msgspec.json.decode(capsys.readouterr().out)
    assert (found["group"], found["size"]) == ({"company": "cli-globex"}, [1, 1, {"EUR": 990000}])
    [there] = [item for item in found["items"] if item["post"] == post]
    assert (there["up"], there["companies"], there["spend_then"]) == (1, 1, {"EUR": 990000})
    assert run([*asked, "--limit", "1"]) == 0
    assert "1 known persons, 1 companies, EUR 9,900 a month" in capsys.readouterr().out

    assert run(["demand", *here, "--post", post, "--json"]) == 0
    whole = msgspec.json.decode(capsys.readouterr().out)
    assert whole["up"] > 1
    assert ["cli-team", 1] in [part[1:3] for part in whole["by_plan"]]
    assert run(["demand", *here, "--post", post]) == 0
    told = capsys.readouterr().out
    assert "cli-team" in told
    assert "no company" in told
