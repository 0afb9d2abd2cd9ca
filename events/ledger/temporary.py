"""Folders for what a process keeps only while it lives: its own index, where no path is set for one.

A process that is killed cannot remove its folder. So each holds a lock in its own, and removes those of the dead.
"""

import contextlib
import os
import shutil
import tempfile
import time
import weakref
from pathlib import Path

from filelock import FileLock, Timeout

PREFIX = "groundswell-ledger-"
_LOCK = "alive.lock"
_YOUNG_SECONDS = 60.0
"""A folder is made a moment before its lock is held; none that may be so young is taken for a dead one's."""


class TemporaryFolder:
    """An empty folder of this process's own. It goes when `remove` is called, or with this object, or at exit."""

    def __init__(self) -> None:
        """Make it, and remove what killed processes left beside it."""
        _remove_abandoned(Path(tempfile.gettempdir()))
        self.path = Path(tempfile.mkdtemp(prefix=PREFIX))
        lock = _lock(self.path)
        lock.acquire(timeout=0)
        self.remove = weakref.finalize(self, _remove, self.path, lock)


def _remove_abandoned(parent: Path) -> None:
    for folder in parent.glob(f"{PREFIX}*"):
        with contextlib.suppress(OSError, Timeout):
            found = folder.lstat()
            if found.st_uid != os.getuid() or time.time() - found.st_mtime < _YOUNG_SECONDS:
                continue
            lock = _lock(folder)
            lock.acquire(timeout=0)
            _remove(folder, lock)


def _remove(folder: Path, lock: FileLock) -> None:
    shutil.rmtree(folder, ignore_errors=True)
    lock.release()


def _lock(folder: Path) -> FileLock:
    """Whoever holds it lives. It may be let go by another thread than took it."""
    return FileLock(folder / _LOCK, thread_local=False)
