"""What a rebuild does not wait for, or leave out, as the projector does: it stops there, and says why."""

from collections.abc import Mapping, Sequence

from clickhouse_connect.driver.exceptions import Error

from events.position import Partition
from projections.fold import Row
from projections.table import Table
from services.projector.ports import DeadLetter, Progress, ServiceAway, View

NOT_ENOUGH_SPACE = 243
_NO_SPACE_LEFT = "no space left"


class RebuildStopped(Exception):  # noqa: N818 - an outcome
    """The rebuild cannot go on; the message is one line that says why, and what to do."""


class RebuildRefused(RebuildStopped):
    """The rebuild does not begin; nothing was touched."""


class ImpatientView:
    """A view whose full disk is not waited for."""

    def __init__(self, view: View) -> None:
        self._view = view

    def insert(self, table: Table, rows: Sequence[Row], token: str) -> None:
        """See `ports.View`.

        Raises:
            RebuildStopped: if ClickHouse's disk is full.
        """
        try:
            self._view.insert(table, rows, token)
        except ServiceAway as error:
            raise _judged(error) from error

    def write_progress(self, progress: Sequence[Progress]) -> None:
        """See `ports.View`, and `insert`."""
        try:
            self._view.write_progress(progress)
        except ServiceAway as error:
            raise _judged(error) from error

    def read_progress(self, partitions: Sequence[Partition]) -> Mapping[Partition, Progress]:
        """See `ports.View`."""
        return self._view.read_progress(partitions)


class NoDeadLetters:
    """A strict runner stops at the first record that it cannot read: there is nothing to keep."""

    def put(self, letters: Sequence[DeadLetter]) -> None:
        """Nothing: what is refused here was refused, and kept, before."""


def explained(error: Exception, state: str) -> str:
    """What a worker says of an error that nobody foresaw: of a full disk under its state, what to do."""
    if _NO_SPACE_LEFT in str(error).lower():
        return f"the disk is full under {state}: make room there"
    return f"this is a defect, please report it: {type(error).__name__}: {error}"


def _judged(error: ServiceAway) -> Exception:
    cause = error.__cause__
    if isinstance(cause, Error) and cause.code == NOT_ENOUGH_SPACE:
        return RebuildStopped("ClickHouse's disk is full: make room there")
    return error
