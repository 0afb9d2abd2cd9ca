"""What stands behind each goal: demand by how far its posts have come, key results, and demand that has no goal."""

from collections.abc import Mapping, Sequence
from typing import NamedTuple

import msgspec

from projections.clickhouse.query import Query
from projections.goals import coverage, standing
from projections.goals.demand import KINDS, shares
from projections.goals.standing import Source
from projections.moments import AT, WORKSPACE
from projections.report import drawing, words
from projections.report.drawing import KIND_COLOURS, KIND_NAMES
from projections.report.request import ReportRequest
from projections.report.section import Answers, Cell, Chart, Column, Section, Spec, Table

TITLE = "Coverage by goal"
EMPTY = (
    "There is no open goal. Say what the product is to reach with PUT /v1/goals/{goal}, and link the posts that serve "
    "it with PUT /v1/goals/{goal}/posts/{post}."
)
SHOWN = 12

_ORDER = ("shipped", "in_progress", "planned", "open")


class Covered(NamedTuple):
    """An open goal, and the up-votes behind it by kind of status. `progress` (0 to 1) is of its key results."""

    goal: str
    name: str
    target_day: str
    progress: float | None
    posts: int
    open: float
    planned: float
    in_progress: float
    shipped: float

    @property
    def demand(self) -> float:
        """All of it."""
        return self.open + self.planned + self.in_progress + self.shipped


class Without(NamedTuple):
    """Demand on posts that are not done, and how much of it serves a goal."""

    demand: int
    covered: int


def questions(request: ReportRequest) -> Mapping[str, Query]:
    """Open goals with what stands behind them, and all demand with how much of it has a goal."""
    source = Source(at=AT if request.past else "", where=WORKSPACE)
    on_board = request.posts_on_board()
    kinds = ", ".join(f"sumIf(up * share, kind = '{kind}') AS {kind}" for kind in KINDS)
    measured = standing.key_results(standing.goals(source), standing.measured(source))
    return {
        "goals": request.query(f"""SELECT goal.goal, goal.name, ifNull(toString(goal.target_day), ''), come.progress,
  behind.posts,
  {", ".join(f"behind.{kind}" for kind in KINDS)}
FROM ({standing.goals(source)}) AS goal
LEFT JOIN ({standing.progress(measured)}) AS come ON come.goal = goal.goal
LEFT JOIN (
  SELECT goal, count() AS posts, {kinds} FROM ({shares(source, on_board)}) GROUP BY goal
) AS behind ON behind.goal = goal.goal
WHERE goal.state = 'open'
ORDER BY {" + ".join(f"behind.{kind}" for kind in KINDS)} DESC, goal.goal LIMIT {SHOWN}"""),
        "goal_totals": request.query(f"""SELECT toUInt64(sum(demand)), toUInt64(sum(covered_demand))
FROM ({coverage.totals(source)}) WHERE kind != 'shipped'"""),
    }


def covered(answers: Answers) -> Sequence[Covered]:
    """The goals, the one with most demand first."""
    return [msgspec.convert(row, Covered) for row in answers["goals"]]


def section(request: ReportRequest, answers: Answers) -> Section:
    """The section."""
    found = covered(answers)
    if not found:
        return Section("goals", TITLE, "", empty=EMPTY)
    total = msgspec.convert(answers["goal_totals"][0], Without)
    return Section(
        "goals",
        TITLE,
        _sentence(request, found, total),
        charts=(_chart(found),),
        tables=(_table(found),),
        note="Demand is standing up-votes; a post that serves several goals is split among them by their weights.",
    )


def _sentence(request: ReportRequest, found: Sequence[Covered], total: Without) -> str:
    said = f"{words.quoted(found[0].name)} has most demand behind it, {words.count(round(found[0].demand), 'up-vote')}"
    bare = [goal for goal in found if not goal.demand]
    if not found[0].demand:
        said = "No goal has any demand behind it"
    elif bare:
        said += f"; {words.quoted(bare[0].name)} has none" if len(bare) == 1 else f"; {len(bare)} goals have none"
    said += ". "
    if total.demand and request.board is None:
        without = (total.demand - total.covered) / total.demand
        said += f"{words.share(without)} of the demand that is not delivered serves no goal."
    return said


def _chart(found: Sequence[Covered]) -> Chart:
    rows = [{"place": place, "name": words.plain(goal.name) or goal.goal} for place, goal in enumerate(found)]
    values = [
        {**row, "kind": KIND_NAMES[kind], "order": order, "votes": getattr(goal, kind)}
        for row, goal in zip(rows, found, strict=True)
        for order, kind in enumerate(_ORDER)
    ]
    names = {"data": {"values": rows}, **drawing.row_title("name")}
    return Chart(
        "goals",
        "Up-votes behind each open goal, by how far the posts have come that serve it.",
        "Up-votes behind each open goal, by how far their posts have come",
        drawing.chart(values, height=40 * len(found), layer=[_bars(), names]),
    )


def _bars() -> Spec:
    axis = {"title": None, "format": ",.0f", "grid": True, "domain": False, "ticks": False, "tickCount": 4}
    kinds, shades = [KIND_NAMES[kind] for kind in _ORDER], [KIND_COLOURS[kind] for kind in _ORDER]
    return {
        "mark": {"type": "bar", "height": 10, "yOffset": 8, "tooltip": True},
        "encoding": {
            "y": drawing.ROW,
            "x": {"field": "votes", "type": "quantitative", "stack": "zero", "axis": axis},
            "color": drawing.colours("kind", kinds, shades),
            "order": {"field": "order", "type": "ordinal"},
            "tooltip": [
                drawing.tip("name", "Goal", "nominal"),
                drawing.tip("kind", "Posts", "nominal"),
                drawing.tip("votes", "Up-votes", "quantitative"),
            ],
        },
    }


def _table(found: Sequence[Covered]) -> Table:
    return Table(
        "Open goals",
        (
            Column("Goal", words=True), Column("Until", minor=True), Column("Key results", number=True),
            Column("Posts", number=True, minor=True), Column("Up-votes", number=True),
            Column("of them shipped", number=True, minor=True),
        ),
        [
            (
                Cell(words.plain(goal.name) or goal.goal),
                Cell(words.date(goal.target_day)),
                Cell(words.NOTHING if goal.progress is None else words.share(goal.progress)),
                Cell(words.number(goal.posts)),
                Cell(words.number(goal.demand)),
                Cell(words.number(goal.shipped)),
            )
            for goal in found
        ],
    )  # fmt: skip
