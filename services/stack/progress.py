"""Showing how the parts come up: a line each, which moves on a terminal and is printed elsewhere."""

from typing import Protocol

from rich.console import Console
from rich.live import Live
from rich.spinner import Spinner
from rich.table import Table
from rich.text import Text

from services.stack.part import State

MARKS = {"ready": "✓", "failed": "✗"}
MOVING: frozenset[State] = frozenset({"starting", "restarting"})


class Progress(Protocol):
    """Somebody who wants to see it."""

    def show(self, name: str, state: State, seconds: float) -> None:
        """A part has come into a state; `seconds` is how long it took to be ready."""

    def done(self) -> None:
        """All are ready, or it failed: leave the terminal to others."""


class Silent:
    """Nobody looks."""

    def show(self, name: str, state: State, seconds: float) -> None:
        """Show nothing."""

    def done(self) -> None:
        """Leave nothing."""


class Lines:
    """Shows on a console, standard error by default: a moving table until `done`, plain lines after it."""

    def __init__(self, console: Console | None = None) -> None:
        self._console = console or Console(stderr=True, highlight=False)
        self._parts: dict[str, tuple[State, float]] = {}
        self._spinners: dict[str, Spinner] = {}
        self._live = Live(console=self._console, get_renderable=self._table) if self._console.is_terminal else None

    def show(self, name: str, state: State, seconds: float) -> None:
        """Show it, unless that is what was shown last."""
        if self._parts.get(name) == (state, seconds):
            return
        self._parts[name] = (state, seconds)
        if self._live is None:
            if state != "waiting":
                self._console.print(f"{name:<12}{describe(state, seconds)}")
        elif not self._live.is_started:
            self._live.start()

    def done(self) -> None:
        """Stop moving; the table stays as it is."""
        if self._live is not None:
            self._live.stop()
            self._live = None

    def _table(self) -> Table:
        table = Table.grid(padding=(0, 2))
        for name, (state, seconds) in self._parts.items():
            spinner = self._spinners.setdefault(name, Spinner("dots"))
            mark = spinner if state in MOVING else Text(MARKS.get(state, "·"))
            table.add_row(mark, name, describe(state, seconds))
        return table


def describe(state: str, seconds: float) -> str:
    """A state in words."""
    return f"ready in {seconds:.1f} s" if state == "ready" else state
