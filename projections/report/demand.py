"""Demand over time: votes that were cast and withdrawn in each week, and how many stood at its end."""

from collections.abc import Mapping, Sequence
from itertools import accumulate

import msgspec

from events.times import Millis
from projections.clickhouse.query import Query
from projections.moments import AT, WORKSPACE
from projections.ranking import tallies
from projections.report import drawing, words
from projections.report.request import QUARTER, SINCE, WEEK, ReportRequest, week_of
from projections.report.section import Answers, Cell, Chart, Column, Section, Table

TITLE = "Demand over time"
EMPTY = (
    "No vote has been cast yet. Send them from your product with PUT /v1/posts/{post}/votes/{person}, or bring those "
    "that you have with groundswell import votes."
)


class Week(msgspec.Struct, frozen=True):
    """A week from its Monday on. `standing` is how many votes stood at its end."""

    begins: Millis
    cast: int
    withdrawn: int
    standing: int


def questions(request: ReportRequest) -> Mapping[str, Query]:
    """What stood before the first week, and what happened in each."""
    board = request.posts_on_board()
    return {
        "votes_before": request.query(
            f"SELECT sum(up) + sum(down) FROM ({tallies.as_of(SINCE, where=f'{WORKSPACE} AND {board}')})"
        ),
        "votes": request.query(f"""SELECT {week_of("occurred_at")} AS week, countIf(change = 'cast'),
  countIf(change = 'withdrawn'), sum(toInt64(value_after != 0) - toInt64(value_before != 0))
FROM <vote_history>
WHERE {WORKSPACE} AND {board} AND occurred_at > {SINCE} AND occurred_at <= {AT}
GROUP BY week ORDER BY week"""),
    }


def weeks(request: ReportRequest, answers: Answers) -> Sequence[Week]:
    """All weeks of the page, also those in which nothing happened."""
    [[stood]] = msgspec.convert(answers["votes_before"], list[list[int]])
    found = {week: rest for week, *rest in msgspec.convert(answers["votes"], list[list[int]])}
    happened = [found.get(index, [0, 0, 0]) for index in range(len(request.weeks))]
    standing = accumulate((net for _, _, net in happened), initial=stood)
    next(standing)
    return [
        Week(begins, cast, withdrawn, stands)
        for begins, (cast, withdrawn, _), stands in zip(request.weeks, happened, standing, strict=True)
    ]


def section(request: ReportRequest, answers: Answers) -> Section:
    """The section."""
    found = weeks(request, answers)
    if not any(week.cast or week.standing for week in found):
        return Section("demand", TITLE, "", empty=EMPTY)
    return Section(
        "demand",
        TITLE,
        _sentence(request, found),
        charts=(_standing(found), _changes(found)),
        tables=(_table(found),),
        wide=True,
    )


def _sentence(request: ReportRequest, found: Sequence[Week]) -> str:
    quarter = [week for week in found if week.begins > request.at - QUARTER]
    before = [week for week in found if request.at - 2 * QUARTER < week.begins <= request.at - QUARTER]
    cast, was = (sum(week.cast for week in each) for each in (quarter, before))
    withdrawn = sum(week.withdrawn for week in quarter)
    said = f"{words.count(found[-1].standing, 'vote')} stand{'s' if found[-1].standing == 1 else ''} now. "
    said += f"{words.number(cast)} {'was' if cast == 1 else 'were'} cast in the last 13 weeks"
    if was:
        said += f", {words.signed(100 * (cast - was) / was)}\N{NO-BREAK SPACE}% against the 13 before"
    return f"{said}; {words.number(withdrawn)} {'was' if withdrawn == 1 else 'were'} withdrawn."


def _standing(found: Sequence[Week]) -> Chart:
    values = [{"week": week.begins, "votes": week.standing} for week in found]
    tooltip = [drawing.tip("week", "Week of", "temporal"), drawing.tip("votes", "Votes that stood", "quantitative")]
    return Chart(
        "standing",
        f"Votes that stood at the end of each week: from {found[0].standing} to {found[-1].standing}.",
        "Votes that stand",
        drawing.chart(
            values,
            height=190,
            encoding={"x": drawing.time("week"), "y": drawing.amount("votes"), "tooltip": tooltip},
            layer=[
                {"mark": {"type": "area", "color": drawing.ACCENT, "opacity": 0.14, "tooltip": True}},
                {"mark": {"type": "line", "color": drawing.ACCENT, "strokeWidth": 2}},
                drawing.on_hover("week", {"type": "point", "filled": True, "size": 60, "color": drawing.ACCENT}),
            ],
        ),
    )


def _changes(found: Sequence[Week]) -> Chart:
    values: list[Mapping[str, object]] = []
    for week in found:
        span = {"week": week.begins, "end": week.begins + WEEK}
        values.append({**span, "votes": week.cast, "count": week.cast, "what": "cast"})
        values.append({**span, "votes": -week.withdrawn, "count": week.withdrawn, "what": "withdrawn"})
    tooltip = [
        drawing.tip("week", "Week of", "temporal"),
        drawing.tip("what", "Votes", "nominal"),
        drawing.tip("count", "How many", "quantitative"),
    ]
    return Chart(
        "changes",
        "Votes cast in each week, upwards, and withdrawn, downwards.",
        "Votes cast and withdrawn in each week",
        drawing.chart(
            values,
            height=130,
            mark={"type": "bar", "x2Offset": -1.5},
            encoding={
                "x": drawing.time("week"),
                "x2": {"field": "end"},
                "y": drawing.amount("votes", absolute=True),
                "y2": {"datum": 0},
                "color": drawing.colours("what", ["cast", "withdrawn"], [drawing.ACCENT, drawing.WARM]),
                "tooltip": tooltip,
            },
        ),
    )


def _table(found: Sequence[Week]) -> Table:
    return Table(
        "Votes by week",
        (
            Column("Week of"),
            Column("Cast", number=True),
            Column("Withdrawn", number=True),
            Column("Stood", number=True),
        ),
        [
            (Cell(words.day(week.begins)), *(Cell(words.number(n)) for n in (week.cast, week.withdrawn, week.standing)))
            for week in reversed(found)
        ],
        folded=True,
    )
