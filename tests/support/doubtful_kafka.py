"""A broker with two ways to it: its own address, and one behind a doubtful network, which it advertises there."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from services.stack.kafka import Broker
from services.stack.ports import free_port
from tests.support.doubtful_proxy import DoubtfulProxy
from tests.support.kafka import KafkaProcess


@contextmanager
def doubtful_kafka(folder: Path, proxy: DoubtfulProxy) -> Iterator[KafkaProcess]:
    """Start a broker; who connects to the proxy stays behind it, for the broker names no other address there."""
    port, controller_port, proxy.target_port = free_port(), free_port(), free_port()
    local = "127.0.0.1"
    properties = {
        "listeners": (
            f"PLAINTEXT://{local}:{port},DOUBTFUL://{local}:{proxy.target_port},CONTROLLER://{local}:{controller_port}"
        ),
        "advertised.listeners": f"PLAINTEXT://{local}:{port},DOUBTFUL://{local}:{proxy.port}",
        "listener.security.protocol.map": "PLAINTEXT:PLAINTEXT,DOUBTFUL:PLAINTEXT,CONTROLLER:PLAINTEXT",
    }
    broker = KafkaProcess(Broker(folder, port, controller_port, properties=properties))
    broker.restart()
    try:
        yield broker
    finally:
        broker.kill()
