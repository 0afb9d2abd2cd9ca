"""`groundswell team` and `groundswell estimate`, on a whole stack: decided on the ledger, told from the views."""

import msgspec
import pytest

from tests.support.local_stack import LocalStack

W = ("--workspace", "teams")
POSTS = [f"p{number}" for number in range(5)]


def ask(stack: LocalStack, *arguments: object) -> dict:
    done = stack.run(*arguments, *W, "--json")
    assert done.returncode == 0, done.stderr
    return msgspec.json.decode(done.stdout)


def say(stack: LocalStack, *arguments: object) -> str:
    done = stack.run(*arguments, *W)
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.fixture(scope="module")
def worked(stack: LocalStack) -> LocalStack:
    """A team with five estimated posts, of which it shipped one."""
    votes = b"".join(b'{"post": "%s", "person": "ann", "value": 1}\n' % post.encode() for post in POSTS)
    say_votes = stack.run("import", "votes", "-", *W, "--create-posts", stdin=votes)
    assert say_votes.returncode == 0, say_votes.stderr
    assert ask(stack, "team", "put", "web", "--name", "Web")["version"] == 1
    assert say(stack, "team", "put", "gone") == "team gone is called gone\n"
    assert ask(stack, "team", "remove", "gone", "--reason", "merged")["removed"]
    ask(stack, "roadmap", "create", "product", "--name", "Product")
    ask(stack, "roadmap", "place", "product", "p0", "--column", "now", "--team", "web", "--owner", "ann")
    said = ask(stack, "estimate", "give", "p0", "--low", 2, "--high", 5, "--reason", "like the export")
    assert said == {"post": "p0", "unit": "days", "low": 2.0, "high": 5.0, "version": 1}
    assert say(stack, "estimate", "withdraw", "p0", "--reason", "unsure") == "post p0 has no estimate\n"
    say(stack, "estimate", "give", "p0", "--low", 3, "--high", 3, "--unit", "points")
    for status in ("in-progress", "complete"):
        say(stack, "posts", "status", "p0", status)
    stack.wait_folded()
    return stack


def test_teams_and_estimates_are_shown(worked: LocalStack) -> None:
    assert [each["team"] for each in ask(worked, "team", "list")["items"]] == ["web"]
    told = ask(worked, "estimate", "show", "p0")["items"]
    assert [(each["unit"], each["low"], each["reason"]) for each in told] == [
        ("days", 2.0, "like the export"), (None, None, "unsure"), ("points", 3.0, ""),
    ]  # fmt: skip
    assert "2 to 5 days" in say(worked, "estimate", "show", "p0")


def test_the_report_tells_what_there_is_and_what_is_missing(worked: LocalStack) -> None:
    told = ask(worked, "team", "report")
    assert (told["posts"], told["without_team"]) == (1, 0)
    (web,) = told["items"]
    assert (web["work"][0]["throughput"], web["work"][0]["estimated_points"], web["strengths"]) == (1, 1, [])
    assert web["missing"] == ["Web delivered 1 post: from fewer than 5 nothing is said"]
    table = say(worked, "team", "report", "--team", "web")
    assert "? Web delivered 1 post: from fewer than 5 nothing is said" in table
    assert ask(worked, "team", "report", "--to", "2001-01-01")["posts"] == 0


@pytest.mark.parametrize(
    ("arguments", "code", "words"),
    [
        (("team", "report", "--team", "nobody"), 1, "there is no team 'nobody'"),
        (("team", "report", "--from", "soon"), 2, "--from"),
        (("team", "remove", "nobody"), 1, "nobody"),
        (("estimate", "give", "p1", "--low", 5, "--high", 2), 1, "high"),
        (("estimate", "give", "nowhere", "--low", 1, "--high", 2), 1, "nowhere"),
        (("roadmap", "place", "product", "p1", "--column", "now", "--team", "gone"), 1, "no team 'gone'"),
    ],
)
def test_what_can_t_be_is_one_line(worked: LocalStack, arguments: tuple[object, ...], code: int, words: str) -> None:
    done = worked.run(*arguments, *W)
    assert (done.returncode, len(done.stderr.strip().splitlines())) == (code, 1), done.stderr
    assert words in done.stderr
