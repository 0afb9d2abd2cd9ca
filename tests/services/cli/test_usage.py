"""Exit codes and errors of the command line, with nothing running."""

import subprocess
import sys
from pathlib import Path
from typing import get_args

import pytest

from projections.customers.request import By as DemandBy
from services.cli import demand
from services.cli.output import printable
from services.cli.program import run
from tests.support.local_stack import groundswell

HEAVY = ("aiokafka", "chdb", "clickhouse_connect", "eventsourcing", "fastapi", "faust", "numpy", "pydantic_settings")
COMMANDS = [
    "up", "down", "status", "api", "projector", "sagas", "ranking", "demand", "export", "sql",
    "keys create", "keys list", "keys revoke",
    "import stackexchange", "import votes", "projections list", "dead-letters list", "dead-letters show",
    "dead-letters retry", "log show", "log tail", "comments list", "comments add", "comments delete",
    "posts list", "posts show", "posts close", "posts reopen", "posts status", "posts archive", "posts delete",
    "posts move", "posts pin", "posts tag", "workflow show", "workflow set",
    "person put", "person show", "person forget", "person check", "company put", "company show", "company forget",
    "company check", "segment put", "segment remove", "segment members",
    "what-if", "movement", "rank-history", "formula list", "formula put", "formula remove", "formula check",
    "formula history", "merge", "unmerge", "boards budget", "team list", "team put", "team remove", "team report",
    "estimate give", "estimate withdraw", "estimate show",
    "goal put", "goal measure", "goal link", "goal unlink", "goal close", "goal reopen", "goal list", "goal show",
    "goal coverage", "roadmap revision",
    "webhooks list", "webhooks put", "webhooks deliveries", "webhooks replay", "webhooks disable", "webhooks delete",
    "webhooks test", "gate set", "gate show", "gate open", "gate overrides", "check pass", "check take-back",
    "check show", "defect link", "defect unlink", "defect list", "quality", "comments complaint",
]  # fmt: skip


