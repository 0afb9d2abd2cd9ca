"""The roadmap with its slips: what was promised first, what is promised now, and what was shipped."""

from collections.abc import Mapping, Sequence
from typing import NamedTuple

import msgspec

from events.times import DAY, Millis
from projections.clickhouse.query import Query
from projections.moments import AT, WORKSPACE
from projections.planning.asked import Asked
from projections.planning.promises import slips
from projections.report import drawing, words
from projections.report.request import SINCE, ReportRequest
from projections.report.section import Answers, Cell, Chart, Column, Section, Spec, Table

TITLE = "Roadmap and its slips"
EMPTY = (
    "No item on a roadmap has a target date. Place posts with PUT /v1/roadmaps/{roadmap}/items/{post}, with a target "
    "like 2027-03-15, 2027-03 or 2027-Q1."
)
SHOWN = 20
SHOWN_DONE = 7
"""Of them shipped, where there is more to show."""

_FIRST, _NOW, _SHIPPED = "first target", "target", "shipped"


class Promised(NamedTuple):
    """A post with a target: the last days that were promised first and last; `slips` how often that became later."""

    roadmap: str
    post: str
    title: str
    kind: str
    team: str
    owner: str
    first: Millis
    due: Millis
    slips: int
    shipped_at: Millis | None

    @property
    def late_days(self) -> int:
        """By how many days the target is later than the first one; negative where it is earlier."""
        return (self.due - self.first) // DAY


def questions(request: ReportRequest) -> Mapping[str, Query]:
    """Items that stand on roadmaps with a target, or were shipped in the page's weeks, by when they are due."""
    board = request.posts_on_board()
    slipped = slips(Asked(f"{WORKSPACE} AND {board}", AT))
    due = "toInt64(toUnixTimestamp(toDateTime({}, 'UTC'))) * 1000"
    return {
        "promises": request.query(f"""SELECT item.roadmap, item.post, wrote.title, wrote.kind, item.team, item.owner,
  {due.format("assumeNotNull(item.first)")}, {due.format("assumeNotNull(item.last)")}, slipped.slips,
  nullIf(toUnixTimestamp64Milli(done.shipped_at), 0)
FROM (
  SELECT roadmap, post, argMax(placed, revision) AS stands, argMinIf(due, revision, isNotNull(due)) AS first,
    argMaxIf(due, revision, isNotNull(due)) AS last, argMax(team, revision) AS team, argMax(owner, revision) AS owner
  FROM <roadmap_history> WHERE {WORKSPACE} AND {board} AND since <= {AT} GROUP BY roadmap, post
) AS item
JOIN (
  SELECT post, argMax(title, (occurred_at, revision)) AS title, argMax(toString(kind), (occurred_at, revision)) AS kind,
    argMax(deleted OR merged_into != '', (occurred_at, revision)) AS gone
  FROM <post_history> WHERE {WORKSPACE} AND occurred_at <= {AT} GROUP BY post
) AS wrote ON wrote.post = item.post
LEFT JOIN (
  SELECT roadmap, post, count() AS slips FROM ({slipped}) GROUP BY roadmap, post
) AS slipped ON slipped.roadmap = item.roadmap AND slipped.post = item.post
LEFT JOIN (
  SELECT post, min(since) AS shipped_at FROM <status_history>
  WHERE {WORKSPACE} AND kind = 'shipped' AND since <= {AT} GROUP BY post
) AS done ON done.post = item.post
WHERE isNotNull(item.last) AND NOT wrote.gone
  AND if(wrote.kind = 'shipped', done.shipped_at > {SINCE}, item.stands)
ORDER BY item.last, item.post, item.roadmap LIMIT 200""")
    }


def promised(answers: Answers) -> Sequence[Promised]:
    """The items, by when they are due."""
    return [msgspec.convert(row, Promised) for row in answers["promises"]]


def section(request: ReportRequest, answers: Answers) -> Section:
    """The section. The chart shows what is still due first, and what was shipped last."""
    items = promised(answers)
    if not items:
        return Section("roadmap", TITLE, "", empty=EMPTY)
    due = [item for item in items if item.kind != "shipped"]
    done = [item for item in items if item.kind == "shipped"][-max(SHOWN_DONE, SHOWN - len(due)) :]
    shown = sorted([*done, *due[: SHOWN - len(done)]], key=lambda item: item.due)
    rest = f" The chart shows {len(shown)} of {len(items)}." if len(shown) < len(items) else ""
    return Section(
        "roadmap",
        TITLE,
        _sentence(request, items) + rest,
        charts=(_chart(request, shown),),
        tables=(_table(items),),
        wide=True,
    )


