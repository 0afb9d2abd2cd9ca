"""The logs of the parts: one file each in the data folder, appended to, and never beyond a bound."""

import os
import shutil
from pathlib import Path
from typing import BinaryIO

LIMIT_BYTES = 20 * 1024 * 1024


def log_path(data: Path, name: str) -> Path:
    """Where the part of that name writes."""
    return data / "logs" / f"{name}.log"


def open_log(data: Path, name: str) -> BinaryIO:
    """Open a part's log to append to it; its folder is made."""
    path = log_path(data, name)
    path.parent.mkdir(parents=True, exist_ok=True)
    return path.open("ab")


def trim(data: Path) -> None:
    """Move what a too long log holds to `NAME.log.1` (over the one before); its writer goes on, since it appends."""
    for path in (data / "logs").glob("*.log"):
        if path.stat().st_size > LIMIT_BYTES:
            shutil.copyfile(path, path.with_name(f"{path.name}.1"))
            os.truncate(path, 0)


def last_line(path: Path) -> str:
    """The last line with something on it, for a message; empty when there is none."""
    try:
        with path.open("rb") as file:
            file.seek(max(0, path.stat().st_size - 4096))
            lines = file.read().decode(errors="replace").split("\n")
    except FileNotFoundError:
        return ""
    return next((line.strip()[:300] for line in reversed(lines) if line.strip()), "")