@pytest.fixture(autouse=True)
def nowhere(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Services that are not there, from an empty folder."""
    monkeypatch.setenv("KAFKA_BOOTSTRAP_SERVERS", "127.0.0.1:1")
    monkeypatch.setenv("CLICKHOUSE_URL", "http://127.0.0.1:1")
    monkeypatch.delenv("GROUNDSWELL_DATA", raising=False)
    monkeypatch.chdir(tmp_path)


@pytest.mark.parametrize("command", ["", *COMMANDS])
def test_every_command_explains_itself(command: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert run([*command.split(), "--help"]) == 0
    out, err = capsys.readouterr()
    assert "Usage: groundswell" in out
    assert err == ""


@pytest.mark.parametrize(
    "arguments",
    [
        ["nope"],
        ["ranking"],
        ["ranking", "-w", "demo", "--by", "no luck"],
        ["ranking", "-w", "demo", "--as-of", "yesterday"],
        ["ranking", "-w", "demo", "--as-of", "2026-01-01T00:00:00"],
        ["ranking", "-w", "demo", "--as-of", "2100-01-01"],
        ["ranking", "-w", "demo", "--limit", "0"],
        ["what-if", "-w", "demo", "--as-of", "2090-01-01"],
        ["movement", "-w", "demo", "--since", "2090-01-01"],
        ["metrics", "-w", "demo", "--as-of", "2090-01-01"],
        ["metrics", "-w", "demo", "--known-at", "2090-01-01"],
        ["demand", "-w", "demo", "--as-of", "2090-01-01"],
        ["forecast", "record", "-w", "demo", "--as-of", "2090-01-01"],
        ["team", "report", "-w", "demo", "--as-of", "2090-01-01"],
        ["report", "-w", "demo", "-o", "page.html", "--as-of", "2090-01-01"],
        ["team", "report", "-w", "demo", "--from", "2026-02-01", "--to", "2026-01-01"],
        ["quality", "-w", "demo", "--from", "2026-02-01", "--to", "2026-01-01"],
        ["quality", "-w", "demo", "--as-of", "2090-01-01"],
        ["goal", "coverage", "-w", "demo", "--as-of", "2090-01-01"],
        ["ranking", "-w", "demo", "--limit", "1000000"],
        ["demand", "-w", "demo", "--plan", "gold", "--company", "globex"],
        ["demand", "-w", "demo", "--by", "spend_now"],
        ["demand", "-w", "demo", "--currency", "EUR"],
        ["demand", "-w", "demo", "--days", "0"],
        ["keys", "create", "-w", "demo", "--role", "king"],
        ["up", "--port", "70000"],
        ["log", "show", "--topic", "gossip"],
        ["import", "votes"],
        ["dead-letters", "show", "one"],
        ["comments", "add", "dark-mode", "Please", "-w", "demo"],
        ["posts", "list", "-w", "demo", "--as-of", "then"],
        ["posts", "list", "-w", "demo", "--field", "effort"],
        ["posts", "status", "dark-mode", "-w", "demo"],
        ["posts", "pin", "dark-mode", "-w", "demo", "--actor", "ann@example.com"],
        ["posts", "pin", "dark-mode", "-w", "demo", "--version", "0"],
        ["workflow", "set", "nowhere.json", "-w", "demo"],
        ["comments", "list", "dark-mode", "-w", "demo", "--limit", "0"],
        ["gate", "set", "ideas", "-w", "demo"],
        ["gate", "set", "ideas", "-w", "demo", "--check", "tested", "--none"],
        ["check", "pass", "dark-mode", "tested", "-w", "demo"],
        ["check", "take-back", "dark-mode", "tested", "-w", "demo"],
        ["quality", "-w", "demo", "--by", "luck"],
        ["quality", "-w", "demo", "--from", "then"],
        ["webhooks", "replay", "crm", "-w", "demo"],
        ["webhooks", "replay", "crm", "-w", "demo", "--since", "then"],
        ["webhooks", "deliveries", "crm", "-w", "demo", "--outcome", "luck"],
    ],
)
def test_bad_usage_is_told_in_a_line(arguments: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert run(arguments) == 2
    out, err = capsys.readouterr()
    assert out == ""
    assert err.startswith("groundswell: ")
    assert err.count("\n") == 1
    assert "--help" in err


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        ("ranking -w demo", "CLICKHOUSE_URL"),
        ("sql select", "CLICKHOUSE_URL"),
        ("projections list", "CLICKHOUSE_URL"),
        ("keys create -w demo --role read", "KAFKA_BOOTSTRAP_SERVERS"),
        ("import stackexchange . -w demo", "KAFKA_BOOTSTRAP_SERVERS"),
        ("import votes none.csv -w demo", "KAFKA_BOOTSTRAP_SERVERS"),
        ("comments list dark-mode -w demo", "CLICKHOUSE_URL"),
        ("posts list -w demo", "CLICKHOUSE_URL"),
        ("posts show dark-mode -w demo", "CLICKHOUSE_URL"),
        ("posts close dark-mode -w demo", "KAFKA_BOOTSTRAP_SERVERS"),
        ("workflow show -w demo", "KAFKA_BOOTSTRAP_SERVERS"),
        ("comments delete c-1 -w demo", "KAFKA_BOOTSTRAP_SERVERS"),
        ("webhooks list -w demo", "KAFKA_BOOTSTRAP_SERVERS"),
        ("webhooks deliveries crm -w demo", "CLICKHOUSE_URL"),
        ("webhooks put crm https://crm.example.com -w demo", "GROUNDSWELL_WEBHOOKS_KEYS"),
        ("log show", "KAFKA_BOOTSTRAP_SERVERS"),
        ("log tail", "KAFKA_BOOTSTRAP_SERVERS"),
        ("dead-letters list", "KAFKA_BOOTSTRAP_SERVERS"),
        ("dead-letters retry --all", "KAFKA_BOOTSTRAP_SERVERS"),
        ("ranking -w demo --data none", "groundswell up --data none"),
        ("log show --data none", "groundswell up --data none"),
        ("status --data none", "groundswell up --data none"),
    ],
)
def test_without_services_one_line_says_what_to_do(
    arguments: str, says: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(arguments.split()) == 1
    out, err = capsys.readouterr()
    assert out == ""
    assert says in err
    assert err.count("\n") == 1


@pytest.mark.parametrize(
    ("variable", "value", "command"),
    [
        ("KAFKA_BOOTSTRAP_SERVERS", "nowhere", "log show"),
        ("KAFKA_BOOTSTRAP_SERVERS", "host:port", "log show"),
        ("KAFKA_SECURITY_PROTOCOL", "TELEPATHY", "log show"),
        ("CLICKHOUSE_URL", "ftp://127.0.0.1", "ranking -w demo"),
        ("GROUNDSWELL_DATABASE", "x; drop", "ranking -w demo"),
    ],
)
def test_bad_settings_are_named_in_a_line(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], variable: str, value: str, command: str
) -> None:
    monkeypatch.setenv(variable, value)
    assert run(command.split()) == 1
    _, err = capsys.readouterr()
    assert variable in err
    assert err.count("\n") == 1


def test_a_defect_is_told_in_a_line_or_with_its_traceback_on_demand(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def fail(data: object) -> None:
        raise ZeroDivisionError("two\nlines")

    monkeypatch.setattr("services.cli.place.clickhouse", fail)
    assert run(["projections", "list"]) == 1
    assert capsys.readouterr().err == (
        "groundswell: this is a defect, please report it: ZeroDivisionError: two (GROUNDSWELL_DEBUG=1 shows where)\n"
    )
    monkeypatch.setenv("GROUNDSWELL_DEBUG", "1")
    with pytest.raises(ZeroDivisionError):
        run(["projections", "list"])


def test_nothing_to_stop_is_no_failure() -> None:
    assert run(["down", "--data", "none"]) == 0


def test_help_imports_nothing_heavy() -> None:
    script = f"""
import sys
from services.cli.program import run
assert run(["--help"]) == 0 and run(["ranking", "--help"]) == 0
print([name for name in {HEAVY!r} if name in sys.modules], file=sys.stderr)
"""
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert done.stderr.strip() == "[]"


def test_runs_as_a_module_too() -> None:
    done = groundswell("--version")
    assert done.returncode == 0
    assert done.stdout.startswith("groundswell ")


def test_offers_every_order_of_demand() -> None:
    assert {by.value for by in demand.By} == set(get_args(DemandBy))


def test_what_steers_a_terminal_is_not_printed() -> None:
    assert printable("a\x1b[2Jb\r\nc\u202e") == "a\ufffd[2Jb\ufffd\ufffdc\ufffd"
    assert printable("Grüße 👋") == "Grüße 👋"
