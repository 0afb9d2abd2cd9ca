"""Asking a part of the stack whether it can work."""

import asyncio
from collections.abc import Awaitable, Callable

import httpx
from aiokafka.client import AIOKafkaClient
from aiokafka.errors import KafkaError

HealthCheck = Callable[[], Awaitable[bool]]

ANSWER_SECONDS = 3.0


async def port_open(port: int) -> bool:
    """Whether something on 127.0.0.1 accepts connections at `port`."""
    try:
        _, writer = await asyncio.wait_for(asyncio.open_connection("127.0.0.1", port), ANSWER_SECONDS)
    except (OSError, TimeoutError):
        return False
    writer.close()
    return True


async def kafka_serves(port: int) -> bool:
    """Whether the broker at `port` counts itself among the cluster's living brokers (later than its port being open)."""
    if not await port_open(port):
        return False
    client = AIOKafkaClient(
        bootstrap_servers=f"127.0.0.1:{port}",
        request_timeout_ms=int(ANSWER_SECONDS * 1000),
        client_id="groundswell-health",
    )
    try:
        await client.bootstrap()
        return any(broker.port == port for broker in client.cluster.brokers())
    except (KafkaError, OSError, TimeoutError):
        return False
    finally:
        await client.close()


async def http_ok(url: str) -> bool:
    """Whether `url` answers with a success."""
    try:
        async with httpx.AsyncClient(timeout=ANSWER_SECONDS, trust_env=False) as client:
            return (await client.get(url)).is_success
    except (httpx.HTTPError, OSError):
        return False


async def wait_until(check: HealthCheck, *, seconds: float, every: float = 0.05) -> bool:
    """Ask until the answer is yes; False when it wasn't within `seconds`."""
    loop = asyncio.get_running_loop()
    end = loop.time() + seconds
    while not await check():
        if loop.time() >= end:
            return False
        await asyncio.sleep(every)
    return True
