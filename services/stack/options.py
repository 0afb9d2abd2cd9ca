"""What the local stack is asked to be."""

from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True, kw_only=True)
class StackOptions:
    """Where the stack keeps everything (`data`) and the ports that it listens on; 0 is a free one."""

    data: Path = Path(".groundswell")
    port: int = 8000
    kafka_port: int = 9092
    clickhouse_port: int = 8123
