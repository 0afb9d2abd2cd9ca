"""What each metric says of a winter of a small team, reckoned by hand; and filters, moments and views of it."""

from collections.abc import Iterator

import pytest

from events.times import Millis
from projections.metrics.calendar import Every, span
from projections.metrics.declared import BY_NAME, METRICS, TOGETHER
from projections.metrics.filters import SeriesFilter
from projections.metrics.query import (
    NotAsked,
    Point,
    SeriesRequest,
    points,
    points_of_each,
    series_query,
    several_query,
)
from tests.support import measured_work
from tests.support.product_past import at
from tests.support.views import Database
from tests.support.world import WORKSPACE

BEGIN, END = at("2026-01-01"), at("2026-07-01")
JANUARY, FEBRUARY, MARCH = "2026-01", "2026-02", "2026-03"


@pytest.fixture(scope="module")
def filled(clickhouse_url: str) -> Iterator[Database]:
    with measured_work.filled(clickhouse_url) as made:
        yield made


def ask(
    filled: Database,
    name: str,
    *,
    as_of: Millis = END - 1,
    every: Every = "month",
    known_at: Millis | None = None,
    **left: object,
) -> dict[str, list[Point]]:
    request = SeriesRequest(
        workspace=WORKSPACE, span=span(BEGIN, as_of + 1, every), as_of=as_of, known_at=known_at,
        filter=SeriesFilter(**left),  # type: ignore[arg-type]
    )  # fmt: skip
    query = series_query(BY_NAME[name], request, filled.settings.database)
    return points(BY_NAME[name], filled.client.query(query.sql, dict(query.parameters)).result_rows)


def said(series: dict[str, list[Point]], month: str, line: str = "") -> tuple[float | None, ...]:
    """Value, numerator and denominator of a month."""
    found = next(each for each in series[line] if each.start.isoformat().startswith(month))
    return tuple(None if each is None else round(each, 6) for each in found[2:])


@pytest.mark.parametrize(
    ("name", "line", "month", "expected"),
    [
        ("votes_delivered", "", JANUARY, (4 / 20, 4, 20)),
        ("votes_delivered", "", FEBRUARY, (0, 0, 13)),
        ("demand_coverage", "", JANUARY, (5 / 16, 5, 16)),
        ("demand_coverage", "", FEBRUARY, (9 / 13, 9, 13)),
        ("demand_coverage", "", MARCH, (1, 13, 13)),
        ("standing_demand", "open", JANUARY, (16, 16, None)),
        ("standing_demand", "open", MARCH, (9, 9, None)),
        ("standing_demand", "planned", MARCH, (4, 4, None)),
        ("votes_cast", "", JANUARY, (20, 20, None)),
        ("votes_cast", "", FEBRUARY, (0, 0, None)),
        ("votes_withdrawn", "", FEBRUARY, (1, 1, None)),
        ("active_voters", "", JANUARY, (6, 6, None)),
        ("active_voters", "", FEBRUARY, (1, 1, None)),
        ("new_voters", "", JANUARY, (6, 6, None)),
        ("new_voters", "", FEBRUARY, (0, 0, None)),
        ("share_from_paying", "", JANUARY, (10 / 20, 10, 20)),
        ("share_from_paying", "", FEBRUARY, (None, 0, 0)),
        ("posts_submitted", "", JANUARY, (12, 12, None)),
        ("posts_submitted", "", FEBRUARY, (1, 1, None)),
        ("time_to_first_answer", "p50", JANUARY, (10, None, 9)),
        ("time_to_first_answer", "p50", FEBRUARY, (None, None, 1)),
        ("response_rate", "", JANUARY, (10 / 12, 10, 12)),
        ("time_in_status", "in_progress p50", JANUARY, (7, None, 6)),
        ("time_in_status", "in_progress p85", JANUARY, (10.5, None, 6)),
        ("time_in_status", "open p50", FEBRUARY, (None, None, 1)),
        ("cycle_time", "p50", JANUARY, (7, None, 6)),
        ("cycle_time", "p85", JANUARY, (10.5, None, 6)),
        ("lead_time", "p50", JANUARY, (17, None, 6)),
        ("lead_time", "p85", JANUARY, (20.5, None, 6)),
        ("throughput", "", JANUARY, (6, 6, None)),
        ("throughput", "", FEBRUARY, (0, 0, None)),
        ("posts_by_kind", "open", JANUARY, (5, 5, None)),
        ("posts_by_kind", "shipped", JANUARY, (6, 6, None)),
        ("posts_by_kind", "declined", FEBRUARY, (1, 1, None)),
        ("reopened_rate", "", JANUARY, (1 / 6, 1, 6)),
        ("slip_rate", "", JANUARY, (3 / 5, 3, 5)),
        ("slip_rate", "", MARCH, (None, 1, 1)),
        ("estimate_accuracy", "mmre", JANUARY, ((0.5 + 1 / 6 + 0.75) / 5, 0.5 + 1 / 6 + 0.75, 5)),
        ("estimate_accuracy", "pred25", JANUARY, (3 / 5, 3, 5)),
        ("estimate_accuracy", "hit_rate", JANUARY, (3 / 5, 3, 5)),
        ("satisfaction", "", FEBRUARY, (4.2, 21, 5)),
        ("escaped_defect_rate", "", JANUARY, (1 / 6, 1, 6)),
        ("gates_overridden", "", MARCH, (1 / 5, 1, 5)),
    ],
)
def test_what_each_says(filled: Database, name: str, line: str, month: str, expected: tuple[float | None, ...]) -> None:
    assert said(asked_once(filled, name), month, line) == tuple(
        None if each is None else round(each, 6) for each in expected
    )


