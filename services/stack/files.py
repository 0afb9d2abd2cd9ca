"""The files by which a stack is found again: what runs (`run.json`), what clients read (`stack.json`), the keys."""

import os
import secrets
import tempfile
from pathlib import Path
from typing import TypeVar

import msgspec
from filelock import FileLock

from services.stack.errors import StackError

T = TypeVar("T")


class RunningPart(msgspec.Struct, kw_only=True):
    """A part as the supervisor last saw it; `started` is the process's start time in seconds since 1970."""

    name: str
    state: str
    health: str
    pid: int | None = None
    started: float | None = None
    restarts: int = 0
    ready_seconds: float = 0.0
    detail: str = ""


class Run(msgspec.Struct, kw_only=True):
    """One run of a supervisor, `ended` when it stopped cleanly. All that it starts has `token` in its environment."""

    token: str
    pid: int
    started: float
    ended: bool = False
    parts: list[RunningPart] = []


class Stack(msgspec.Struct, kw_only=True):
    """What clients of a running stack need: addresses, the API keys by workspace, and process ids by part."""

    api: str
    clickhouse: str
    kafka: str
    keys: dict[str, str]
    pids: dict[str, int]


def make_data_folder(data: Path) -> Path:
    """Make the data folder, for its owner only, and return its full path; `StackError` when that can't be done."""
    try:
        data.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as error:
        raise StackError(
            f"{data} can't be used as a data folder ({error.strerror}): choose another with --data."
        ) from error
    return data.resolve()


def read_run(data: Path) -> Run | None:
    """The last run on this folder, alive or not; None when there was none. Raises `StackError` on a broken file."""
    return _read(data / "run.json", Run)


def write_run(data: Path, run: Run) -> None:
    """Write down what runs."""
    _write(data / "run.json", run)


def read_stack(data: Path) -> Stack | None:
    """The addresses and keys of the stack on this folder; None when none is ready."""
    return _read(data / "stack.json", Stack)


def write_stack(data: Path, stack: Stack) -> None:
    """Tell clients that the stack is ready, and where; the keys are those of the folder, whatever `stack` says."""
    with _lock(data):
        stack.keys = read_keys(data)
        _write(data / "stack.json", stack)


def remove_stack(data: Path) -> None:
    """Tell clients that no stack is ready; the keys stay."""
    (data / "stack.json").unlink(missing_ok=True)


def read_keys(data: Path) -> dict[str, str]:
    """The API key that this machine's user has for each workspace."""
    return _read(data / "keys.json", dict[str, str]) or {}


def keep_key(data: Path, workspace: str, key: str) -> None:
    """Keep an API key for the runs to come, and show it in `stack.json` if the stack is ready."""
    with _lock(data):
        _write(data / "keys.json", {**read_keys(data), workspace: key})
        stack = read_stack(data)
        if stack is not None:
            stack.keys[workspace] = key
            _write(data / "stack.json", stack)


def webhooks_key(data: Path) -> str:
    """The key that the secrets of this folder's webhooks follow from (GROUNDSWELL_WEBHOOKS_KEYS): made once."""
    with _lock(data):
        key = _read(data / "webhooks.json", str)
        if key is None:
            key = f"local:{secrets.token_urlsafe(32)}"
            _write(data / "webhooks.json", key)
    return key


def _lock(data: Path) -> FileLock:
    return FileLock(data / "files.lock", timeout=10)


def _read(path: Path, type_: type[T]) -> T | None:
    try:
        return msgspec.json.decode(path.read_bytes(), type=type_)
    except FileNotFoundError:
        return None
    except msgspec.DecodeError as error:
        raise StackError(f"{path} can't be read ({error}): delete it and try again.") from error


def _write(path: Path, value: object) -> None:
    """Replace the file in one step, readable by its owner only."""
    handle, temporary = tempfile.mkstemp(prefix=f".{path.name}.", dir=path.parent)  # made with mode 600
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(msgspec.json.format(msgspec.json.encode(value), indent=2) + b"\n")
        Path(temporary).replace(path)
    except BaseException:
        Path(temporary).unlink(missing_ok=True)
        raise
