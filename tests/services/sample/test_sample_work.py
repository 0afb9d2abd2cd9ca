"""What the teams of the sample did can be decided as it is told, and is enough to answer from."""

from collections import Counter

import pytest

from events.domain.commands import PutBoard
from events.domain.posts.commands import ChangeStatus
from events.people import CompanyDescribed, PersonIdentified
from events.times import format_time
from services.sample.calendar import BEGIN, END
from services.sample.decisions import Story, make_decisions
from services.sample.dice import Dice
from services.sample.load import _facts, _posts
from services.sample.posts import BOARDS
from services.sample.quality import make_ratings
from services.sample.sample import SEED, Sample, make_sample
from services.sample.teams import TEAMS
from tests.support.decided import Decided

WORKSPACE = "demo"


@pytest.fixture(scope="module")
def sample() -> Sample:
    return make_sample()


def test_every_decision_is_taken_and_changes_something(sample: Sample) -> None:
    """In memory, by the aggregates themselves: nothing is refused, and nothing was so before."""
    world = Decided(workspace=WORKSPACE)
    for board, name in BOARDS.items():
        world.do(PutBoard(workspace=WORKSPACE, board=board, name=name, at=format_time(BEGIN)))
    for post in _posts(WORKSPACE, sample.posts):
        world.do(post)
    decisions = make_decisions(WORKSPACE, Story(sample.posts, sample.items, sample.bugs, sample.grumbles))
    assert [decided.at for decided in decisions] == sorted(decided.at for decided in decisions)
    assert len({decided.commit_id for decided in decisions}) == len(decisions)
    assert decisions[-1].at < format_time(END)
    for decided in decisions:
        assert world.do(decided.command).events, decided
    overrides = [each for each in decisions if isinstance(each.command, ChangeStatus) and each.command.override]
    assert 2 <= len(overrides) < 12


def test_every_team_has_a_history_to_judge_and_to_forecast_from(sample: Sample) -> None:
    for team in TEAMS:
        items = [item for item in sample.items if item.team is team]
        shipped = [item for item in items if item.shipped is not None]
        assert len(shipped) >= 12, team.team
        assert Counter(tag for item in shipped for tag in item.tags).most_common(1)[0][1] >= 5
        assert sum(item.low is not None for item in shipped) >= 8
        assert any(item.begun is not None and item.shipped is None for item in items)
        assert any(item.begun is None for item in items)
        for item in items:
            assert item.post.at < item.planned < (item.begun or END)
            assert [promise.at for promise in item.promises] == sorted(promise.at for promise in item.promises)
    assert sum(bool(item.came_back) for item in sample.items) >= 5
    assert sum(len(item.promises) > 1 for item in sample.items) >= 20
    assert {bug.item.team.team for bug in sample.bugs} == {team.team for team in TEAMS}
    assert any(bug.post.at < (bug.item.shipped or 0) for bug in sample.bugs)


def test_companies_pay_and_change_their_minds(sample: Sample) -> None:
    facts = _facts(WORKSPACE, sample)
    assert len({fact.id for fact in facts}) == len(facts)
    companies = [fact for fact in facts if isinstance(fact, CompanyDescribed)]
    times = Counter(fact.subject for fact in companies)
    assert len(times) == 60
    assert sum(count > 1 for count in times.values()) >= 10
    assert {fact.data.plan for fact in companies} == {"team", "business", "enterprise", "cancelled"}
    assert {fact.data.spend.currency for fact in companies if fact.data.spend} == {"EUR", "USD"}
    persons = [fact for fact in facts if isinstance(fact, PersonIdentified)]
    assert {fact.subject for fact in persons} == {person.id for person in sample.people}
    assert all(fact.data.name is fact.data.email for fact in persons)  # neither is said


def test_customers_want_different_things(sample: Sample) -> None:
    facts = _facts(WORKSPACE, sample)
    plan_of = {fact.subject: fact.data.plan for fact in facts if isinstance(fact, CompanyDescribed)}
    known = [fact for fact in facts if isinstance(fact, PersonIdentified) and fact.data.traits]
    large = {fact.subject for fact in known if plan_of.get(fact.data.company or "") == "enterprise"}
    phones = {fact.subject for fact in known if fact.data.traits == {"device": "phone"}}

    def wished(post: str, who: set[str]) -> float:
        votes = [vote.post == post for vote in sample.votes if vote.person in who and vote.value == 1]
        return sum(votes) / len(votes)

    everybody = {person.id for person in sample.people}
    assert len(large) > 200
    assert wished("api-keys-with-fewer-rights", large) > 1.5 * wished("api-keys-with-fewer-rights", everybody)
    assert wished("import-a-plan-from-a-spreadsheet", large) < wished("api-keys-with-fewer-rights", large)
    assert wished("add-a-task-from-the-share-sheet", phones) > 1.25 * wished(
        "add-a-task-from-the-share-sheet", everybody
    )


def test_voters_say_how_content_they_are_after_it_shipped(sample: Sample) -> None:
    ratings = make_ratings(Dice(SEED + 7), WORKSPACE, sample.items, sample.votes)
    shipped = {item.post.wish.post: item.shipped for item in sample.items}
    assert len(ratings) > 300
    assert {rating.data.rating for rating in ratings} == {1, 2, 3, 4, 5}
    for rating in ratings:
        assert rating.time > format_time(shipped[rating.subject] or END)