_asked: dict[tuple[int, str], dict[str, list[Point]]] = {}


def asked_once(filled: Database, name: str) -> dict[str, list[Point]]:
    key = (id(filled), name)
    if key not in _asked:
        _asked[key] = ask(filled, name)
    return _asked[key]


def test_all_of_them_are_there(filled: Database) -> None:
    for metric in METRICS:
        series = asked_once(filled, metric.name)
        assert list(series) == list(metric.shown_lines)
        assert {len(line) for line in series.values()} == {6}


def test_forecasts_that_held_are_those_of_the_record(filled: Database) -> None:
    rows = filled.rows(
        """SELECT toString(toStartOfMonth(finished_at)), countIf(held_p85), count() FROM groundswell.forecast_record
WHERE workspace = 'acme' AND basis = 'happened' AND finished_at IS NOT NULL AND held_p85 IS NOT NULL GROUP BY 1"""
    )
    expected = {month[:7]: (held, count) for month, held, count in rows}
    assert max(count for _, count in expected.values()) >= 5
    series = asked_once(filled, "forecast_calibration")
    assert {
        each.start.isoformat()[:7]: (each.numerator, each.denominator) for each in series[""] if each.denominator
    } == expected
    assert all((each.value is None) == (each.denominator < 5) for each in series[""])


def test_as_of_a_moment_is_what_had_happened_then(filled: Database) -> None:
    end_of_january = at("2026-02-01") - 1
    assert said(ask(filled, "response_rate", as_of=end_of_january), JANUARY) == (0.75, 9, 12)
    assert said(ask(filled, "reopened_rate", as_of=end_of_january), JANUARY) == (0, 0, 6)
    assert said(ask(filled, "votes_delivered", as_of=at("2026-01-19")), JANUARY) == (None, 0, 0)
    assert said(ask(filled, "slip_rate", as_of=at("2026-01-20")), JANUARY) == (None, 2, 3)


def test_as_known_at_a_moment_is_what_was_recorded_then(filled: Database) -> None:
    began = 1_800_000_000_000
    assert said(ask(filled, "throughput", known_at=began - 1), JANUARY) == (0, 0, None)
    assert said(ask(filled, "posts_submitted", known_at=began + 4000 + 5 * 1000), JANUARY)[0] in range(1, 12)
    assert said(ask(filled, "votes_cast", known_at=began + 4 * 1000), JANUARY) == (5, 5, None)
    with pytest.raises(NotAsked) as refused:
        ask(filled, "forecast_calibration", known_at=began)
    assert refused.value.field == "known_at"


