"""Printing: tables for people, JSON for programs, and what happens meanwhile on standard error."""

import logging
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Literal

import typer

if TYPE_CHECKING:
    from services.importers.progress import Progress


PIPE_WIDTH = 160


def print_json(value: object) -> None:
    """One JSON document, indented."""
    import msgspec

    typer.echo(msgspec.json.format(msgspec.json.encode(value), indent=2).decode())


def print_json_line(value: object) -> None:
    """One JSON value on a line of its own."""
    import msgspec

    typer.echo(msgspec.json.encode(value).decode())


def print_table(
    columns: Sequence[str], rows: Sequence[Sequence[object]], *, numbers: Sequence[str] = (), shorten: bool = False
) -> None:
    """A table; the columns named in `numbers` are set to the right. What it holds is text, never markup.

    What is too wide goes over several lines, or is cut with `shorten`. A pipe is wide.
    """
    from rich import box
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    table = Table(box=box.SIMPLE_HEAD, pad_edge=False)
    for name in columns:
        right = name in numbers
        overflow: Literal["ellipsis", "fold"] = "ellipsis" if shorten else "fold"
        table.add_column(name, justify="right" if right else "left", no_wrap=right or shorten, overflow=overflow)
    for row in rows:
        table.add_row(*(Text(printable(str(cell))) for cell in row))
    Console(highlight=False, width=output_width()).print(table)


def output_width() -> int:
    """How many characters a line has."""
    from rich.console import Console

    console = Console()
    return console.width if console.is_terminal else PIPE_WIDTH


def printable(text: str) -> str:
    """The text without what would steer a terminal: whoever wrote it need not be a friend."""
    return "".join(character if character.isprintable() else "\N{REPLACEMENT CHARACTER}" for character in text)


@contextmanager
def watched() -> Iterator["Progress"]:
    """A progress bar on standard error, where that is a terminal."""
    from rich.console import Console
    from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn, TimeElapsedColumn

    columns = (TextColumn("{task.description}"), BarColumn(), TaskProgressColumn(), TimeElapsedColumn())
    console = Console(stderr=True)
    with Progress(*columns, console=console, disable=not console.is_terminal) as bars:
        yield _Bars(bars)


def log_to_stderr(*, errors_only: bool = False) -> None:
    """Let people see why something waits, or machines, where the log is to be JSON. Libraries' own words stay out."""
    from events.logs import JsonFormatter, LogSettings

    handler = logging.StreamHandler()
    as_json = LogSettings().format == "json"
    handler.setFormatter(JsonFormatter("groundswell") if as_json else logging.Formatter("%(message)s"))
    logging.basicConfig(level=logging.ERROR if errors_only else logging.WARNING, handlers=[handler])
    for library in ("aiokafka", "asyncio", "eventsourcing"):
        logging.getLogger(library).setLevel(logging.CRITICAL)


class _Bars:
    def __init__(self, bars: "_RichProgress") -> None:
        self._bars = bars

    def begin(self, what: str, total: int | None) -> None:
        """Add a bar."""
        self._task = self._bars.add_task(what, total=total)

    def advance(self, steps: int) -> None:
        """Move the last bar."""
        self._bars.advance(self._task, steps)


if TYPE_CHECKING:
    from rich.progress import Progress as _RichProgress
