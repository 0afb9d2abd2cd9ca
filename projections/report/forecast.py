"""The forecast: how many items of the roadmap are done week by week, by Monte Carlo over the teams' own history."""

from collections.abc import Mapping, Sequence

import msgspec

from events.times import DAY
from projections.clickhouse.query import Query
from projections.forecasts.planned import RoadmapForecast, forecast_roadmap
from projections.forecasts.queries import WorkRow, work_query
from projections.forecasts.roadmap import Dates
from projections.moments import AT, WORKSPACE
from projections.report import drawing, words
from projections.report.request import WEEK, ReportRequest
from projections.report.section import Answers, Cell, Chart, Column, Section, Table
from projections.roadmaps import standing
from projections.roadmaps.queries import Standing

TITLE = "Forecast"
EMPTY = (
    "Nothing that is not done stands on a roadmap. Place posts with PUT /v1/roadmaps/{roadmap}/items/{post}: once "
    "their teams have finished a few, the page says when the rest will be done."
)
MOST = 300
"""Items of the roadmap; what comes after them is not near enough for a forecast."""

_NOT_OVER = "stands.kind NOT IN ('shipped', 'declined') AND NOT stands.deleted AND NOT stands.archived"


def questions(request: ReportRequest) -> Mapping[str, Query]:
    """What stands on the roadmap with most items that are not done, in its order, and the teams' work."""
    if request.past:
        heads = standing.heads_as_of(AT, where=WORKSPACE)
        places = standing.places_as_of(AT, where=WORKSPACE)
        said = standing.words_as_of(AT, where=WORKSPACE)
    else:
        heads, places, said = (make(where=WORKSPACE) for make in (standing.heads, standing.places, standing.words))
    stands = f"""SELECT * FROM ({standing.by_hand(heads, places, said)}) AS stands
WHERE {_NOT_OVER} AND merged_into = '' AND {request.posts_on_board()}"""
    return {
        "planned": request.query(f"""SELECT column, place, among, placed, post, title, status, kind, merged_into,
  archived, deleted, 0, ifNull(toString(target), ''), precision, ifNull(toString(due), ''), owner, note,
  nullIf(toUnixTimestamp64Milli(since), 0), team, roadmap_name
FROM (
  SELECT *, count() OVER (PARTITION BY roadmap) AS among,
    row_number() OVER (PARTITION BY roadmap ORDER BY column_place, NOT placed, rank, created_at, post) AS place
  FROM ({stands})
)
ORDER BY among DESC, roadmap, place LIMIT 1 BY post LIMIT {MOST}"""),
        "work": work_query(request.database, request.workspace, at=request.at),
    }


def forecast(request: ReportRequest, answers: Answers) -> RoadmapForecast:
    """The forecast of what is planned."""
    work = [msgspec.convert(row, WorkRow) for row in answers["work"]]
    return forecast_roadmap([_standing(row) for row in answers["planned"]], work, now=request.at)


def section(request: ReportRequest, answers: Answers) -> Section:
    """The section."""
    if not answers["planned"]:
        return Section("forecast", TITLE, "", empty=EMPTY)
    found = forecast(request, answers)
    fan = _fan(found)
    return Section(
        "forecast",
        TITLE,
        _sentence(request, found),
        charts=[] if fan is None else [_chart(request, *fan)],
        tables=(_table(request, found),),
        note="Each team works on its items in the roadmap's order, and these alone, as fast as in the last half year.",
    )


def _standing(row: Sequence[object]) -> Standing:
    return msgspec.convert(row[: len(Standing._fields)], Standing)


def _sentence(request: ReportRequest, found: RoadmapForecast) -> str:
    items = words.count(len(found.items), "item")
    if not found.fan:
        reason = words.plain(found.why) or "the teams' history is too short"
        are = "is" if len(found.items) == 1 else "are"
        return f"When the {items} of the roadmap {are} done can't be said: {reason}."
    late = sum(each.forecast.chance is not None and each.forecast.chance < 0.5 for each in found.items)
    dated = sum(each.forecast.chance is not None for each in found.items)
    said = f"All {items} are done by {_day(request, found.whole.p50)} as likely as not, "
    said += f"and by {_day(request, found.whole.p85)} with 85\N{NO-BREAK SPACE}% certainty. "
    return said + (f"{late} of {dated} target dates are more likely missed than met." if dated else "")


def _fan(found: RoadmapForecast) -> tuple[str, int, Sequence[Dates]] | None:
    """Whose fan is shown, of how many items: that of all teams, else of the one with most items that has one."""
    if found.fan:
        return "", len(found.items), found.fan
    known = [team for team in found.teams if team.fan]
    if not known:
        return None
    team = max(known, key=lambda each: (each.items, each.team))
    return team.team, team.items, team.fan


def _chart(request: ReportRequest, whose: str, items: int, fan: Sequence[Dates]) -> Chart:
    values = [
        {"at": request.at + number * WEEK, "p50": each.p50, "p85": each.p85, "p95": each.p95}
        for number, each in enumerate(_weeks(fan, items))
    ]
    whose_items = f" of team {words.quoted(whose)}" if whose else ""
    tooltip = [
        drawing.tip("at", "By", "temporal"),
        drawing.tip("p50", "As likely as not, at least", "quantitative"),
        drawing.tip("p85", "With 85 % certainty", "quantitative"),
        drawing.tip("p95", "With 95 % certainty", "quantitative"),
    ]
    along = {"x": drawing.time("at"), "tooltip": tooltip}
    between = {"type": "area", "color": drawing.ACCENT}
    return Chart(
        "forecast",
        "How many items are done after each week from now on: as likely as not, and with 85 and 95 % certainty.",
        f"Items{whose_items} done: as likely as not (line), with 85 % and with 95 % certainty (the bands below it)",
        drawing.chart(
            values,
            height=240,
            layer=[
                {
                    "mark": {**between, "opacity": 0.16, "tooltip": True},
                    "encoding": {**along, "y": drawing.amount("p95"), "y2": {"field": "p50"}},
                },
                {
                    "mark": {**between, "opacity": 0.24},
                    "encoding": {**along, "y": drawing.amount("p85"), "y2": {"field": "p50"}},
                },
                {
                    "mark": {"type": "line", "color": drawing.ACCENT, "strokeWidth": 2},
                    "encoding": {**along, "y": drawing.amount("p50")},
                },
                *drawing.level(float(items), f"all {items} items"),
            ],
        ),
    )


def _weeks(fan: Sequence[Dates], items: int) -> Sequence[Dates]:
    """The fan up to a little after all of it is done."""
    ends = next((number for number, each in enumerate(fan) if each.p95 is not None and each.p95 >= items), len(fan))
    return fan[: ends + 2]


def _table(request: ReportRequest, found: RoadmapForecast) -> Table:
    columns = (
        Column("Item", words=True), Column("As likely as not"), Column("85 % certain"), Column("Target", minor=True),
        Column("Held by then", number=True),
    )  # fmt: skip
    rows = [
        (
            Cell(words.plain(each.standing.title)),
            Cell(_day(request, each.forecast.dates.p50)),
            Cell(_day(request, each.forecast.dates.p85)),
            Cell(words.date(each.standing.due)),
            Cell(words.NOTHING if each.forecast.chance is None else words.share(each.forecast.chance)),
        )
        for each in found.items
    ]
    return Table("When each item is done", columns, rows, folded=True)


def _day(request: ReportRequest, days: float | None) -> str:
    return "no day that can be said" if days is None else words.day(request.at + round(days * DAY))
