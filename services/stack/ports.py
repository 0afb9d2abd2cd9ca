"""Ports on the loopback interface."""

import socket

from services.stack.errors import StackError

LOOPBACK = "127.0.0.1"


def free_port() -> int:
    """A port that nothing listens on, and that the system gives to nobody else for the next minute.

    A connection that its server closed first keeps the port waiting (TIME_WAIT): whoever asks for any port gets
    another one, and who asks for this one, as servers do (`SO_REUSEADDR`), gets it.
    """
    with socket.create_server((LOOPBACK, 0)) as server:
        port: int = server.getsockname()[1]
        with socket.create_connection((LOOPBACK, port)):
            server.accept()[0].close()
        return port


def claim(port: int, *, for_whom: str, option: str) -> int:
    """Return `port` if it is free, or a free one for 0. Raises `StackError`, which names `option`, when it is taken."""
    if port == 0:
        return free_port()
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((LOOPBACK, port))
        except OSError as error:
            raise StackError(
                f"Port {port} for {for_whom} is in use: stop what listens there, or choose another with {option} "
                f"(0 picks a free one)."
            ) from error
    return port
