"""The supervisor over small real programs: what it starts, keeps, and never leaves behind."""

import os
import signal
import socket
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import psutil
import pytest

from services.stack import StackError, StackOptions, down, keep_key, read_stack, status, up, up_detached
from services.stack.files import Run, Stack, read_run
from services.stack.part import State
from services.stack.sweep import TOKEN_VARIABLE
from tests.support.small_plans import one_that_dies, one_that_is_deaf, two_parts


@pytest.fixture
def data(tmp_path: Path) -> Iterator[Path]:
    folder = tmp_path / "data"
    yield folder
    down(folder)


def options(data: Path, port: int = 0) -> StackOptions:
    return StackOptions(data=data, port=port, kafka_port=0, clickhouse_port=0)


def of_this_run(data: Path) -> set[int]:
    """Every living process, children's children too, that carries the token of the folder's last run."""
    run = read_run(data)
    assert run is not None
    return {process.pid for process in psutil.process_iter() if token_of(process) == run.token}


def token_of(process: psutil.Process) -> str | None:
    try:
        alive = process.status() != psutil.STATUS_ZOMBIE
        return process.environ().get(TOKEN_VARIABLE) if alive else None
    except psutil.Error:
        return None


def soon(what: Callable[[], bool], seconds: float = 20) -> bool:
    end = time.monotonic() + seconds
    while not what():
        if time.monotonic() > end:
            return False
        time.sleep(0.05)
    return True


def identities(data: Path) -> dict[int, float]:
    """The parts and the supervisor, by number and start time."""
    run = read_run(data)
    assert run is not None
    parts = {part.pid: part.started for part in run.parts if part.pid is not None and part.started is not None}
    return {run.pid: run.started, **parts}


def living(known: dict[int, float]) -> set[int]:
    found = set()
    for process in psutil.process_iter(["pid", "create_time", "status"]):
        started = known.get(process.pid)
        if (
            started is not None
            and abs(process.create_time() - started) < 2
            and process.status() != psutil.STATUS_ZOMBIE
        ):
            found.add(process.pid)
    return found


def test_detached_stack_is_ready_when_it_returns_and_gone_after_down(data: Path) -> None:
    stack = up_detached(options(data), planner=two_parts)
    assert set(stack.pids) == {"supervisor", "store", "web"}
    assert [(part.name, part.health) for part in status(data)] == [(n, "ok") for n in ("supervisor", "store", "web")]
    known = identities(data)
    assert living(known) == set(known)
    assert down(data)
    assert living(known) == set()
    assert of_this_run(data) == set()
    assert read_stack(data) is None
    assert {part.health for part in status(data)} == {"away"}
    assert not down(data)


def test_stack_file_is_for_its_owner_only_and_keeps_keys_between_runs(data: Path) -> None:
    up_detached(options(data), planner=two_parts)
    assert (data / "stack.json").stat().st_mode & 0o777 == 0o600
    assert data.stat().st_mode & 0o777 == 0o700
    keep_key(data, "acme", "secret")
    shown = read_stack(data)
    assert shown is not None
    assert shown.keys == {"acme": "secret"}
    down(data)
    again = up_detached(options(data), planner=two_parts)
    assert again.keys == {"acme": "secret"}


def test_nothing_is_left_when_the_supervisor_is_killed(data: Path) -> None:
    stack = up_detached(options(data), planner=two_parts)
    known = identities(data)
    os.kill(stack.pids["supervisor"], signal.SIGKILL)
    assert soon(lambda: living(known) == set())


def test_next_up_ends_what_a_killed_supervisor_left_and_goes_on(data: Path) -> None:
    stack = up_detached(options(data), planner=two_parts)
    children = {pid: psutil.Process(pid).create_time() for pid in of_this_run(data) - set(stack.pids.values())}
    assert len(children) == 2
    os.kill(stack.pids["supervisor"], signal.SIGKILL)
    again = up_detached(options(data), planner=two_parts)
    assert again.pids.keys() == stack.pids.keys()
    assert living(children) == set()


@pytest.mark.parametrize("name", ["store", "web"])
def test_a_killed_part_is_started_again_with_nothing_left_of_it(data: Path, name: str) -> None:
    stack = up_detached(options(data), planner=two_parts)
    its_child = {child.pid: child.create_time() for child in psutil.Process(stack.pids[name]).children()}
    assert living(its_child)
    os.kill(stack.pids[name], signal.SIGKILL)

    def is_back() -> bool:
        now = read_stack(data)
        parts = {part.name: part for part in status(data)}
        return now is not None and now.pids.get(name) != stack.pids[name] and parts[name].state == "ready"

    assert soon(is_back)
    assert living(its_child) == set()
    (part,) = [part for part in status(data) if part.name == name]
    assert (part.health, part.detail) == ("ok", "died 1 times")
    assert len(of_this_run(data)) == 4


def test_folder_in_use_is_refused_in_one_line_and_the_first_stack_goes_on(data: Path) -> None:
    up_detached(options(data), planner=two_parts)
    with pytest.raises(StackError, match=r"in use by another stack: .*groundswell down") as refused:
        up_detached(options(data), planner=two_parts)
    assert "\n" not in str(refused.value)
    assert {part.health for part in status(data)} == {"ok"}


def test_port_in_use_is_refused_in_one_line(data: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        with pytest.raises(StackError, match=rf"Port {port} for the API is in use: .*--port") as refused:
            up_detached(options(data, port), planner=two_parts)
    assert "\n" not in str(refused.value)


def test_a_part_that_never_starts_is_named_with_its_last_words(data: Path) -> None:
    with pytest.raises(StackError, match=r"dies does not start: .*dies\.log.*no such luck"):
        up_detached(options(data), planner=one_that_dies)
    assert of_this_run(data) == set()


def test_a_part_that_does_not_listen_is_ended_all_the_same(data: Path) -> None:
    up_detached(options(data), planner=one_that_is_deaf)
    known = identities(data)
    assert down(data)
    assert living(known) == set()


def test_a_folder_that_cannot_be_made_is_told(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(StackError, match="choose another with --data"):
        up_detached(options(tmp_path / "file" / "data"), planner=two_parts)


class Seen:
    """Notes what is shown."""

    def __init__(self) -> None:
        self.states: list[tuple[str, State]] = []

    def show(self, name: str, state: State, seconds: float) -> None:
        self.states.append((name, state))

    def done(self) -> None:
        self.states.append(("all", "ready"))


async def test_foreground_stack_starts_in_order_and_stops_in_reverse_on_a_signal(data: Path) -> None:
    seen = Seen()
    stacks: list[Stack] = []
    runs: list[Run | None] = []

    async def on_ready(stack: Stack) -> None:
        stacks.append(stack)
        runs.append(read_run(data))
        os.kill(os.getpid(), signal.SIGTERM)

    await up(options(data), on_ready, progress=seen, planner=two_parts)
    assert stacks[0].pids["supervisor"] == os.getpid()
    assert of_this_run(data) == set()
    order = [
        ("store", "starting"), ("store", "ready"), ("web", "starting"), ("web", "ready"), ("all", "ready"),
        ("web", "stopped"), ("store", "stopped"),
    ]  # fmt: skip
    assert list(dict.fromkeys(seen.states)) == order


async def test_what_on_ready_raises_stops_the_stack(data: Path) -> None:
    async def on_ready(stack: Stack) -> None:
        raise LookupError("no sample")

    with pytest.raises(LookupError, match="no sample"):
        await up(options(data), on_ready, planner=two_parts)
    assert of_this_run(data) == set()