@pytest.mark.parametrize(
    ("name", "left", "value"),
    [
        ("votes_cast", {"segment": "gold"}, 5),
        ("votes_cast", {"plan": "gold"}, 5),
        ("votes_cast", {"plan": "team"}, 9),
        ("votes_cast", {"company": "globex"}, 9),
        ("votes_cast", {"segment": "nobody"}, 0),
        ("votes_cast", {"tags": ("mobile",)}, 5),
        ("votes_cast", {"tags": ("mobile",), "plan": "gold"}, 1),
        ("votes_cast", {"board": "elsewhere"}, 0),
        ("votes_cast", {"team": "web"}, 3),
        ("votes_cast", {"kind": "planned"}, 5),
        ("throughput", {"segment": "gold"}, 1),
        ("throughput", {"company": "globex", "board": "ideas"}, 1),
        ("posts_submitted", {"team": "web"}, 1),
    ],
)
def test_filters(filled: Database, name: str, left: dict[str, object], value: float) -> None:
    assert said(ask(filled, name, **left), JANUARY)[0] == value


def test_one_kind_of_status(filled: Database) -> None:
    assert list(ask(filled, "time_in_status", kind="planned")) == ["planned p50", "planned p85"]
    for name, kind in (("throughput", "open"), ("standing_demand", "declined")):
        with pytest.raises(NotAsked) as refused:
            ask(filled, name, kind=kind)
        assert refused.value.field == "kind"


def test_the_days_of_a_month_add_up_to_it(filled: Database) -> None:
    for every in ("day", "week", "quarter", "year"):
        for name in ("votes_cast", "throughput", "posts_submitted"):
            whole = sum(each.value for each in asked_once(filled, name)[""])
            assert sum(each.value for each in ask(filled, name, every=every)[""]) == whole, (name, every)
    for name in ("votes_delivered", "demand_coverage"):
        last = asked_once(filled, name)[""][-1]
        for every in ("day", "week", "quarter", "year"):
            assert ask(filled, name, every=every)[""][-1][2:] == last[2:], (name, every)


def test_the_views(filled: Database) -> None:
    rows = filled.rows(
        """SELECT metric, line, toString(start), value, numerator, denominator FROM groundswell.metrics
WHERE workspace = 'acme' AND period = 'month' AND start <= '2026-06-01'"""
    )
    of_view = {(name, line, start): tuple(rest) for name, line, start, *rest in rows}
    of_queries = {
        (metric.name, line, each.start.isoformat()): tuple(each[2:])
        for metric in METRICS
        for line, series in asked_once(filled, metric.name).items()
        for each in series
    }
    assert of_view == of_queries
    assert filled.rows("SELECT metric, unit FROM groundswell.metric_definitions") == [
        (metric.name, metric.unit) for metric in METRICS
    ]
    weeks = filled.rows(
        """SELECT toString(start), value FROM groundswell.metric_series(workspace = 'acme', metric = 'votes_cast',
  every = 'week', from = '2026-01-12', to = '2026-02-01') ORDER BY start"""
    )
    assert weeks == [("2026-01-12", 0), ("2026-01-19", 20), ("2026-01-26", 0)]


@pytest.mark.parametrize("every", ["week", "month"])
@pytest.mark.parametrize("left", [SeriesFilter(), SeriesFilter(plan="team"), SeriesFilter(board="ideas")])
def test_several_metrics_at_once_say_what_each_says(filled: Database, every: Every, left: SeriesFilter) -> None:
    request = SeriesRequest(workspace=WORKSPACE, span=span(BEGIN, END, every), as_of=END - 1, filter=left)
    query = several_query(TOGETHER, request, filled.settings.database)
    found = points_of_each(TOGETHER, filled.client.query(query.sql, dict(query.parameters)).result_rows)
    assert list(found) == [metric.name for metric in TOGETHER]
    for metric in TOGETHER:
        alone = series_query(metric, request, filled.settings.database)
        assert found[metric.name] == points(metric, filled.client.query(alone.sql, dict(alone.parameters)).result_rows)
        assert left.plan or any(point.numerator for line in found[metric.name].values() for point in line)
