"""`groundswell goal` and `roadmap revision` on a whole stack; the commands and the SQL of the page work as printed."""

import re
import shlex
from pathlib import Path

import msgspec
import pytest

from tests.support.local_stack import LocalStack

PAGE = (Path(__file__).parents[3] / "docs" / "goals.md").read_text()
W = ("--workspace", "goals")
POST = "two-way-calendar-sync"


def say(stack: LocalStack, *arguments: object) -> str:
    done = stack.run(*arguments, *W)
    assert done.returncode == 0, done.stderr
    return done.stdout


def ask(stack: LocalStack, *arguments: object) -> dict:
    return msgspec.json.decode(say(stack, *arguments, "--json"))


@pytest.fixture(scope="module")
def told(stack: LocalStack) -> dict[str, str]:
    """What each command of the page prints, in a workspace with two posts."""
    votes = [f'{{"post": "{post}", "person": "{person}", "value": 1}}\n' for post in (POST, "x") for person in "ab"]
    done = stack.run("import", "votes", "-", *W, "--create-posts", stdin="".join(votes))
    assert done.returncode == 0, done.stderr
    printed: dict[str, str] = {}
    for line in (
        "".join(re.findall(r"^```sh\n(.*?)^```$", PAGE, re.MULTILINE | re.DOTALL)).replace("\\\n", "").splitlines()
    ):
        command = [word for word in shlex.split(line)[1:] if word not in ("-w", "demo")]
        if command[1] in ("show", "coverage"):
            stack.wait_folded()
        printed[" ".join(command)] = say(stack, *command)
    return printed


def test_the_commands_of_the_page(told: dict[str, str]) -> None:
    measured = [said for command, said in told.items() if " measure " in command]
    assert measured[-1] == "goal retention is open, at version 3, with 0 posts\n"
    assert "Teams stay with us: open, by 2027-06-30, 36%" in told["goal show retention"]
    assert "2 of 4 standing up-votes (50%) are on posts that serve a goal." in told["goal coverage"]
    past = msgspec.json.decode(told["goal coverage --as-of 2026-06-30 --json"])
    assert [(each["goal"], each["posts"], each["demand"]) for each in past["items"]] == [("retention", 0, 0.0)]


def test_the_queries_of_the_page(stack: LocalStack, told: dict[str, str]) -> None:
    (block,) = re.findall(r"^```sql\n(.*?)^```$", PAGE, re.MULTILINE | re.DOTALL)
    share, months = (query.replace("'demo'", "'goals'") for query in block.strip().removesuffix(";").split(";\n"))
    assert stack.sql(share)[0][0] == 0.5
    assert stack.sql(months) == [("churn", "2026-02-01", 3.1), ("churn", "2026-03-01", 2.9)]


def test_a_goal_is_unlinked_closed_and_reopened(stack: LocalStack, told: dict[str, str]) -> None:
    assert ask(stack, "goal", "unlink", "retention", POST)["posts"] == 0
    assert ask(stack, "goal", "close", "retention", "dropped", "--reason", "no")["state"] == "dropped"
    assert ask(stack, "goal", "reopen", "retention")["state"] == "open"
    refused = stack.run("goal", "measure", "retention", "nps", 3, *W)
    assert (refused.returncode, "no key result 'nps'" in refused.stderr) == (1, True)
    assert stack.run("goal", "put", "g", "--name", "G", "--key-result", "{}", *W).returncode == 2
    stack.wait_folded()
    shown = ask(stack, "goal", "show", "retention")
    assert [each["change"] for each in shown["history"]][-3:] == ["unlinked", "closed", "reopened"]
    assert [each["goal"] for each in ask(stack, "goal", "list", "--state", "open")["items"]] == ["retention"]
    assert "retention" in say(stack, "goal", "list")
    assert stack.run("goal", "show", "none", *W).returncode == 1


def test_a_roadmap_is_revised(stack: LocalStack, told: dict[str, str]) -> None:
    say(stack, "roadmap", "create", "product", "--name", "Product")
    say(
        stack, "roadmap", "place", "product", "x", "--column", "next", "--target", "2027-03-01", "--reason", "asked for"
    )
    say(stack, "roadmap", "place", "product", "x", "--target", "2027-03-11", "--reason", "the supplier")
    stack.wait_folded()
    found = ask(stack, "roadmap", "revision", "product", "--since", "2026-01-01")
    assert [(each["change"], each["reasons"][0]["reason"]) for each in found["items"]] == [("added", "asked for")]
    assert [(each["post"], each["slips"], each["days_since"]) for each in found["slips"]] == [("x", 1, 10)]
    assert found["demand"] == []  # no vote since
    assert "the supplier" not in say(stack, "roadmap", "revision", "product", "--since", "2026-01-01")
    assert stack.run("roadmap", "revision", "product", "--since", "2099-01-01", *W).returncode == 2


def test_nothing_was_known_before_it_was_recorded(stack: LocalStack, told: dict[str, str]) -> None:
    known = ask(stack, "goal", "coverage", "--known-at", "2026-06-30")
    assert (known["demand"], known["items"]) == (0, [])
