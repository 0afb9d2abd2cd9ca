"""What target dates mean: the days that they may fall on, and how far one lies from another."""

import pytest

from events.domain.roadmaps.targets import Target, read_target


@pytest.mark.parametrize(
    ("text", "precision", "first", "due", "shown"),
    [
        ("2026-03-15", None, "2026-03-15", "2026-03-15", "2026-03-15"),
        ("2026-03-15", "month", "2026-03-01", "2026-03-31", "2026-03"),
        ("2026-03-15", "quarter", "2026-01-01", "2026-03-31", "2026-Q1"),
        ("2024-02", None, "2024-02-01", "2024-02-29", "2024-02"),
        ("2026-Q4", None, "2026-10-01", "2026-12-31", "2026-Q4"),
        ("2026-q2", "quarter", "2026-04-01", "2026-06-30", "2026-Q2"),
    ],
)
def test_a_target_means_the_days_of_its_period(
    text: str, precision: str | None, first: str, due: str, shown: str
) -> None:
    target = read_target(text, precision)
    assert (target.first.isoformat(), target.due.isoformat(), target.text) == (first, due, shown)


@pytest.mark.parametrize(
    ("text", "precision"),
    [
        ("", None), ("soon", None), ("2026", None), ("2026-13", None), ("2026-00", None), ("2026-Q5", None),
        ("2026-02-30", None), ("1969-12-31", None), ("2100-01-01", None), ("0000-Q1", None), ("2026-Q1", "month"),
        ("2026-03", "day"), ("2026-03-15", "week"), ("2026-03-15T00:00", None), (" 2026-03", None), ("2026-03\n", None),
    ],
)  # fmt: skip
def test_what_is_no_target_is_refused(text: str, precision: str | None) -> None:
    with pytest.raises(ValueError, match=r"must|no such date|names a|one of"):
        read_target(text, precision)


def test_periods_hold_and_equal_each_other() -> None:
    quarter = read_target("2026-Q1")
    assert quarter.holds(read_target("2026-02"))
    assert not quarter.holds(read_target("2026-04-01"))
    assert not read_target("2026-02").holds(quarter)
    assert quarter.same_as(Target("2026-03-31", "quarter"))
    assert not quarter.same_as(Target("2026-03-31", "day"))
    assert not quarter.same_as(None)
