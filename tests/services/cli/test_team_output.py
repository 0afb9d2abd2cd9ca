"""What is printed of teams: a table, and sentences below it; what was written by others can't steer a terminal."""

import pytest

from projections.planning.queries import Delivered, Span, TeamRow, TeamWork
from projections.planning.report import TeamsReport, report
from services.cli.team_output import as_json, print_report

DAY = 86_400_000


def post(number: int, *tags: str) -> Delivered:
    return Delivered(
        post=f"p{number}", title="P", board="ideas", tags=tags, team="web", owner="", created_at=0, started_at=0,
        shipped_at=number * DAY, cycle_days=float(number), lead_days=30.0, reopened=0, slips=0, unit="", low=None,
        high=None, votes=3, kind="shipped", due="", status_days={},
    )  # fmt: skip


def told(name: str = "Web") -> TeamsReport:
    work = TeamWork(
        team="web", tag="", throughput=12, first_shipped_at=0, last_shipped_at=DAY, timed=12, cycle_p50=6.5,
        cycle_p85=10.35, lead_p50=30.0, lead_p85=30.0, status_posts={"open": 12, "planned": 3},
        status_p50={"open": 23.5}, status_p85={"open": 29.0}, estimated_days=0, estimate_ratio_p50=None,
        estimate_mmre=None, estimate_hit_rate=None, estimated_points=0, points_per_day=None, slips=0, dated=0,
        slip_rate=None, reopened=1, reopened_rate=1 / 12, votes_delivered=36,
    )  # fmt: skip
    posts = [post(number, "mobile") for number in range(1, 7)] + [post(number) for number in range(70, 76)]
    return report([TeamRow("web", name, False, 0, 0, 1)], [work], posts, Span(), 42 * DAY)


def test_numbers_and_sentences(capsys: pytest.CaptureFixture[str]) -> None:
    print_report(told())
    shown = capsys.readouterr().out
    assert "Days at the median before it was shipped: open 23.5" in shown
    assert "+ Web is quicker at mobile: 3.5 days in progress at the median (6 posts), against 72.5 days" in shown
    assert "? other teams delivered no posts: nothing to compare Web with" in shown
    (row,) = [line.split() for line in shown.splitlines() if line.strip().startswith("Web ") and "12" in line]
    assert row == ["Web", "all", "12", "2.0", "6.5", "10.3", "0", "-", "-", "8", "%", "36"]


def test_nothing_that_stands_out_is_told_with_how_often_it_was_looked(capsys: pytest.CaptureFixture[str]) -> None:
    alike = [post(number % 7 + 1, *(["mobile"] if number % 2 else [])) for number in range(14)]
    print_report(report([TeamRow("web", "Web", False, 0, 0, 1)], [], alike, Span(), 42 * DAY, "web"))
    assert "Nothing stands out: of 3 comparisons none differs" in capsys.readouterr().out


def test_a_name_steers_no_terminal(capsys: pytest.CaptureFixture[str]) -> None:
    print_report(told("We\x1b[31mb"))
    assert "\x1b" not in capsys.readouterr().out


def test_the_same_for_programs() -> None:
    (team,) = as_json(told())["items"]  # type: ignore[misc]  # a list of one
    assert (team["work"][0]["per_week"], team["work"][0]["cycle_p85"]) == (2.0, 10.35)
    assert [each["measure"] for each in team["strengths"]] == ["cycle_time"]
    assert team["strengths"][0]["other_posts"] == 6
