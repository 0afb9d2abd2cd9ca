"""A small workspace with a year of everything that the product manager's page shows, folded into a database."""

import random
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from events.domain.commands import ClosePost, Command, PutBoard, PutPost
from events.domain.estimates.commands import GiveEstimate
from events.domain.goals.commands import LinkGoal, MeasureKeyResult, PutGoal
from events.domain.goals.events import KeyResult
from events.domain.posts.commands import ChangeStatus, TagPost
from events.domain.roadmaps.commands import PlaceItem, PutRoadmap
from events.domain.roadmaps.targets import read_target
from events.domain.segments.commands import PutSegment
from events.domain.segments.events import Condition
from events.domain.tags.commands import DefineTag
from events.domain.teams.commands import PutTeam
from events.people import CompanyData, PersonData, Spend
from events.position import Partition
from events.times import Millis, format_time, from_millis, parse_time
from projections.catalog import PROJECTIONS
from projections.fold import Projection
from tests.support.ballots import TOPIC, MemoryLog, Vote
from tests.support.decided import WORKSPACE
from tests.support.ledger import LEDGER_TOPIC, MemoryLedger
from tests.support.people_log import PEOPLE_TOPIC, PeopleLog, company, person
from tests.support.roadmaps import RoadmapWorld
from tests.support.views import Database

NOW: Millis = parse_time("2026-11-24T12:00:00Z")
DAY: Millis = 86_400_000
APART = "apart"
_BEGIN = NOW - 400 * DAY
_TEAMS = {"web": "Web", "apps": "Apps", "data": "Data"}
_TAGS = ("search", "export", "speed")
_FATES = ("complete",) * 11 + ("in-progress",) * 2 + ("planned",) * 2 + ("closed",) * 2 + ("open",) * 5
_PLANS = {"enterprise": (9, 480_000), "team": (14, 90_000), "free": (0, 0)}
HOSTILE = (
    "</script><script>document.title='taken'</script>",
    "<img src=x onerror=\"document.title='taken'\"> & 'quotes' \"doubled\"",
    "\u202eturned around\u202d \u2067isolated \u200frtl mark",
    "{{ 7*7 }} ${7*7} <!-- --> ]]> \\u003c \\",
    "=cmd()|' '!A1 datum.x + toString(event) " + "long" * 35,
)
"""Titles that try to become something else than text."""


At = Callable[[Millis], dict[str, str]]
"""What commands of a moment are told: the workspace, and when."""


class Timed(NamedTuple):
    """A command, and when it is given."""

    at: Millis
    command: Command


@dataclass(frozen=True)
class Happened:
    """All that happened, in order."""

    decisions: Sequence[Timed]
    votes: Sequence[Vote]


