"""The declarations are whole, and the page in the docs is made of them."""

import re
from datetime import date
from pathlib import Path

import pytest

from events.times import Millis
from projections.metrics.calendar import MOST_POINTS, Span, span, start_of
from projections.metrics.declared import BY_NAME, METRICS
from tests.support.product_metrics_page import page
from tests.support.product_past import at

ROOT = Path(__file__).parents[3]
DAY: Millis = 86_400_000


def test_the_page_is_what_is_declared() -> None:
    made = (ROOT / "docs/product-metrics.md").read_text()
    assert made == page(), "make it again: python -m tests.support.product_metrics_page > docs/product-metrics.md"


def test_each_is_whole_and_named_once() -> None:
    assert len(BY_NAME) == len(METRICS)
    for metric in METRICS:
        assert re.fullmatch(r"[a-z][a-z0-9_]{0,63}", metric.name)
        for text in (metric.title, metric.meaning, metric.unit, metric.formula, metric.source):
            assert text.strip() == text != ""
        assert metric.meaning.endswith(".")
        assert metric.formula.endswith(".")
        assert len(set(metric.shown_lines)) == len(metric.shown_lines)


@pytest.mark.parametrize(
    ("every", "starts"),
    [
        ("day", ["2024-02-28", "2024-02-29", "2024-03-01"]),
        ("week", ["2024-02-26"]),
        ("month", ["2024-02-01", "2024-03-01"]),
        ("quarter", ["2024-01-01"]),
        ("year", ["2024-01-01"]),
    ],
)
def test_periods_by_the_calendar(every: str, starts: list[str]) -> None:
    asked = span(at("2024-02-28"), at("2024-03-02"), every)  # type: ignore[arg-type]
    assert [each.isoformat() for each in asked.starts] == starts
    assert asked.points == len(starts)


def test_the_end_is_not_among_them_and_twelve_are_usual() -> None:
    assert span(at("2026-01-01"), at("2026-02-01"), "month").points == 1
    assert span(None, at("2026-03-01"), "month") == Span(date(2025, 3, 1), date(2026, 2, 1), "month")
    assert span(None, at("2026-03-02"), "week").points == 12


def test_nothing_is_before_1970() -> None:
    assert start_of(0, "week") == date(1970, 1, 1)
    assert span(0, 20 * DAY, "week").starts == [
        date(1970, 1, 1),
        date(1970, 1, 5),
        date(1970, 1, 12),
        date(1970, 1, 19),
    ]
    assert span(None, DAY, "year") == Span(date(1970, 1, 1), date(1970, 1, 1), "year")


def test_too_many_or_none_are_refused() -> None:
    assert span(0, MOST_POINTS * DAY, "day").points == MOST_POINTS
    with pytest.raises(ValueError, match="401 points"):
        span(0, MOST_POINTS * DAY + 1, "day")
    with pytest.raises(ValueError, match="must be before"):
        span(DAY, DAY, "month")
