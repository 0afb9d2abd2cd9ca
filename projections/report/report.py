"""The report: which parts it has, what they ask in one round, and the sections that they make of the answers."""

from collections.abc import Mapping, Sequence

import msgspec

from projections.clickhouse.query import Query
from projections.clickhouse.schema import qualify
from projections.report import cycle, demand, flow, goals, ranking, roadmap, words, worth
from projections.report.request import ReportRequest
from projections.report.section import Answers, Part, Section
from projections.report.tiles import Tile

PARTS: Sequence[Part] = (demand, ranking, flow, cycle, roadmap, goals, worth)


class Report(msgspec.Struct, frozen=True):
    """What the page shows, as plain data. `of` says of when and of what it is."""

    title: str
    workspace: str
    of: str
    tiles: Sequence[Tile]
    sections: Sequence[Section]
    footer: str


def questions(request: ReportRequest, database: str) -> Mapping[str, Query]:
    """Everything that the page asks, by name. No answer is needed to ask another question."""
    return {
        f"{part.__name__}.{name}": Query(qualify(sql, database), request.parameters)
        for part in PARTS
        for name, sql in part.questions(request).items()
    }


def report(request: ReportRequest, answers: Answers) -> Report:
    """What the page shows, from the rows of all questions."""
    made = (part.section(request, _of(part, answers)) for part in PARTS)
    moment = f"as of {words.day(request.at)}" if request.past else words.day(request.at)
    board = "" if request.board is None else f", board {words.quoted(request.board)}"
    return Report(
        title=f"{words.plain(request.workspace)}: product report, {words.day(request.at)}",
        workspace=words.plain(request.workspace),
        of=f"Product report, {moment}{board}",
        tiles=(),
        sections=[section for section in made if section is not None],
        footer="Computed from the log: every number can be asked for again, as of any moment. Times are in UTC.",
    )


def _of(part: Part, answers: Answers) -> Answers:
    prefix = f"{part.__name__}."
    return {name.removeprefix(prefix): rows for name, rows in answers.items() if name.startswith(prefix)}
