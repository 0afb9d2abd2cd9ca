"""A port that is given out is free for the one that asked, and for nobody who asks for any."""

import socket

import pytest

from services.stack.errors import StackError
from services.stack.ports import claim, free_port


def test_nobody_else_is_given_a_port_before_its_server_listens() -> None:
    port = free_port()
    with socket.socket() as other, pytest.raises(OSError, match="in use"):
        other.bind(("127.0.0.1", port))
    assert claim(port, for_whom="a part", option="--port") == port
    with socket.create_server(("127.0.0.1", port)):
        pass


def test_nothing_listens_there() -> None:
    with pytest.raises(ConnectionRefusedError):
        socket.create_connection(("127.0.0.1", free_port()))


def test_a_port_that_is_taken_is_refused_by_name() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
        with pytest.raises(StackError, match=rf"Port {port} for a part is in use: .*--port"):
            claim(port, for_whom="a part", option="--port")
