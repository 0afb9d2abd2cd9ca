"""What a series is asked of, as pieces of SQL: the workspace, the moment, the periods, and who and what is left.

A query has its values bound; a view has expressions of its own in the same places.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from projections.metrics.calendar import Every
from projections.planning.asked import Asked

NEVER = "toDateTime64(0, 3, 'UTC')"
"""What a moment is that never was."""
FAR = "toDate('2149-06-06')"
"""The last day that there is: what has not ended ends there."""

_STARTS: Mapping[Every, Callable[[str], str]] = {
    "day": "toDate({})".format,
    "week": "toMonday({})".format,
    "month": "toStartOfMonth({})".format,
    "quarter": "toStartOfQuarter({})".format,
    "year": "toStartOfYear({})".format,
}


def start_by_calendar(every: Every) -> Callable[[str], str]:
    """The first day of the period that a moment (an expression, in UTC) is in."""
    return _STARTS[every]


def start_by_text(every: str) -> Callable[[str], str]:
    """The same where the name of the periods is an expression, too; any other name than those gives years."""

    def start(moment: str) -> str:
        cases = ", ".join(f"{every} = '{name}', {start(moment)}" for name, start in _STARTS.items())
        return f"multiIf({cases}, {_STARTS['year'](moment)})"

    return start


def periods_between(workspace: str, first: str, last: str, start: Callable[[str], str]) -> str:
    """`workspace, start` of every period from one first day to another; all of them are SQL."""
    return f"""SELECT DISTINCT {workspace} AS workspace, {start("day")} AS start
FROM (SELECT arrayJoin(arrayMap(each -> toDate(each), range(toUInt32({first}), toUInt32({last}) + 1))) AS day)"""


@dataclass(frozen=True, slots=True)
class Frame:
    """Pieces of SQL. `posts` and `persons` are empty, or begin with ` AND `.

    `where` holds of the column `workspace`; `at` is the moment by which things happened, `known_at` the one by which
    they were recorded, if any. `start` makes of a moment the first day of its period. `periods` selects
    `workspace, start` of those shown, and `first` is the first of them. `posts` is about a column `post`, `persons`
    about a column `person`.
    """

    where: str
    at: str
    start: Callable[[str], str]
    periods: str
    first: str
    known_at: str | None = None
    posts: str = ""
    persons: str = ""
    by_months: bool = False
    """Whether periods consist of whole months."""

    @property
    def known(self) -> str:
        """A condition on the column `recorded_at`."""
        return "" if self.known_at is None else f" AND recorded_at <= {self.known_at}"

    @property
    def asked(self) -> Asked:
        """The history of the posts that are left, up to the moment."""
        return Asked(where=f"{self.where}{self.posts}", at=self.at, known_at=self.known_at)

    @property
    def of_all(self) -> Asked:
        """The history of everything, up to the moment."""
        return Asked(where=self.where, at=self.at, known_at=self.known_at)
