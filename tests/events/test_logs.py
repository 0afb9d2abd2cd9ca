"""What a process logs: lines for people, JSON for machines, the same facts in both."""

import json
import logging
import os
import subprocess
import sys

import pytest

from events.logs import JsonFormatter, facts_of


@pytest.mark.parametrize(
    ("template", "args", "event", "facts"),
    [
        ("record refused topic=%s offset=%d", ("t", 7), "record refused", {"topic": "t", "offset": 7}),
        ("part ready seconds=%.1f", (1.25,), "part ready", {"seconds": 1.25}),
        ("append failed reason=%r", (ValueError("x"),), "append failed", {"reason": "ValueError('x')"}),
        ("hole, seeking back %s", ("t/3",), "hole, seeking back", {}),
        ("can't write down what runs: %s at=%d", ("full", 3), "can't write down what runs", {"at": 3}),
        ("100%% of it is=%s", ("there",), "100% of it", {"is": "there"}),
        ("address=http://127.0.0.1:%d", (8000,), "", {"address": "http://127.0.0.1:8000"}),
        ("at address=http://%s:%d it=%s", ("::1", 80, "is"), "at", {"address": "http://::1:80", "it": "is"}),
        ("odd level=%s", ("high",), "odd", {"level_": "high"}),
        ("nothing", (), "nothing", {}),
    ],
)
def test_facts_are_taken_by_their_names(
    template: str, args: tuple[object, ...], event: str, facts: dict[str, object]
) -> None:
    assert facts_of(template, args) == (event, facts)


def test_a_line_of_json() -> None:
    record = logging.LogRecord(
        "events.log", logging.WARNING, "", 1, "refused offset=%d reason=%s", (7, 'a "b"\n'), None
    )
    line = JsonFormatter("projector").format(record)
    assert "\n" not in line
    said = json.loads(line)
    assert said["time"].endswith("Z")
    del said["time"]
    assert said == {
        "level": "WARNING", "service": "projector", "logger": "events.log", "event": "refused",
        "message": 'refused offset=7 reason=a "b"\n', "offset": 7, "reason": 'a "b"\n',
    }  # fmt: skip


SCRIPT = """
import logging
from events.logs import last_words, set_up
set_up("projector")
logger = logging.getLogger("services.projector.breaker")
logger.info("record refused projection=%s generation=%d topic=%s partition=%d offset=%d", "votes", 2, "b", 3, 40)
logging.getLogger("aiokafka").info("chatter")
try:
    1 / 0
except ZeroDivisionError:
    logger.exception("cannot go on projection=%s", "votes")
last_words("projector", "the end")
"""


def said(**settings: str) -> "subprocess.CompletedProcess[str]":
    environment = {name: value for name, value in os.environ.items() if not name.startswith("GROUNDSWELL_LOG")}
    command = [sys.executable, "-c", SCRIPT]
    return subprocess.run(command, capture_output=True, text=True, check=False, env=environment | settings)


def test_a_process_that_logs_json_says_nothing_else() -> None:
    lines = [json.loads(line) for line in said(GROUNDSWELL_LOG_FORMAT="json").stderr.splitlines()]
    refused, broken, end = lines
    position = {"projection": "votes", "generation": 2, "topic": "b", "partition": 3, "offset": 40}
    assert {name: refused[name] for name in position} == position
    assert "ZeroDivisionError" in broken["exception"]
    assert (end["level"], end["reason"]) == ("CRITICAL", "the end")
    assert {line["service"] for line in lines} == {"projector"}


def test_people_read_text_and_only_what_they_ask_for() -> None:
    text = said(GROUNDSWELL_LOG_LEVEL="error").stderr
    assert "record refused" not in text
    assert "cannot go on projection=votes" in text
    assert text.endswith("projector: the end\n")


def test_a_setting_that_is_none_is_refused() -> None:
    done = said(GROUNDSWELL_LOG_FORMAT="yaml")
    assert done.returncode == 1
    assert "GROUNDSWELL_LOG_FORMAT" in done.stderr
