"""Which installation a command talks to: the local stack of a folder, or what the settings say."""

import os
import socket
from pathlib import Path
from typing import TYPE_CHECKING, Annotated
from urllib.parse import urlsplit

import typer

from services.cli.errors import CliError

if TYPE_CHECKING:
    from events.domain.webhooks.settings import WebhookSettings
    from events.settings import KafkaSettings
    from projections.clickhouse.settings import ClickHouseSettings
    from services.stack.files import Stack

DEFAULT_DATA = Path(".groundswell")
CONNECT_SECONDS = 3.0

Data = Annotated[
    Path | None,
    typer.Option(
        "--data",
        help="The data folder of the local stack to talk to. Default: KAFKA_BOOTSTRAP_SERVERS and CLICKHOUSE_URL "
        "where they are set, else the stack in .groundswell.",
        envvar="GROUNDSWELL_DATA",
        show_default=False,
    ),
]
Workspace = Annotated[str, typer.Option("--workspace", "-w", help="The workspace.", envvar="GROUNDSWELL_WORKSPACE")]
Json = Annotated[bool, typer.Option("--json", help="Print JSON.")]


def kafka(data: Path | None) -> "KafkaSettings":
    """Where Kafka is; `CliError` when nothing listens there."""
    from events.settings import KafkaSettings

    stack = _stack(data, "KAFKA_BOOTSTRAP_SERVERS")
    settings = KafkaSettings() if stack is None else KafkaSettings(bootstrap_servers=stack.kafka)
    servers = [server.strip() for server in settings.bootstrap_servers.split(",")]
    if not any(_listens(*_host_and_port(server)) for server in servers):
        raise CliError(
            f"nothing listens at {settings.bootstrap_servers}, where Kafka should be: start the stack with "
            "groundswell up, or say where it is with --data or KAFKA_BOOTSTRAP_SERVERS"
        )
    return settings


def clickhouse(data: Path | None) -> "ClickHouseSettings":
    """Where ClickHouse is; `CliError` when nothing listens there."""
    from projections.clickhouse.settings import ClickHouseSettings

    stack = _stack(data, "CLICKHOUSE_URL")
    settings = ClickHouseSettings() if stack is None else ClickHouseSettings(url=stack.clickhouse)
    options = settings.client_options()
    if not _listens(options["host"], options["port"]):
        raise CliError(
            f"nothing listens at {options['host']}:{options['port']}, where ClickHouse should be: start the stack with "
            "groundswell up, or say where it is with --data or CLICKHOUSE_URL"
        )
    return settings


def webhooks(data: Path | None) -> "WebhookSettings":
    """The keys that secrets of webhooks follow from: those of the local stack, where that is what is talked to."""
    from events.domain.webhooks.settings import WebhookSettings
    from services.stack.files import webhooks_key

    settings = WebhookSettings()
    if settings.by_name() or _stack(data, "KAFKA_BOOTSTRAP_SERVERS") is None:
        return settings
    return WebhookSettings.model_validate(
        {"keys": webhooks_key(data or DEFAULT_DATA), "allow_private": settings.allow_private}
    )


def _stack(data: Path | None, variable: str) -> "Stack | None":
    """The stack to talk to; None where the settings say."""
    from services.stack.files import read_stack

    if data is None:
        return None if os.environ.get(variable) else read_stack(DEFAULT_DATA)
    stack = read_stack(data)
    # GROUNDSWELL_DATA is also where a projector of a production installation keeps its state: no stack need be there.
    said_by_the_way = str(data) == os.environ.get("GROUNDSWELL_DATA") and os.environ.get(variable)
    if stack is None and not said_by_the_way:
        raise CliError(f"no stack is running in {data}: start it with groundswell up --data {data}")
    return stack


def _host_and_port(server: str) -> tuple[str, int]:
    try:
        parts = urlsplit(f"//{server}")
        host, port = parts.hostname, parts.port
    except ValueError:
        host, port = None, None
    if host is None or port is None:
        raise CliError(f"KAFKA_BOOTSTRAP_SERVERS must be HOST:PORT, or several with commas; it is {server!r}")
    return host, port


def _listens(host: str, port: int) -> bool:
    try:
        with socket.create_connection((host, port), CONNECT_SECONDS):
            return True
    except OSError:
        return False
