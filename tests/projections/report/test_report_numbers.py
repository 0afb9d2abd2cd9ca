"""What the page says is what a naive count of the log comes to."""

from bisect import bisect_right
from collections import Counter
from collections.abc import Iterator

import pytest

from events.domain.commands import ClosePost, PutPost
from events.domain.posts.commands import ChangeStatus
from events.times import Millis
from projections.planning.queries import Delivered
from projections.report import cycle, demand, flow, ranking, report, words
from projections.report.figures import spark
from projections.report.report import PARTS
from projections.report.request import WEEK
from projections.report.section import Answers
from tests.projections.report.conftest import Reported
from tests.support.ballots import Vote
from tests.support.reported_workspace import APART, DAY, NOW

KINDS = {"planned": "planned", "in-progress": "in_progress", "complete": "shipped"}


def standing(votes: list[Vote], until: Millis) -> dict[tuple[str, str], int]:
    """Who stands where at a moment."""
    last = {(vote.post, vote.person): vote.value for vote in votes if vote.time <= until}
    return {key: value for key, value in last.items() if value}


def kinds(reported: Reported, until: Millis) -> dict[str, str]:
    """What each post was at a moment."""
    found: dict[str, str] = {}
    for at, command in reported.happened.decisions:
        if min(at, NOW - DAY) > until:
            continue
        match command:
            case PutPost():
                found[command.post] = "open"
            case ClosePost():
                found[command.post] = "declined"
            case ChangeStatus():
                found[command.post] = KINDS[command.status]
    return found


def test_demand_by_week(reported: Reported, answers: Answers) -> None:
    votes = list(reported.happened.votes)
    found = demand.weeks(reported.request(), answers)
    cast, withdrawn = Counter[int](), Counter[int]()
    before: dict[tuple[str, str], int] = {}
    begins = [week.begins for week in found]
    for vote in votes:
        was = before.get((vote.post, vote.person), 0)
        before[vote.post, vote.person] = vote.value
        week = bisect_right(begins, vote.time - 1) - 1
        if vote.time > begins[0]:
            cast[week] += was == 0 and vote.value != 0
            withdrawn[week] += was != 0 and vote.value == 0
    assert [week.cast for week in found] == [cast[index] for index in range(len(found))]
    assert [week.withdrawn for week in found] == [withdrawn[index] for index in range(len(found))]
    assert [week.standing for week in found] == [
        len(standing(votes, min(week.begins + WEEK - 1, NOW))) for week in found
    ]


def test_flow_by_week(reported: Reported, answers: Answers) -> None:
    for week in flow.weeks(reported.request(), answers):
        expected = Counter(kinds(reported, week.begins + WEEK - 1).values())
        assert {kind: count for kind, count in week.posts.items() if count} == expected


def test_ranking_and_how_it_moved(reported: Reported, answers: Answers) -> None:
    request = reported.request()
    created = {command.post: at for at, command in reported.happened.decisions if isinstance(command, PutPost)}

    def places(until: Millis) -> dict[str, tuple[int, int]]:
        scores: Counter[str] = Counter()
        for (post, _), value in standing(list(reported.happened.votes), until).items():
            scores[post] += value
        wanted = [post for post, kind in kinds(reported, until).items() if kind not in ("shipped", "declined")]
        wanted.sort(key=lambda post: (-scores[post], created[post], post))
        return {post: (place, scores[post]) for place, post in enumerate(wanted, start=1)}

    now, before = places(NOW), places(request.before)
    found = ranking.ranked(answers)
    assert [(post.post, (post.rank, post.score)) for post in found] == list(now.items())[: ranking.SHOWN]
    assert [post.was for post in found] == [before.get(post.post, (None, 0))[0] for post in found]
    assert {post.among for post in found} == {len(now)}


def test_the_page_of_one_board(reported: Reported) -> None:
    request = reported.request(board=APART)
    answers = reported.answers(request)
    assert demand.weeks(request, answers)[-1].standing == 1
    assert flow.weeks(request, answers)[-1].posts["open"] == 1
    assert [post.post for post in ranking.ranked(answers)] == [APART]
    told = report(request, answers)
    assert {section.name for section in told.sections if section.empty} == {
        "cycle-time", "roadmap", "forecast", "quality"
    }  # fmt: skip


def test_the_page_of_a_past_moment(reported: Reported) -> None:
    then = NOW - 100 * DAY
    request = reported.request(at=then, past=True)
    answers = reported.answers(request)
    told = report(request, answers)
    assert f"as of {words.day(then)}" in told.of
    assert not [section.name for section in told.sections if section.empty]
    votes = list(reported.happened.votes)
    assert demand.weeks(request, answers)[-1].standing == len(standing(votes, then))
    assert all(post.shipped_at <= then for post in cycle.delivered(answers))


def test_a_workspace_without_anything_says_what_to_do(reported: Reported) -> None:
    request = reported.request(workspace="nobody")
    told = report(request, reported.answers(request))
    assert len(told.sections) == len(PARTS)
    for section in told.sections:
        assert "/v1/" in section.empty, section.name
        assert not (section.charts)
        assert not (section.tables)
        assert not (section.sentence)


@pytest.mark.parametrize(
    ("value", "said"),
    [(0, "0"), (-0.2, "0"), (12345.4, "12,345"), (-12345, "\N{MINUS SIGN}12,345")],
)
def test_numbers_as_they_are_said(value: float, said: str) -> None:
    assert words.number(value) == said


def test_money_is_in_whole_units_of_its_currency() -> None:
    said = [words.money(1_234_500, currency) for currency in ("EUR", "JPY", "KWD")]
    assert said == ["EUR\xa012,345", "JPY\xa01,234,500", "KWD\xa01,234"]


def test_a_name_stays_in_its_own_quotes() -> None:
    assert words.quoted("a\u202eb \n\u2067c\x00") == "\u201cab c\u201d"


def test_percentiles_are_those_of_the_delivered_posts_and_none_of_a_few(answers: Answers) -> None:
    assert cycle.percentiles([5, 1, 4, 2, 3]) == (5, 3, pytest.approx(4.4))
    assert cycle.percentiles([1, 2, 3, 4]) == (4, None, None)
    assert all(isinstance(post, Delivered) for post in cycle.delivered(answers))


def test_a_line_of_few_values() -> None:
    assert list(lines()) == ["", "", "0.0,26.0 100.0,2.0", "0.0,26.0 100.0,26.0"]


def lines() -> Iterator[str]:
    for values in ([], [1.0, None], [1.0, None, 2.0], [1.0, 1.0]):
        yield spark(values)
