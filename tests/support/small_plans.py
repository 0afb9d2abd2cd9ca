"""Plans of small stacks, by name, for the supervisor's tests."""

import dataclasses
import sys
from functools import partial
from pathlib import Path

from services.stack.kafka import Broker, prepare, start_command
from services.stack.local import local_plan
from services.stack.options import StackOptions
from services.stack.part import Part, Plan
from services.stack.ports import claim, free_port

PROGRAM = Path(__file__).with_name("small_part.py")


def small_part(name: str, port: int, *options: str, needs: tuple[str, ...] = (), stop_seconds: float = 20) -> Part:
    return Part(
        name=name,
        command=(sys.executable, str(PROGRAM), str(port), *options),
        health=f"http://127.0.0.1:{port}/health/ready",
        needs=needs,
        stop_seconds=stop_seconds,
    )


def two_parts(options: StackOptions) -> Plan:
    """`store`, and `web` that needs it."""
    web = claim(options.port, for_whom="the API", option="--port")
    store = free_port()
    return Plan(
        parts=(small_part("store", store), small_part("web", web, needs=("store",))),
        api=f"http://127.0.0.1:{web}",
        clickhouse=f"http://127.0.0.1:{store}",
        kafka="127.0.0.1:1",
    )


def kafka_and_web(options: StackOptions) -> Plan:
    """The real Kafka, and `web` that needs it."""
    broker = Broker(
        options.data / "kafka", claim(options.kafka_port, for_whom="Kafka", option="--kafka-port"), free_port()
    )
    kafka = Part(
        name="kafka",
        command=start_command(broker),
        folder=broker.folder,
        prepare=partial(prepare, broker),
        health=f"kafka://{broker.bootstrap}",
    )
    web = free_port()
    return Plan(
        parts=(kafka, small_part("web", web, needs=("kafka",))),
        api=f"http://127.0.0.1:{web}",
        clickhouse="http://127.0.0.1:1",
        kafka=broker.bootstrap,
    )


def engines(options: StackOptions) -> Plan:
    """Kafka and ClickHouse as the local stack has them, without what stands on them."""
    plan = local_plan(options)
    return dataclasses.replace(plan, parts=plan.parts[:2])


def one_that_dies(options: StackOptions) -> Plan:
    return _one("dies", "--dies")


def one_that_is_deaf(options: StackOptions) -> Plan:
    return _one("deaf", "--deaf")


def _one(name: str, option: str) -> Plan:
    port = free_port()
    part = small_part(name, port, option, stop_seconds=0.3)
    return Plan(parts=(part,), api=f"http://127.0.0.1:{port}", clickhouse="http://127.0.0.1:1", kafka="127.0.0.1:1")