def fill(database: Database, *, titles: Sequence[str] = (), posts: int = 120) -> Happened:
    """Have there be a year of work in the workspace `acme`; the first posts have these titles.

    The last post is alone on a board of its own.
    """
    dice = random.Random(11)
    happened = Happened(
        sorted(_decisions(dice, titles, posts), key=lambda timed: timed.at),
        sorted(_votes(dice, posts), key=lambda vote: vote.time),
    )
    world = RoadmapWorld(ledger=MemoryLedger(began=NOW - DAY))
    for _, command in happened.decisions:
        world.do(command)
    votes = MemoryLog(partitions=1, began=NOW - DAY).append(happened.votes)
    people = PeopleLog()
    for plan, (companies, spend) in _PLANS.items():
        for number in range(companies):
            paid = Spend(spend * (2 + number) // 3, "EUR")
            people.learn(
                company(f"{plan}-{number}", _BEGIN, CompanyData(name=f"{plan} {number}", plan=plan, spend=paid))
            )
    for number in range(160):
        people.learn(person(f"v{number}", _BEGIN, _person(number)))
    _fold(database, world, votes, people)
    return happened


def _decisions(dice: random.Random, titles: Sequence[str], posts: int) -> Iterator[Timed]:
    said = {"workspace": WORKSPACE}

    def at(moment: Millis) -> dict[str, str]:
        return {**said, "at": format_time(min(moment, NOW - DAY))}

    yield Timed(_BEGIN, PutBoard(**at(_BEGIN), board="ideas", name="Ideas"))
    yield Timed(_BEGIN, PutBoard(**at(_BEGIN), board=APART, name="Apart"))
    yield Timed(_BEGIN, PutRoadmap(**at(_BEGIN), roadmap="product", name="Product"))
    for tag in _TAGS:
        yield Timed(_BEGIN, DefineTag(**at(_BEGIN), word=tag, name=tag.title(), colour="#2563eb"))
    for team, name in _TEAMS.items():
        yield Timed(_BEGIN, PutTeam(**at(_BEGIN), team=team, name=name))
    for segment, plan in (("big", "enterprise"), ("growing", "team")):
        rules = (Condition("company.plan", "eq", (plan,)),)
        yield Timed(_BEGIN, PutSegment(**at(_BEGIN), segment=segment, name=f"{segment.title()} ones", conditions=rules))
    for goal, name in (
        ("retention", "Customers stay"),
        ("speed", "Everything answers at once"),
        ("reach", "New markets"),
    ):
        results = (KeyResult("r1", "How far", 0, 100, "%"),)
        yield Timed(_BEGIN, PutGoal(**at(_BEGIN), goal=goal, name=name, target_day="2027-03-31", key_results=results))
        if goal != "reach":
            measured = _BEGIN + 300 * DAY
            yield Timed(
                measured, MeasureKeyResult(**at(measured), goal=goal, key_result="r1", value=dice.randrange(20, 80))
            )
    for number in range(posts):
        title = titles[number] if number < len(titles) else f"A wish for {dice.choice(_TAGS)}, number {number}"
        yield from _life(dice, f"p{number}", number, title, at)
    moment = _BEGIN + 200 * DAY
    yield Timed(moment, PutPost(**at(moment), post=APART, board=APART, title="A wish apart"))


def _life(dice: random.Random, post: str, number: int, title: str, at: At) -> Iterator[Timed]:
    moment = _BEGIN + int((number * 3.2 + dice.randrange(8)) * DAY)
    fate = dice.choice(_FATES)
    yield Timed(moment, PutPost(**at(moment), post=post, board="ideas", title=title))
    yield Timed(moment + 1, TagPost(**at(moment + 1), post=post, tags=(dice.choice(_TAGS),)))
    if number % 3 == 0:
        yield Timed(moment + 2, LinkGoal(**at(moment + 2), goal=dice.choice(["retention", "speed"]), post=post))
    if fate == "closed":
        moment += dice.randrange(5, 40) * DAY
        yield Timed(moment, ClosePost(**at(moment), post=post, reason="not now"))
    if fate not in ("planned", "in-progress", "complete"):
        return
    moment += dice.randrange(3, 25) * DAY
    yield Timed(moment, ChangeStatus(**at(moment), post=post, status="planned"))
    team = dice.choice(list(_TEAMS))
    due = moment + dice.randrange(25, 120) * DAY
    yield Timed(moment + 1, _placed(at(moment + 1), post, due, team))
    if fate == "planned":
        return
    yield Timed(moment + 2, GiveEstimate(**at(moment + 2), post=post, unit="days", low=5, high=dice.randrange(8, 40)))
    moment += dice.randrange(3, 20) * DAY
    yield Timed(moment, ChangeStatus(**at(moment), post=post, status="in-progress"))
    if dice.random() < 0.45:
        later = due + dice.randrange(20, 70) * DAY
        yield Timed(moment + 1, _placed(at(moment + 1), post, later, team))
    if fate == "complete":
        moment += int(dice.lognormvariate(2.9, 0.6) * DAY)
        if moment < NOW - 2 * DAY:
            yield Timed(moment, ChangeStatus(**at(moment), post=post, status="complete"))


def _placed(said: dict[str, str], post: str, due: Millis, team: str) -> PlaceItem:
    target = read_target(f"{from_millis(due):%Y-%m-%d}")
    return PlaceItem(**said, roadmap="product", post=post, column="next", target=target, team=team, reason="as it is")


def _votes(dice: random.Random, posts: int) -> Iterator[Vote]:
    yield Vote(APART, "v1", 1, _BEGIN + 210 * DAY, "apart")
    for number in range(posts):
        begin = _BEGIN + int(number * 3.2 + 9) * DAY
        for voter in dice.sample(range(200), dice.randrange(2, 40)):
            time = begin + int(dice.random() ** 2 * (NOW - DAY - begin))
            vote = Vote(f"p{number}", f"v{voter}", -1 if dice.random() < 0.06 else 1, time, f"{number}-{voter}")
            yield vote
            if dice.random() < 0.08:
                gone = time + int(dice.random() * (NOW - DAY - time))
                yield Vote(vote.post, vote.person, 0, gone, f"{vote.id}-gone")


def _person(number: int) -> PersonData:
    if number < 100:
        plan = "enterprise" if number % 3 == 0 else "team"
        return PersonData(company=f"{plan}-{number % _PLANS[plan][0]}")
    return PersonData(plan="free")


def _fold(database: Database, world: RoadmapWorld, votes: MemoryLog, people: PeopleLog) -> None:
    batches = {TOPIC: list(votes.batches()), LEDGER_TOPIC: [world.ledger.batch()], PEOPLE_TOPIC: people.batches()}
    for projection in PROJECTIONS:
        runner = database.runner(projection, 1)
        topics = [topic for topic in batches if topic.removeprefix("groundswell.") in _names(projection)]
        for topic in topics:
            runner.open(Partition(topic, 0))
        for topic in topics:
            for batch in batches[topic]:
                runner.feed(batch)
        if topics:
            runner.flush()


def _names(projection: Projection) -> set[str]:
    return {topic.name for topic in projection.topics}
