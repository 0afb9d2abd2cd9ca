"""Asking a part of the stack whether it can work."""

import asyncio
from collections.abc import Awaitable, Callable
from urllib.parse import urlsplit

import httpx
from aiokafka.client import AIOKafkaClient
from aiokafka.errors import KafkaError

HealthCheck = Callable[[], Awaitable[bool]]

ANSWER_SECONDS = 3.0


async def healthy(url: str) -> bool:
    """Ask the part that `url` stands for, in one of the forms that `Part.health` names."""
    parsed = urlsplit(url)
    if parsed.scheme in {"http", "https"}:
        return await http_ok(url)
    if parsed.hostname is None or parsed.port is None:
        raise ValueError(f"a health check needs a host and a port: {url!r}")
    if parsed.scheme == "kafka":
        return await kafka_serves(parsed.port)
    return await port_open(parsed.port, parsed.hostname)


async def port_open(port: int, host: str = "127.0.0.1") -> bool:
    """Whether something accepts connections at `port`."""
    try:
        _, writer = await asyncio.wait_for(asyncio.open_connection(host, port), ANSWER_SECONDS)
    except (OSError, TimeoutError):
        return False
    writer.close()
    return True


async def kafka_serves(port: int) -> bool:
    """Whether the broker at `port` is among the living ones of its cluster (later than its port being open)."""
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
        # Certificates are read for what needs them only: that takes 17 ms each time.
        async with httpx.AsyncClient(
            timeout=ANSWER_SECONDS, trust_env=False, verify=url.startswith("https:")
        ) as client:
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
