"""Keys from the command line: made, listed and revoked, and what a service says to one that is."""

import time
from uuid import uuid4

import httpx
import msgspec

from tests.support.local_stack import LocalStack


def test_a_key_is_made_listed_and_revoked(stack: LocalStack) -> None:
    workspace = f"keys-{uuid4().hex[:8]}"
    made = {
        label: msgspec.json.decode(
            stack.run("keys", "create", "-w", workspace, "--role", role, "--label", label, "--json").stdout
        )["key"]
        for role, label in (("admin", "ours"), ("read", "lent out"))
    }

    def answer(label: str) -> int:
        headers = {"authorization": f"Bearer {made[label]}"}
        return httpx.get(f"{stack.stack.api}/v1/boards", headers=headers, trust_env=False).status_code

    until(lambda: {answer("ours"), answer("lent out")} == {200})
    listed = msgspec.json.decode(stack.run("keys", "list", "-w", workspace, "--json").stdout)
    assert [(key["label"], key["role"], key["internal"]) for key in listed] == [
        ("ours", "admin", False), ("lent out", "read", False),
    ]  # fmt: skip
    assert all(
        made["lent out"] not in each for each in (stack.run("keys", "list", "-w", workspace).stdout, str(listed))
    )

    assert stack.run("keys", "revoke", listed[1]["key"], "-w", workspace, "--reason", "It leaked.").returncode == 0
    until(lambda: answer("lent out") == 401)
    assert answer("ours") == 200
    assert [
        key["label"] for key in msgspec.json.decode(stack.run("keys", "list", "-w", workspace, "--json").stdout)
    ] == ["ours"]
    again = stack.run("keys", "revoke", made["lent out"], "-w", workspace)
    assert (again.returncode, again.stdout) == (1, "")
    assert f"no key {listed[1]['key']!r}" in again.stderr
    assert "there is no workspace 'nowhere-at-all'" in stack.run("keys", "list", "-w", "nowhere-at-all").stderr


def until(condition, seconds: float = 60.0) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "did not come about"
        time.sleep(0.05)
