"""A part of the stack, as data: the list of parts is a table."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

from services.stack.options import StackOptions

State = Literal["waiting", "starting", "ready", "restarting", "failed", "stopped"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """One process of the stack, or one that runs elsewhere (`command` is empty) and is only waited for.

    `health` is asked until it says yes: `http://...` must answer 2xx, `kafka://127.0.0.1:PORT` must be a living broker,
    `tcp://HOST:PORT` must accept a connection. `prepare` runs, in a thread, before each start.
    """

    name: str
    health: str
    command: Sequence[str] = ()
    env: Mapping[str, str] = field(default_factory=dict)
    needs: tuple[str, ...] = ()
    folder: Path | None = None
    prepare: Callable[[], None] | None = None
    start_seconds: float = 120.0
    stop_seconds: float = 20.0

    @property
    def external(self) -> bool:
        """Whether somebody else runs it."""
        return not self.command


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """The parts, in the order of starting, and the addresses that clients are told."""

    parts: tuple[Part, ...]
    api: str
    clickhouse: str
    kafka: str


Planner = Callable[[StackOptions], Plan]
