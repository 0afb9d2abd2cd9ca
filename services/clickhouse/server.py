"""Starts the front: takes the port and the folder, confines the process, and only then brings in the engine."""

import os
import socket
from pathlib import Path

from services.clickhouse.announcement import Announcement
from services.clickhouse.confinement import confine, refuse_threads
from services.clickhouse.folder import DataFolder

_LOOPBACK = {"127.0.0.1", "::1", "localhost"}


class CannotServeError(Exception):
    """The front cannot start; the message says what to do."""


def serve(path: Path, host: str, port: int, port_file: Path | None) -> None:
    """Serve a folder until TERM or INT.

    Raises:
        CannotServeError: the port is in use, or the host is not this machine.
        FolderInUseError: another process holds the folder.
    """
    if host not in _LOOPBACK:
        raise CannotServeError(f"{host} is not this machine: the front has no TLS and listens on 127.0.0.1 only")
    listener = _listen(host, port)
    folder = DataFolder(path)
    refuse_threads()
    announcement = Announcement(port_file)  # writes outside the folder, from a thread of its own that does only that
    # Importing the engine makes a temporary one; what it keeps must be inside, too.
    folder.spool.mkdir(exist_ok=True)
    os.environ["TMPDIR"] = str(folder.spool)
    confine(folder.path)
    # Not before: importing the engine starts its threads, which must all be inside.
    from services.clickhouse.serving import run  # noqa: PLC0415

    run(folder, listener, announcement)


def _listen(host: str, port: int) -> socket.socket:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    listener = socket.socket(family, socket.SOCK_STREAM)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((host, port))
        # Listening at once, so that nobody else can take the port while the engine starts.
        listener.listen(1024)
    except OSError as error:
        listener.close()
        raise CannotServeError(
            f"port {port} of {host} cannot be used ({error.strerror}): stop what uses it, or give another with --port"
        ) from None
    return listener
