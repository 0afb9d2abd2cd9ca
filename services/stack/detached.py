"""Bringing the stack up in the background."""

import dataclasses
import importlib
import subprocess
import sys
import time
from pathlib import Path
from typing import get_args

import msgspec

from services.stack.errors import StackError
from services.stack.files import Stack, make_data_folder, read_run, read_stack
from services.stack.local import local_plan
from services.stack.logs import last_line, log_path, open_log
from services.stack.options import StackOptions
from services.stack.part import Planner, State
from services.stack.progress import Progress, Silent

LONGEST_START_SECONDS = 600.0
LOOK_SECONDS = 0.1
PREFIX = "groundswell: "


class Order(msgspec.Struct, frozen=True, kw_only=True):
    """What a background supervisor is told, as JSON, by its one argument."""

    data: str
    port: int
    kafka_port: int
    clickhouse_port: int
    planner: str

    def options(self) -> StackOptions:
        """The options that it was made of."""
        return StackOptions(
            data=Path(self.data), port=self.port, kafka_port=self.kafka_port, clickhouse_port=self.clickhouse_port
        )

    def plan(self) -> Planner:
        """The planner that it names."""
        module, _, name = self.planner.partition(":")
        planner: Planner = getattr(importlib.import_module(module), name)
        return planner


def up_detached(options: StackOptions, *, progress: Progress | None = None, planner: Planner = local_plan) -> Stack:
    """Start the stack in the background and return when all of it is ready; it goes on until `down`.

    `planner` must be a function of an importable module. Raises `StackError` with the supervisor's reason.
    """
    data = make_data_folder(options.data)
    named = f"{planner.__module__}:{planner.__qualname__}"
    order = Order(**{**dataclasses.asdict(options), "data": str(data)}, planner=named)
    with open_log(data, "supervisor") as log:
        process = subprocess.Popen(  # noqa: S603
            [sys.executable, "-P", "-m", "services.stack", msgspec.json.encode(order).decode()],
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            start_new_session=True,
        )
    progress = progress or Silent()
    try:
        return _await_ready(process, data, progress)
    except KeyboardInterrupt:
        process.terminate()
        process.wait()
        raise
    finally:
        progress.done()


def _await_ready(process: "subprocess.Popen[bytes]", data: Path, progress: Progress) -> Stack:
    end = time.monotonic() + LONGEST_START_SECONDS
    while time.monotonic() < end:
        stack = read_stack(data)
        _show(data, process.pid, progress)
        if stack is not None and stack.pids.get("supervisor") == process.pid:
            return stack
        if process.poll() is not None:
            reason = last_line(log_path(data, "supervisor"))
            raise StackError(reason.removeprefix(PREFIX) or "The supervisor ended without a word.")
        time.sleep(LOOK_SECONDS)
    process.terminate()
    raise StackError(f"The stack isn't ready after {LONGEST_START_SECONDS:.0f} s: look into {data / 'logs'}.")


def _show(data: Path, supervisor: int, progress: Progress) -> None:
    run = read_run(data)
    if run is None or run.pid != supervisor:
        return
    states: dict[str, State] = {state: state for state in get_args(State)}
    for part in run.parts:
        progress.show(part.name, states[part.state], part.ready_seconds)
