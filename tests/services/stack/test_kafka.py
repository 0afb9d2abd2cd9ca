"""Kafka as the stack runs it: the real broker, stopped, killed and started again."""

import asyncio
import os
import signal
from pathlib import Path

import pytest
from aiokafka import AIOKafkaConsumer, AIOKafkaProducer
from aiokafka.admin import AIOKafkaAdminClient, NewTopic
from aiokafka.errors import KafkaError

from services.stack import StackOptions, down, status, up_detached
from services.stack.health import kafka_serves, port_open, wait_until
from services.stack.kafka import Broker, prepare
from services.stack.ports import free_port
from tests.support.kafka import KafkaProcess
from tests.support.small_plans import kafka_and_web

TOPIC = "kept"


async def produce(bootstrap: str, *values: bytes) -> None:
    async with AIOKafkaProducer(bootstrap_servers=bootstrap, acks="all") as producer:
        for value in values:
            await producer.send_and_wait(TOPIC, value)


async def create_topic(bootstrap: str) -> None:
    admin = AIOKafkaAdminClient(bootstrap_servers=bootstrap)
    await admin.start()
    await admin.create_topics([NewTopic(TOPIC, 1, 1)])
    await admin.close()


async def consume(bootstrap: str, count: int) -> list[bytes]:
    async with AIOKafkaConsumer(TOPIC, bootstrap_servers=bootstrap, auto_offset_reset="earliest") as consumer:
        return [(await asyncio.wait_for(consumer.getone(), 30)).value for _ in range(count)]


async def test_data_outlives_a_stop_and_a_kill(tmp_path: Path) -> None:
    kafka = KafkaProcess.start(tmp_path / "kafka with a späce, and a comma")
    try:
        await create_topic(kafka.bootstrap)
        await produce(kafka.bootstrap, b"one")
        kafka.stop()
        assert not await port_open(kafka.broker.port)
        kafka.restart()
        await produce(kafka.bootstrap, b"two")
        kafka.kill()
        kafka.restart(wait=False)
        await asyncio.to_thread(kafka.wait_ready)
        await produce(kafka.bootstrap, b"three")
        assert await consume(kafka.bootstrap, 3) == [b"one", b"two", b"three"]
    finally:
        kafka.kill()


async def test_a_topic_does_not_come_into_being_by_itself(kafka: KafkaProcess) -> None:
    async with AIOKafkaProducer(bootstrap_servers=kafka.bootstrap, request_timeout_ms=500) as producer:
        with pytest.raises((TimeoutError, KafkaError)):
            await asyncio.wait_for(producer.send_and_wait("typing-error", b"x"), 5)


def test_formatting_happens_once(tmp_path: Path) -> None:
    broker = Broker(tmp_path, free_port(), free_port())
    prepare(broker)
    identity = (broker.log_folder / "meta.properties").read_text()
    prepare(broker)
    assert (broker.log_folder / "meta.properties").read_text() == identity
    assert sorted(path.name for path in tmp_path.iterdir()) == ["log", "server.properties"]


async def test_stack_keeps_its_log_over_kills_of_broker_and_supervisor(tmp_path: Path) -> None:
    data = tmp_path / "data"
    options = StackOptions(data=data, port=0, kafka_port=0, clickhouse_port=0)
    try:
        stack = await asyncio.to_thread(up_detached, options, planner=kafka_and_web)
        await create_topic(stack.kafka)
        await produce(stack.kafka, b"one")
        os.kill(stack.pids["kafka"], signal.SIGKILL)
        port = int(stack.kafka.rpartition(":")[2])
        assert await wait_until(lambda: kafka_serves(port), seconds=60)
        await produce(stack.kafka, b"two")
        os.kill(stack.pids["supervisor"], signal.SIGKILL)
        stack = await asyncio.to_thread(up_detached, options, planner=kafka_and_web)
        assert await consume(stack.kafka, 2) == [b"one", b"two"]
        parts = await asyncio.to_thread(status, data)
        assert {part.name: part.health for part in parts} == {"supervisor": "ok", "kafka": "ok", "web": "ok"}
    finally:
        await asyncio.to_thread(down, data)
