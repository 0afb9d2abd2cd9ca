"""What the page shows, as plain data: sections with a sentence, charts and tables. Nothing here knows HTML."""

from collections.abc import Mapping, Sequence
from typing import Literal, Protocol

import msgspec

from projections.clickhouse.query import Query
from projections.report.request import ReportRequest

Spec = Mapping[str, object]
"""A chart as Vega-Lite has it."""

Rows = Sequence[Sequence[object]]
Answers = Mapping[str, Rows]
"""The rows of each question, by its name."""

Tone = Literal["", "good", "bad", "quiet"]


class Chart(msgspec.Struct, frozen=True):
    """A drawing; `label` says to those who do not see it what it shows, `caption` what is measured."""

    name: str
    label: str
    caption: str
    spec: Spec


class Cell(msgspec.Struct, frozen=True):
    """What stands in a table: a text; `share` (0 to 1) draws a bar beside it, `under` stands small beneath it."""

    text: str
    tone: Tone = ""
    share: float | None = None
    under: str = ""


class Column(msgspec.Struct, frozen=True):
    """A column of a table; numbers stand to the right. A `minor` one is left out where there is no room.

    `words` are somebody's: they may be long, and break anywhere.
    """

    name: str
    number: bool = False
    minor: bool = False
    words: bool = False


class Table(msgspec.Struct, frozen=True):
    """Rows of cells. A table that only says a chart's numbers again is `folded`: shown when asked for."""

    caption: str
    columns: Sequence[Column]
    rows: Sequence[Sequence[Cell]]
    folded: bool = False


class Statement(msgspec.Struct, frozen=True):
    """A strength or a weakness, with its numbers."""

    tone: Tone
    text: str


class Section(msgspec.Struct, frozen=True):
    """One question that the page answers. Where there is nothing to show, `empty` says what to do.

    On a wide screen two stand beside each other, but for a `wide` one; a `tall` one stands beside two others.
    """

    name: str
    title: str
    sentence: str
    charts: Sequence[Chart] = ()
    statements: Sequence[Statement] = ()
    tables: Sequence[Table] = ()
    note: str = ""
    empty: str = ""
    wide: bool = False
    tall: bool = False


class Part(Protocol):
    """A module that makes one section: what it asks of ClickHouse, and what it makes of the rows."""

    def questions(self, request: ReportRequest) -> Mapping[str, Query]:
        """Queries by name. Two parts that ask the same give it the same name; it is asked once."""

    def section(self, request: ReportRequest, answers: Answers) -> Section:
        """The section, from the rows of all questions."""
