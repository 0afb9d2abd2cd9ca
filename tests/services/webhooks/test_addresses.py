"""Which addresses webhooks may reach, and what a request that may not comes to."""

import socket

import aiohttp
import pytest

from services.webhooks.addresses import is_public
from services.webhooks.sender import Sender
from services.webhooks.settings import DeliverySettings
from tests.support.receiver import Path, Receiver

PRIVATE = [
    "127.0.0.1", "127.255.255.254", "0.0.0.0", "10.1.2.3", "172.16.0.1", "172.31.255.255", "192.168.1.1",
    "169.254.169.254", "100.64.0.1", "192.0.0.1", "198.18.0.1", "224.0.0.1", "239.1.1.1", "240.0.0.1",
    "255.255.255.255", "192.0.2.1", "::1", "::", "fe80::1", "fe80::1%eth0", "fc00::1", "fd12:3456::1", "ff02::1",
    "::ffff:127.0.0.1", "::ffff:10.0.0.1", "::ffff:169.254.169.254", "::127.0.0.1", "64:ff9b::7f00:1",
    "64:ff9b::a9fe:a9fe", "64:ff9b:1::1", "2002:7f00:1::", "2002:a9fe:a9fe::1", "2001:db8::1", "2001::1",
    "not an address", "",
]  # fmt: skip
PUBLIC = ["93.184.216.34", "8.8.8.8", "2606:2800:220:1:248:1893:25c8:1946", "::ffff:8.8.8.8", "64:ff9b::808:808"]


@pytest.mark.parametrize("address", PRIVATE)
def test_not_public(address: str) -> None:
    assert not is_public(address)


@pytest.mark.parametrize("address", PUBLIC)
def test_public(address: str) -> None:
    assert is_public(address)


class Names(aiohttp.abc.AbstractResolver):
    """Says that every name is this machine."""

    def __init__(self) -> None:
        self.asked = 0

    async def resolve(self, host: str, port: int = 0, family: int = socket.AF_INET) -> list:
        self.asked += 1
        return [{"hostname": host, "host": "127.0.0.1", "port": port, "family": socket.AF_INET, "proto": 0, "flags": 0}]

    async def close(self) -> None:
        pass


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "[::1]", "[::ffff:127.0.0.1]", "0x7f.1", "127.1"])
async def test_no_request_reaches_this_machine(receiver: Receiver, path: Path, host: str) -> None:
    port = path.url.split(":")[2].split("/")[0]
    async with Sender(DeliverySettings(timeout_seconds=5), allow_private=False) as sender:
        answer = await sender.send(f"https://{host}:{port}/{path.url.rpartition('/')[2]}", {}, b"{}")
    assert answer.outcome == "failed"
    assert "no public address" in answer.reason or "not a canonical" in answer.reason, answer
    assert path.received == []


async def test_a_name_that_stands_for_this_machine_is_caught_where_it_connects(path: Path) -> None:
    """Whatever a look-up said a moment before: there is none but the one that is connected to."""
    async with Sender(DeliverySettings(timeout_seconds=5), allow_private=False) as sender:
        assert sender._session is not None
        connector = sender._session.connector
        assert isinstance(connector, aiohttp.TCPConnector)
        names = connector._resolver = Names()
        answer = await sender.send("https://rebound.example.com/in", {}, b"{}")
    assert names.asked == 1
    assert answer.reason == "the receiver has no public address"


async def test_http_is_refused_before_anything_is_asked(path: Path) -> None:
    async with Sender(DeliverySettings(timeout_seconds=5), allow_private=False) as sender:
        answer = await sender.send(path.url, {}, b"{}")
    assert "https://" in answer.reason
    assert path.received == []


async def test_an_answer_without_an_end_takes_no_memory_and_no_time(path: Path) -> None:
    """Its head says that it was taken; its body is not read."""
    path.behave = lambda _: 500
    async with Sender(DeliverySettings(timeout_seconds=5), allow_private=True) as sender:
        answer = await sender.send(path.url, {"webhook-id": "m"}, b"{}")
    assert (answer.outcome, answer.status) == ("failed", 500)
