"""`groundswell roadmap`, on a whole stack: decided on the ledger, read from the views."""

import msgspec
import pytest

from tests.support.local_stack import LocalStack

W = ("--workspace", "roadmaps")


def ask(stack: LocalStack, *arguments: object) -> dict:
    done = stack.run("roadmap", *arguments, *W, "--json")
    assert done.returncode == 0, done.stderr
    return msgspec.json.decode(done.stdout)


@pytest.fixture(scope="module")
def planned(stack: LocalStack) -> LocalStack:
    """A roadmap with two posts, one of which was dated, moved and moved back again."""
    votes = b'{"post": "a", "person": "ann", "value": 1}\n{"post": "b", "person": "bob", "value": 1}\n'
    done = stack.run("import", "votes", "-", *W, "--create-posts", stdin=votes)
    assert done.returncode == 0, done.stderr
    ask(stack, "create", "product", "--name", "Product", "--reason", "begin")
    ask(stack, "place", "product", "a", "--column", "now", "--target", "2027-Q1", "--owner", "web")
    ask(stack, "place", "product", "b", "--column", "now", "--position", 1)
    ask(stack, "move", "product", "b", "--column", "later", "--reason", "not yet", "--actor", "ann")
    done_at = ask(stack, "place", "product", "a", "--target", "2027-04-10")
    assert done_at == {"roadmap": "product", "version": 5, "items": 2}
    stack.wait_folded()
    return stack


def test_it_is_shown_and_told(planned: LocalStack) -> None:
    shown = ask(planned, "show", "product")
    items = {column["column"]: [item["post"] for item in column["items"]] for column in shown["columns"]}
    assert items == {"now": ["a"], "next": [], "later": ["b"]}
    assert [each["roadmap"] for each in ask(planned, "list")["items"]] == ["product"]
    told = ask(planned, "revisions", "product")["items"]
    assert [(each["version"], each["actor"], each["reason"]) for each in told[1:3]] == [
        (4, "ann", "not yet"), (3, "command line", ""),
    ]  # fmt: skip
    assert told[1]["line"].startswith("moved ")
    table = planned.run("roadmap", "show", "product", *W)
    assert "2027-04-10" in table.stdout
    assert "web" in table.stdout


def test_it_is_compared_and_shown_as_it_was(planned: LocalStack) -> None:
    moments = ask(planned, "revisions", "product")["items"]
    then = moments[2]["at"]
    was = ask(planned, "show", "product", "--as-of", then)
    assert [item["post"] for item in was["columns"][0]["items"]] == ["b", "a"]
    found = ask(planned, "diff", "product", "--from", then)["items"]
    assert [(each["change"], each["post"], each["days"]) for each in found] == [
        ("moved", "b", None),
        ("slipped", "a", 10),
    ]


@pytest.mark.parametrize(
    ("arguments", "code", "words"),
    [
        (("show", "nope"), 1, "there is no roadmap 'nope'"),
        (("show", "product", "--as-of", "2001-01-01"), 1, "there was no roadmap 'product'"),
        (("show", "product", "--as-of", "soon"), 2, "--as-of"),
        (("place", "product", "nope", "--column", "now"), 1, "nope"),
        (("place", "product", "a", "--target", "soon"), 2, "--target"),
        (("move", "product", "a"), 2, "--column"),
    ],
)
def test_what_can_t_be_is_one_line(planned: LocalStack, arguments: tuple[str, ...], code: int, words: str) -> None:
    done = planned.run("roadmap", *arguments, *W)
    assert (done.returncode, len(done.stderr.strip().splitlines())) == (code, 1), done.stderr
    assert words in done.stderr