def _sentence(request: ReportRequest, items: Sequence[Promised]) -> str:
    slipped = [item for item in items if item.slips]
    over = [item for item in items if item.kind != "shipped" and item.due + DAY <= request.at]
    said = f"{words.count(len(items), 'item')} with a target: "
    if slipped:
        most = max(slipped, key=lambda item: item.late_days)
        said += (
            f"{words.number(len(slipped))} slipped, {words.quoted(most.title)} most, by {words.days(most.late_days)}"
        )
    else:
        said += "none slipped"
    if over:
        said += f"; {words.number(len(over))} {'is' if len(over) == 1 else 'are'} past the target and not shipped"
    return f"{said}."


def _chart(request: ReportRequest, items: Sequence[Promised]) -> Chart:
    lines = [
        {"place": place, "from": item.first, "to": item.due, "title": words.plain(item.title), **_tips(item)}
        for place, item in enumerate(items)
    ]
    points = [
        {**line, "at": at, "what": what}
        for line, item in zip(lines, items, strict=True)
        for at, what in ((item.first, _FIRST), (item.due, _NOW), (item.shipped_at, _SHIPPED))
        if at is not None and (what != _FIRST or item.first != item.due)
    ]
    track = {
        "mark": {"type": "rule", "color": drawing.LINE, "yOffset": 8},
        "encoding": {"y": drawing.ROW, "x": {"value": 0}, "x2": {"value": "width"}},
    }
    return Chart(
        "roadmap",
        "Each item with its first target, its present target and when it was shipped; a line where the target moved.",
        "From the first target to the present one; the dotted line is the day of this page",
        drawing.chart(
            lines,
            height=38 * len(items),
            layer=[track, *drawing.today(request.at), _moves(), _points(points), drawing.row_title("title")],
        ),
    )


def _moves() -> Spec:
    """From the first target to the present one; in another colour where that is later."""
    colour = {"condition": {"test": "datum.to > datum.from", "value": drawing.WARM}, "value": drawing.GOOD}
    along = {**drawing.time("from"), "scale": {"type": "utc", "nice": "month"}}
    return {
        "mark": {"type": "rule", "strokeWidth": 2, "yOffset": 8},
        "encoding": {"y": drawing.ROW, "x": along, "x2": {"field": "to"}, "color": colour},
    }


def _points(points: Sequence[Mapping[str, object]]) -> Spec:
    """Targets and shippings, told apart by shape and colour."""
    names = [_FIRST, _NOW, _SHIPPED]
    shapes = {"domain": names, "range": ["circle", "square", "diamond"]}
    mark = {"type": "point", "size": 80, "opacity": 1, "strokeWidth": 2, "yOffset": 8, "fill": drawing.GROUND}
    return {
        "data": {"values": list(points)},
        "mark": {**mark, "tooltip": True},
        "encoding": {
            "y": drawing.ROW,
            "x": {"field": "at", "type": "temporal"},
            "color": drawing.colours("what", names, [drawing.MUTED, drawing.ACCENT, drawing.GOOD]),
            "shape": {"field": "what", "type": "nominal", "scale": shapes},
            "tooltip": [
                drawing.tip("title", "Post", "nominal"),
                drawing.tip("what", "Here", "nominal"),
                drawing.tip("at", "On", "temporal"),
                drawing.tip("slips", "Slips", "quantitative"),
                drawing.tip("whose", "Whose", "nominal"),
            ],
        },
    }


def _tips(item: Promised) -> Mapping[str, object]:
    return {"slips": item.slips, "whose": words.plain(item.team or item.owner) or "nobody's"}


def _table(items: Sequence[Promised]) -> Table:
    return Table(
        "Items with a target",
        (
            Column("Post", words=True), Column("Whose", minor=True, words=True),
            Column("First target", minor=True), Column("Target"),
            Column("Moved by", number=True), Column("Slips", number=True), Column("Shipped"),
        ),
        [
            (
                Cell(words.plain(item.title)),
                Cell(words.plain(item.team or item.owner) or words.NOTHING),
                Cell(words.day(item.first)),
                Cell(words.day(item.due)),
                Cell(f"{words.signed(item.late_days)} d" if item.late_days else "0",
                     "bad" if item.late_days > 0 else ""),
                Cell(words.number(item.slips)),
                Cell(words.NOTHING if item.shipped_at is None else words.day(item.shipped_at)),
            )
            for item in reversed(items)
        ],
        folded=True,
    )  # fmt: skip
