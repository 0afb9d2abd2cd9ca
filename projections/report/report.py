"""The report: which parts it has, what they ask in one round, and the sections that they make of the answers."""

from collections.abc import Mapping, Sequence

import msgspec

from projections.clickhouse.query import Query
from projections.report import (
    cycle,
    demand,
    figures,
    flow,
    forecast,
    goals,
    quality,
    ranking,
    roadmap,
    teams,
    words,
    worth,
)
from projections.report.figures import Figure
from projections.report.request import ReportRequest
from projections.report.section import Answers, Part, Section

PARTS: Sequence[Part] = (demand, ranking, flow, cycle, roadmap, forecast, goals, teams, quality, worth)
"""The page's sections, in order."""


class Report(msgspec.Struct, frozen=True):
    """What the page shows, as plain data. `of` says of when and of what it is."""

    title: str
    workspace: str
    of: str
    figures: Sequence[Figure]
    sections: Sequence[Section]
    footer: str


def questions(request: ReportRequest) -> Mapping[str, Query]:
    """Everything that the page asks, by name: no answer is needed to ask another question."""
    asked = dict(figures.questions(request))
    for part in PARTS:
        asked |= part.questions(request)
    return asked


def report(request: ReportRequest, answers: Answers) -> Report:
    """What the page shows, from the rows of all questions."""
    moment = f"as of {words.day(request.at)}" if request.past else words.day(request.at)
    board = "" if request.board is None else f", board {words.quoted(request.board)}"
    return Report(
        title=f"{words.plain(request.workspace)}: product report, {words.day(request.at)}",
        workspace=words.plain(request.workspace),
        of=f"Product report, {moment}{board}",
        figures=figures.figures(answers),
        sections=[part.section(request, answers) for part in PARTS],
        footer="Computed from the log: every number can be asked for again, as of any moment. Times are in UTC.",
    )
