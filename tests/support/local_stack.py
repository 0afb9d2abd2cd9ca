"""A whole local stack for tests, started and asked through the command line as people do."""

import io
import os
import subprocess
import sys
from collections.abc import Mapping
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from unittest.mock import patch

import httpx
import msgspec

from events.settings import KafkaSettings
from projections.clickhouse.settings import ClickHouseSettings
from services.cli.lag import wait_until_folded
from services.cli.program import run
from services.stack.files import Stack, read_stack

COMMAND = (sys.executable, "-m", "services.cli")
READY_SECONDS = 240
OURS = ("KAFKA_", "CLICKHOUSE_", "GROUNDSWELL_")


def clean_environment() -> dict[str, str]:
    """The environment without what says where services are; output as to a pipe, whoever runs the tests."""
    return {name: value for name, value in os.environ.items() if not name.startswith(OURS)}


def groundswell(
    *arguments: object,
    stdin: str | bytes = b"",
    seconds: float = 120,
    cwd: Path | None = None,
    env: Mapping[str, str] | None = None,
) -> "subprocess.CompletedProcess[str]":
    """Run a command to its end."""
    done = subprocess.run(
        [*COMMAND, *map(str, arguments)],
        input=stdin.encode() if isinstance(stdin, str) else stdin,
        capture_output=True,
        env={**clean_environment(), **(env or {})},
        timeout=seconds,
        cwd=cwd,
        check=False,
    )
    return subprocess.CompletedProcess(done.args, done.returncode, done.stdout.decode(), done.stderr.decode())


@dataclass(frozen=True)
class LocalStack:
    """A running stack: its folder, its addresses and keys, and what `groundswell up` printed."""

    data: Path
    welcome: str

    @classmethod
    def start(cls, data: Path) -> "LocalStack":
        ports = ("--port", 0, "--kafka-port", 0, "--clickhouse-port", 0)
        done = groundswell("up", "--detach", "--data", data, *ports, seconds=READY_SECONDS)
        assert done.returncode == 0, done.stderr
        return cls(data, done.stdout)

    def stop(self) -> None:
        groundswell("down", "--data", self.data)

    @property
    def stack(self) -> Stack:
        stack = read_stack(self.data)
        assert stack is not None
        return stack

    def run(self, *arguments: object, stdin: str | bytes = b"") -> "subprocess.CompletedProcess[str]":
        """Run a command on this stack, within this process: starting one costs more than most commands."""
        command = [*map(str, arguments), "--data", str(self.data)]
        streams = [_stream(stdin.encode() if isinstance(stdin, str) else stdin), _stream(), _stream()]
        with ExitStack() as patches:
            patches.enter_context(patch.dict(os.environ, clean_environment(), clear=True))
            for name, stream in zip(("stdin", "stdout", "stderr"), streams, strict=True):
                patches.enter_context(patch.object(sys, name, stream))
            code = run(command)
        out, err = (_text(stream) for stream in streams[1:])
        return subprocess.CompletedProcess(command, code, out, err)

    def sql(self, query: str) -> list[tuple[object, ...]]:
        """The rows that ClickHouse answers."""
        answer = httpx.post(
            self.stack.clickhouse,
            params={"default_format": "JSONCompactEachRow", "output_format_json_quote_64bit_integers": 0},
            content=query,
            trust_env=False,
        )
        assert answer.is_success, answer.text
        return [tuple(msgspec.json.decode(line)) for line in answer.text.splitlines()]

    def wait_folded(self, seconds: float = 60) -> None:
        """Return when the projections have folded all that is on the log."""
        stack = self.stack
        kafka = KafkaSettings(KAFKA_BOOTSTRAP_SERVERS=stack.kafka)
        assert wait_until_folded(kafka, ClickHouseSettings(CLICKHOUSE_URL=stack.clickhouse), seconds=seconds) == {}


def _stream(content: bytes = b"") -> io.TextIOWrapper:
    return io.TextIOWrapper(io.BytesIO(content), encoding="utf-8", write_through=True)


def _text(stream: io.TextIOWrapper) -> str:
    buffer = stream.buffer
    assert isinstance(buffer, io.BytesIO)
    return buffer.getvalue().decode()
