"""Which columns a roadmap may have, and those that it has until somebody decides otherwise."""

from collections.abc import Mapping, Sequence

from events.domain.bounds import NAME_CHARACTERS, check_id, check_line
from events.domain.refusals import Invalid
from events.domain.roadmaps.events import By, Column
from events.domain.roadmaps.targets import Target, read_target

MOST_COLUMNS = 50

BY_DEFAULT: Mapping[By, tuple[Column, ...]] = {
    "time": (
        Column(column="now", name="Now"),
        Column(column="next", name="Next"),
        Column(column="later", name="Later"),
    ),
    "status": (
        Column(column="planned", name="Planned", statuses=("planned",)),
        Column(column="in-progress", name="In progress", statuses=("in-progress",)),
        Column(column="complete", name="Complete", statuses=("complete",)),
    ),
}


def period_of(column: Column) -> Target | None:
    """The month or quarter that a column stands for, if it does."""
    return read_target(column.period) if column.period else None


def check_columns(by: By, columns: Sequence[Column]) -> None:
    """Refuse columns that no such roadmap can have.

    Raises:
        Invalid: naming the field.
    """
    if not 1 <= len(columns) <= MOST_COLUMNS:
        raise Invalid("columns", f"there must be 1 to {MOST_COLUMNS} of them")
    if len({column.column for column in columns}) < len(columns):
        raise Invalid("columns", "two of them have the same id")
    statuses = [status for column in columns for status in column.statuses]
    if len(set(statuses)) < len(statuses):
        raise Invalid("columns", "a status can stand in one column only")
    for place, column in enumerate(columns):
        check_id(f"columns.{place}.column", column.column)
        check_line(f"columns.{place}.name", column.name, least=1, most=NAME_CHARACTERS)
        _check_kind(f"columns.{place}", by, column)


def _check_kind(field: str, by: By, column: Column) -> None:
    if by == "status" and not column.statuses:
        raise Invalid(f"{field}.statuses", "a column of a roadmap by status needs at least one")
    if by == "status" and column.period:
        raise Invalid(f"{field}.period", "a column of a roadmap by status is no period")
    if by == "time" and column.statuses:
        raise Invalid(f"{field}.statuses", "a column of a roadmap by time has none: items are placed by hand")
    try:
        period_of(column)
    except ValueError as error:
        raise Invalid(f"{field}.period", str(error)) from error
