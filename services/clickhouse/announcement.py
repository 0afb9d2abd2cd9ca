"""Says where the front listens, in a file; written by a thread of its own, as the others may not reach that file."""

import os
import threading
from pathlib import Path


class Announcement:
    """A port file that is there from `ready` to `over`, whole whenever it is there."""

    def __init__(self, path: Path | None) -> None:
        """Start the thread; must be before the process is confined."""
        self._path = path
        self._port = 0
        self._ready, self._over = threading.Event(), threading.Event()
        self._thread = threading.Thread(target=self._keep, name="announcement", daemon=True)
        if path is not None:
            self._thread.start()

    def ready(self, port: int) -> None:
        """Write the port. Does not wait for it."""
        self._port = port
        self._ready.set()

    def over(self) -> None:
        """Take the file away."""
        self._over.set()
        self._ready.set()
        if self._path is not None:
            self._thread.join()

    def _keep(self) -> None:
        self._ready.wait()
        if self._path is None or self._over.is_set():
            return
        draft = self._path.with_name(f"{self._path.name}.new")
        draft.write_text(f"{self._port}\n", encoding="ascii")
        os.replace(draft, self._path)
        self._over.wait()
        self._path.unlink(missing_ok=True)
