"""Which page: of a workspace, as of a moment, of one board or of all; and the moments that its questions bind."""

from collections.abc import Mapping

import msgspec

from events.times import DAY, Millis
from projections.clickhouse.query import Parameter, Query
from projections.clickhouse.schema import qualify
from projections.moments import WORKSPACE

WEEK: Millis = 7 * DAY
WEEKS = 53
"""How many weeks the page looks back over, the last one not over yet."""

QUARTER: Millis = 13 * WEEK
"""How far back a movement is measured."""

_MONDAY: Millis = 4 * DAY
"""1970-01-05 was the first Monday."""

SINCE = "fromUnixTimestamp64Milli({since:Int64}, 'UTC')"
BEFORE = "fromUnixTimestamp64Milli({before:Int64}, 'UTC')"


class ReportRequest(msgspec.Struct, frozen=True, kw_only=True):
    """What is asked for. `at` is the moment that the page is of; `past`, whether that was asked for."""

    database: str
    workspace: str
    at: Millis
    past: bool = False
    board: str | None = None

    @property
    def since(self) -> Millis:
        """The Monday on which the page's first week begins."""
        monday = self.at - (self.at - _MONDAY) % WEEK
        return monday - (WEEKS - 1) * WEEK

    @property
    def before(self) -> Millis:
        """The moment that movements are measured from."""
        return self.at - QUARTER

    @property
    def weeks(self) -> list[Millis]:
        """The Mondays of the page's weeks."""
        return [self.since + number * WEEK for number in range(WEEKS)]

    @property
    def parameters(self) -> Mapping[str, Parameter]:
        """What every question binds."""
        bound: dict[str, Parameter] = {
            "workspace": self.workspace, "at": self.at, "since": self.since, "before": self.before, "week": WEEK,
        }  # fmt: skip
        return bound if self.board is None else {**bound, "board": self.board}

    def query(self, sql: str) -> Query:
        """A question: SQL in which `<view>` stands for a view, and which binds what every question binds."""
        return Query(qualify(sql, self.database), self.parameters)

    def on_board(self, column: str = "board") -> str:
        """The condition that something is on the board that was asked for."""
        return "1" if self.board is None else f"{column} = {{board:String}}"

    def posts_on_board(self, column: str = "post") -> str:
        """The condition that something is of a post on the board that was asked for."""
        if self.board is None:
            return "1"
        return f"{column} IN (SELECT post FROM <posts> WHERE {WORKSPACE} AND board = {{board:String}})"


def week_of(moment: str) -> str:
    """SQL for the number of the week that a moment is in; those before the page's first week are in it."""
    return f"greatest(0, intDiv(toUnixTimestamp64Milli({moment}) - {{since:Int64}}, {{week:Int64}}))"
