"""What somebody sees of a rebuild, on standard error: a moving table on a terminal, a line now and then elsewhere."""

import time
from types import TracebackType
from typing import TYPE_CHECKING, Self

import typer

from services.cli.output import printable

if TYPE_CHECKING:
    from rich.table import Table

    from services.rebuild.choice import Choice
    from services.rebuild.standing import Stand, Standing

LINE_SECONDS = 5.0
DRAWS_A_SECOND = 4


class RebuildWatch:
    """A `services.rebuild.rebuild.Watch`, to be used in a `with`."""

    def __init__(self) -> None:
        from rich.console import Console
        from rich.live import Live

        self._standing: Standing | None = None
        self._title = ""
        self._line_due = 0.0
        self._console = Console(stderr=True, highlight=False)
        self._live = Live(console=self._console, refresh_per_second=DRAWS_A_SECOND, get_renderable=self._table)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._live.stop()

    def chosen(self, choice: "Choice", standing: "Standing") -> None:
        """Say what is built."""
        self._standing, self._title = standing, choice.generation.title
        how = "in place, as nothing is in it" if choice.in_place else "beside the live one"
        self.said(f"{self._title}: {'going on' if choice.goes_on else 'building it'} {how}")
        if self._console.is_terminal:
            self._live.start()
        self._line_due = time.monotonic() + LINE_SECONDS

    def came(self) -> None:
        """Show how far it is, where that does not draw itself."""
        if self._console.is_terminal or self._standing is None or time.monotonic() < self._line_due:
            return
        self._line_due = time.monotonic() + LINE_SECONDS
        self.said(f"{self._title}: {_overall(self._standing)}")

    def said(self, text: str) -> None:
        """A line for itself, above the table."""
        if self._live.is_started:
            self._console.print(printable(text), markup=False)
        else:
            typer.echo(printable(text), err=True)

    def _table(self) -> "Table":
        from rich import box
        from rich.table import Table

        table = Table(box=box.SIMPLE_HEAD, pad_edge=False, title=self._title, title_justify="left")
        table.add_column("partition")
        for name in ("done", "records", "of", "records/s", "left"):
            table.add_column(name, justify="right", no_wrap=True)
        if (standing := self._standing) is not None:
            for (topic, partition), stand in sorted(dict(standing.partitions).items()):  # it grows meanwhile
                table.add_row(f"{topic}/{partition}", *_cells(standing, stand))
            if standing.partitions:
                table.add_section()
                table.add_row("all", *_cells(standing, None))
        return table


def _cells(standing: "Standing", stand: "Stand | None") -> tuple[str, ...]:
    left, total = (standing.left, standing.total) if stand is None else (stand.left, stand.total)
    done = total - left
    return (
        _share(done, total),
        f"{done:,}",
        f"{total:,}",
        f"{standing.rate(stand):,.0f}",
        _duration(standing.seconds_left(stand)),
    )


def _overall(standing: "Standing") -> str:
    done, total = standing.total - standing.left, standing.total
    slowest = max((standing.seconds_left(stand) or 0.0 for stand in standing.partitions.values()), default=0.0)
    return (
        f"{_share(done, total)} of {total:,} records, {standing.rate():,.0f} a second, "
        f"{_duration(max(slowest, standing.seconds_left() or 0.0))} left"
    )


def _share(done: int, total: int) -> str:
    return f"{done / total:.0%}" if total else "100%"


def _duration(seconds: float | None) -> str:
    """`1:02:03`, `2:03` or `3 s`; a dash while it is not known."""
    if seconds is None:
        return "-"
    minutes, rest = divmod(round(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    if hours:
        return f"{hours}:{minutes:02}:{rest:02}"
    return f"{minutes}:{rest:02}" if minutes else f"{rest} s"
