"""Cumulative flow: how many posts were open, planned, in progress, shipped and declined at the end of each week."""

from collections.abc import Mapping, Sequence

import msgspec

from events.times import Millis
from projections.clickhouse.query import Query
from projections.moments import AT, WORKSPACE
from projections.report import drawing, words
from projections.report.drawing import KIND_COLOURS, KIND_NAMES, KINDS
from projections.report.request import QUARTER, WEEK, ReportRequest, week_of
from projections.report.section import Answers, Cell, Chart, Column, Section, Table

TITLE = "Flow of work"
EMPTY = "There are no posts yet. Submit the first with POST /v1/posts, or bring yours with groundswell import."

STACKED = ("declined", "shipped", "in_progress", "planned", "open")
"""From the bottom upwards: what is done grows from below."""


class FlowWeek(msgspec.Struct, frozen=True):
    """The end of the week that begins on this Monday: how many posts were of each kind."""

    begins: Millis
    posts: Mapping[str, int]


def questions(request: ReportRequest) -> Mapping[str, Query]:
    """By how much the number of posts of each kind changed in each week; what was before, in the first.

    Posts that were archived, deleted or merged into another are of no kind.
    """
    return {
        "flow": request.query(f"""SELECT {week_of("occurred_at")} AS week, change.1 AS kind, sum(change.2)
FROM (
  SELECT occurred_at, arrayJoin([(kind_after, 1), (kind_before, -1)]) AS change
  FROM (
    SELECT occurred_at, shown AS kind_after, lagInFrame(shown) OVER (
      PARTITION BY post ORDER BY occurred_at, revision ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW
    ) AS kind_before
    FROM (
      SELECT post, occurred_at, revision,
        if(deleted OR archived OR merged_into != '' OR NOT ({request.on_board()}), '', toString(kind)) AS shown
      FROM <post_history> WHERE {WORKSPACE} AND occurred_at <= {AT}
    )
  )
  WHERE kind_after != kind_before
)
WHERE kind != '' GROUP BY week, kind ORDER BY week, kind""")
    }


def weeks(request: ReportRequest, answers: Answers) -> Sequence[FlowWeek]:
    """All weeks of the page."""
    changes = {(week, kind): net for week, kind, net in msgspec.convert(answers["flow"], list[tuple[int, str, int]])}
    posts = dict.fromkeys(KINDS, 0)
    found = []
    for index, begins in enumerate(request.weeks):
        posts = {kind: standing + changes.get((index, kind), 0) for kind, standing in posts.items()}
        found.append(FlowWeek(begins, posts))
    return found


def section(request: ReportRequest, answers: Answers) -> Section:
    """The section."""
    found = weeks(request, answers)
    if not any(found[-1].posts.values()):
        return Section("flow", TITLE, "", empty=EMPTY)
    return Section("flow", TITLE, _sentence(request, found), charts=(_chart(found),), tables=(_table(found),))


def _sentence(request: ReportRequest, found: Sequence[FlowWeek]) -> str:
    now = found[-1].posts
    was = next(week for week in reversed(found) if week.begins <= request.at - QUARTER - WEEK).posts
    parts = [f"{words.number(now[kind])} {KIND_NAMES[kind]}" for kind in KINDS if now[kind]]
    said = f"{words.count(sum(now.values()), 'post')}: {words.listed(parts)}. "
    moved = [f"{words.signed(now[kind] - was[kind])} {KIND_NAMES[kind]}" for kind in KINDS if now[kind] != was[kind]]
    return said + (f"Against a quarter ago: {words.listed(moved)}." if moved else "No different from a quarter ago.")


def _chart(found: Sequence[FlowWeek]) -> Chart:
    values = [
        {"week": week.begins + WEEK, "kind": KIND_NAMES[kind], "posts": week.posts[kind], "order": order}
        for week in found
        for order, kind in enumerate(STACKED)
    ]
    shown = [kind for kind in KINDS if any(week.posts[kind] for week in found)]
    return Chart(
        "flow",
        "Posts by the kind of their status at the end of each week, stacked from declined and shipped up to open.",
        "Posts by status",
        drawing.chart(
            values,
            height=280,
            mark={"type": "area", "tooltip": True, "stroke": drawing.GROUND, "strokeWidth": 0.75},
            encoding={
                "x": drawing.time("week"),
                "y": drawing.amount("posts"),
                "color": drawing.colours(
                    "kind", [KIND_NAMES[kind] for kind in shown], [KIND_COLOURS[kind] for kind in shown]
                ),
                "order": {"field": "order", "type": "ordinal"},
                "tooltip": [drawing.tip("kind", "Status", "nominal")],
            },
        ),
    )


def _table(found: Sequence[FlowWeek]) -> Table:
    return Table(
        "Posts by status at the end of each week",
        (Column("Week of"), *(Column(KIND_NAMES[kind].capitalize(), number=True) for kind in KINDS)),
        [
            (Cell(words.day(week.begins)), *(Cell(words.number(week.posts[kind])) for kind in KINDS))
            for week in reversed(found)
        ],
        folded=True,
    )
