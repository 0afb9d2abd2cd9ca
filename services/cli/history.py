"""What was typed at a prompt before, kept for the next time in the user's own state folder."""

import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

MAX_LINES = 1000


@contextmanager
def with_history() -> Iterator[None]:
    """Line editing with a history, where this Python has readline."""
    try:
        import readline
    except ImportError:  # a Python without it can still read lines
        yield
        return
    file = _file()
    with suppress(OSError):
        readline.read_history_file(file)
    readline.set_history_length(MAX_LINES)
    try:
        yield
    finally:
        with suppress(OSError):
            file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            readline.write_history_file(file)
            file.chmod(0o600)


def _file() -> Path:
    state = os.environ.get("XDG_STATE_HOME")
    return (Path(state) if state else Path.home() / ".local" / "state") / "groundswell" / "sql-history"
