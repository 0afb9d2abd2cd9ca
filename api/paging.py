"""Pages by key: one row more than asked for tells whether there is another page."""

from collections.abc import Callable
from typing import TypeVar

import msgspec

from api import problems
from api.problems import Problem
from api.view import Rows
from projections.cursor import Key, cursor_token, read_cursor

Row = TypeVar("Row")


def read_key(kind: str, token: str | None, type: type[Key]) -> Key | None:
    """Where the page before ended; None for the first page.

    Raises:
        Problem: 400 if that is no cursor of this list.
    """
    if token is None:
        return None
    try:
        return read_cursor(kind, token, type)
    except ValueError as error:
        raise Problem.of_field(problems.MALFORMED, "cursor", str(error)) from error


def page(
    kind: str, rows: Rows, type: type[Row], limit: int, key: Callable[[Row], tuple[str | int, ...]]
) -> tuple[list[Row], str | None]:
    """The page of a query's `limit + 1` rows, and the cursor of the next page if there is one."""
    items = [msgspec.convert(row, type) for row in rows[:limit]]
    return items, cursor_token(kind, key(items[-1])) if items and len(rows) > limit else None
