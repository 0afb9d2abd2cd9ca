"""The table of the local stack's parts: what `groundswell up` starts, and how each is known to be ready."""

import os
import sys
from collections.abc import Mapping
from functools import partial
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

from services.stack.errors import StackError
from services.stack.files import webhooks_key
from services.stack.kafka import Broker, prepare, start_command
from services.stack.options import StackOptions
from services.stack.part import Part, Plan
from services.stack.ports import claim, free_port

# -P: the folder where somebody stands is not searched for our modules.
PYTHON = (sys.executable, "-P", "-m")


def local_plan(options: StackOptions) -> Plan:
    """Kafka, ClickHouse, the projector, the sagas and the API. Raises `StackError` when a port is taken.

    Where `KAFKA_BOOTSTRAP_SERVERS` or `CLICKHOUSE_URL` is set, that one is used, and none is started.
    """
    data = options.data
    kafka, bootstrap = _kafka(data, options.kafka_port, os.environ)
    clickhouse, clickhouse_url = _clickhouse(data, options.clickhouse_port, os.environ)
    api_port = claim(options.port, for_whom="the API", option="--port")
    projector_port = free_port()
    sagas_port = free_port()
    env = {
        "KAFKA_BOOTSTRAP_SERVERS": bootstrap,
        "CLICKHOUSE_URL": clickhouse_url,
        "GROUNDSWELL_DATA": str(data),
        "GROUNDSWELL_API_PORT": str(api_port),
        "GROUNDSWELL_PROJECTOR_PORT": str(projector_port),
        "GROUNDSWELL_SAGAS_PORT": str(sagas_port),
        "GROUNDSWELL_WEBHOOKS_KEYS": os.environ.get("GROUNDSWELL_WEBHOOKS_KEYS") or webhooks_key(data),
    }
    projector = Part(
        name="projector",
        command=(*PYTHON, "services.projector"),
        env=env,
        health=f"http://127.0.0.1:{projector_port}/health/ready",
        needs=("kafka", "clickhouse"),
    )
    sagas = Part(
        name="sagas",
        command=(*PYTHON, "services.sagas"),
        env=env,
        health=f"http://127.0.0.1:{sagas_port}/health/ready",
        needs=("kafka",),
    )
    api = Part(
        name="api",
        command=(*PYTHON, "api"),
        env=env,
        health=f"http://127.0.0.1:{api_port}/health/ready",
        needs=("kafka", "clickhouse"),
    )
    return Plan(
        parts=(kafka, clickhouse, projector, sagas, api),
        api=f"http://127.0.0.1:{api_port}",
        clickhouse=clickhouse_url,
        kafka=bootstrap,
    )


def _kafka(data: Path, port: int, environment: Mapping[str, str]) -> tuple[Part, str]:
    given = environment.get("KAFKA_BOOTSTRAP_SERVERS")
    if given:
        first = given.split(",")[0].strip()
        return Part(name="kafka", health=_checked(f"tcp://{first}", "KAFKA_BOOTSTRAP_SERVERS")), given
    port = claim(port, for_whom="Kafka", option="--kafka-port")
    broker = Broker(data / "kafka", port, free_port())
    part = Part(
        name="kafka",
        command=start_command(broker),
        folder=broker.folder,
        prepare=partial(prepare, broker),
        health=f"kafka://{broker.bootstrap}",
    )
    return part, broker.bootstrap


def _clickhouse(data: Path, port: int, environment: Mapping[str, str]) -> tuple[Part, str]:
    given = environment.get("CLICKHOUSE_URL")
    if given:
        parts = urlsplit(given)
        return Part(name="clickhouse", health=urlunsplit((parts.scheme, parts.netloc, "/ping", "", ""))), given
    port = claim(port, for_whom="ClickHouse", option="--clickhouse-port")
    folder = data / "clickhouse"
    part = Part(
        name="clickhouse",
        command=(*PYTHON, "services.clickhouse", "--path", str(folder), "--port", str(port)),
        health=f"http://127.0.0.1:{port}/ping",
    )
    return part, f"http://127.0.0.1:{port}"


def _checked(url: str, variable: str) -> str:
    try:
        sound = urlsplit(url).port is not None
    except ValueError:
        sound = False
    if not sound:
        raise StackError(f"{variable} must be HOST:PORT, or several with commas between.")
    return url
