"""A winter of a small product team, of which every metric says something that can be reckoned by hand."""

from collections.abc import Iterator
from contextlib import contextmanager

from events.domain.commands import PutBoard, PutPost
from events.domain.comments.commands import GiveAnswer, WriteComment
from events.domain.defects.commands import LinkDefect
from events.domain.estimates.commands import GiveEstimate
from events.domain.gates.events import GateOverridden, GatePassed
from events.domain.merging.commands import MergePost
from events.domain.posts.commands import ChangeStatus, TagPost
from events.domain.roadmaps.commands import PlaceItem, PutRoadmap
from events.domain.roadmaps.targets import read_target
from events.domain.segments.commands import PutSegment
from events.domain.segments.events import Condition
from events.domain.tags.commands import DefineTag
from events.domain.teams.commands import PutTeam
from events.log.batch import RecordBatch
from events.people import CompanyData, PersonData, Spend
from events.position import Partition
from events.satisfaction import RatingData, SatisfactionRated, encode_satisfaction
from events.times import format_time
from projections.comments import CommentsProjection
from projections.people import PeopleProjection
from projections.planning import PlanningProjection
from projections.posts import PostsProjection
from projections.quality import QualityProjection
from projections.roadmaps import RoadmapsProjection
from tests.support.ballots import MemoryLog, Vote
from tests.support.ledger import LEDGER_TOPIC
from tests.support.people_log import PEOPLE_TOPIC, PeopleLog, company, person
from tests.support.product_past import at
from tests.support.views import Database, database
from tests.support.work import DAY, WorkWorld
from tests.support.world import WORKSPACE

BEGUN = at("2026-01-01")
REACTIONS = "groundswell.reactions"
CYCLES = (2, 4, 6, 8, 10, 12)
"""How many days p0 to p5 took; each was begun ten days after it was created, and p0 was created first."""
ESTIMATES = {"p0": (1, 3), "p1": (1, 3), "p2": (5, 9), "p3": (8, 8), "p4": (1, 4)}
TARGETS = {"p0": "2026-01-13", "p1": "2026-01-15", "p2": "2026-01-31", "p3": "2026-01-10", "p7": "2026-01-20",
           "p8": "2026-03-31"}  # fmt: skip
VOTERS = {"p0": 4, "p6": 6, "p7": 3, "p8": 2, "p9": 5}
"""How many persons, from u0 on, voted for what on 20 January."""
RATINGS = (5, 4, 4, 3, 5)


def created(number: int) -> int:
    """When a post was created."""
    return BEGUN + number * DAY


def world() -> WorkWorld:
    """All that was decided."""
    told = WorkWorld()
    told.decide(PutBoard(workspace=WORKSPACE, board="ideas", name="Ideas"), BEGUN)
    told.decide(DefineTag(workspace=WORKSPACE, word="mobile", name="Mobile", colour="#112233"), BEGUN)
    told.decide(PutTeam(workspace=WORKSPACE, team="web", name="Web"), BEGUN)
    told.decide(PutRoadmap(workspace=WORKSPACE, roadmap="product", name="Product"), BEGUN)
    for number in range(12):
        told.decide(PutPost(workspace=WORKSPACE, post=f"p{number}", board="ideas", title="Wish"), created(number))
    for post, target in TARGETS.items():
        begun = created(int(post[1:])) + DAY
        team = "web" if post == "p7" else None
        told.decide(_item(post, target=read_target(target), team=team), begun)
    for post, (low, high) in ESTIMATES.items():
        told.decide(
            GiveEstimate(workspace=WORKSPACE, post=post, unit="days", low=low, high=high), created(int(post[1]))
        )
    told.decide(GiveEstimate(workspace=WORKSPACE, post="p5", unit="points", low=1, high=2), created(5))
    _deliver(told)
    _answer(told)
    told.decide(_item("p3", target=read_target("2026-01-30")), at("2026-01-09"))
    _later(told)
    return told


def _item(post: str, **said: object) -> PlaceItem:
    return PlaceItem(workspace=WORKSPACE, roadmap="product", post=post, column="now", **said)  # type: ignore[arg-type]


def _status(told: WorkWorld, post: str, status: str, moment: int) -> None:
    told.decide(ChangeStatus(workspace=WORKSPACE, post=post, status=status), moment)


def _deliver(told: WorkWorld) -> None:
    for number, days in enumerate(CYCLES):
        _status(told, f"p{number}", "in-progress", created(number) + 10 * DAY)
        _status(told, f"p{number}", "complete", created(number) + (10 + days) * DAY)


def _answer(told: WorkWorld) -> None:
    """A note makes `pm` one of the house; she, an official answer and a merge are answers, a customer is none."""
    said = (("note", "p11", "pm", 30.0, True), ("c7", "p7", "pm", 3, False), ("c8", "p8", "u1", 1, False),
            ("c9", "p9", "u2", 1, False))  # fmt: skip
    for comment, post, author, days, internal in said:
        command = WriteComment(workspace=WORKSPACE, comment=comment, post=post, author=author, body="So",
                               internal=internal)  # fmt: skip
        told.decide(command, created(int(post[1:])) + int(days * DAY) if days < 30 else BEGUN + 12 * DAY)
    told.decide(GiveAnswer(workspace=WORKSPACE, post="p9", comment="c9"), created(9) + 5 * DAY)
    told.decide(MergePost(workspace=WORKSPACE, post="p10", into="p11"), created(10) + 2 * DAY)


def _later(told: WorkWorld) -> None:
    told.decide(PutPost(workspace=WORKSPACE, post="d1", board="ideas", title="Broken"), at("2026-02-01"))
    told.decide(LinkDefect(workspace=WORKSPACE, post="p2", defect="d1"), at("2026-02-02"))
    _status(told, "p0", "open", at("2026-02-05"))
    _status(told, "p6", "closed", at("2026-02-10"))
    told.decide(PutRoadmap(workspace=WORKSPACE, roadmap="public", name="Public", by="status"), at("2026-03-01"))
    told.decide(TagPost(workspace=WORKSPACE, post="p9", tags=("mobile",)), at("2026-03-04"))
    _status(told, "p9", "planned", at("2026-03-05"))
    rules = [Condition("plan", "eq", ("gold",))]
    told.decide(PutSegment(workspace=WORKSPACE, segment="gold", name="Gold", conditions=rules), at("2026-01-02"))
    for number in range(5):
        passed = {"post": f"p{number}", "board": "ideas", "checks": ("tested",), "at": format_time(at("2026-03-10"))}
        event = GateOverridden(**passed, missing=("tested",), reason="Now") if number == 0 else GatePassed(**passed)  # type: ignore[arg-type]
        told.ledger.commit("checks", f"p{number}", 1, event)
    for number in range(16):
        begun = at("2026-04-01") + 4 * number * DAY
        told.decide(PutPost(workspace=WORKSPACE, post=f"f{number}", board="ideas", title="Work"), begun)
        _status(told, f"f{number}", "in-progress", begun)
        _status(told, f"f{number}", "complete", begun + (1 + number * 7 % 3) * DAY)


def votes() -> MemoryLog:
    """Everybody votes on one day; one takes a vote back."""
    day = at("2026-01-20")
    cast = [Vote(post, f"u{n}", 1, day, f"{post}-{n}") for post, many in VOTERS.items() for n in range(many)]
    return MemoryLog(1).append([*cast, Vote("p9", "u4", 0, at("2026-02-20"), "back")])


def people() -> PeopleLog:
    """u0 pays, u1 is of a company that does, u2 joins it after having voted."""
    log = PeopleLog()
    log.learn(company("globex", BEGUN, CompanyData(plan="team", spend=Spend(500, "EUR"))))
    log.learn(person("u0", BEGUN, PersonData(plan="gold", spend=Spend(100, "EUR"))))
    log.learn(person("u1", BEGUN, PersonData(company="globex")))
    log.learn(person("u2", at("2026-02-01"), PersonData(company="globex")))
    log.learn(person("u3", BEGUN, PersonData(plan="free", spend=Spend(0, "EUR"))))
    return log


def ratings() -> RecordBatch:
    """Five persons rate p1 in February; the first of them twice, of which the last counts."""
    said = [("u0", 1, "2026-02-03"), *((f"u{n}", rating, "2026-02-10") for n, rating in enumerate(RATINGS))]
    values = [
        encode_satisfaction(
            SatisfactionRated(
                id=f"r{n}", source=WORKSPACE, subject="p1", time=format_time(at(day)), data=RatingData(who, rating)
            )
        )
        for n, (who, rating, day) in enumerate(said)
    ]
    offsets = list(range(len(values)))
    return RecordBatch(REACTIONS, 0, 0, len(values), offsets, [at("2026-02-11")] * len(values), [None] * len(values),
                       values)  # fmt: skip


@contextmanager
def filled(url: str) -> Iterator[Database]:
    """A database of it."""
    told = world()
    with database(url) as made:
        made.fold_votes(votes())
        ledger = told.ledger.batch()
        for projection in (
            PostsProjection(), CommentsProjection(), RoadmapsProjection(), PlanningProjection(), QualityProjection(),
            PeopleProjection(),
        ):  # fmt: skip
            batches = {LEDGER_TOPIC: [ledger], REACTIONS: [ratings()], PEOPLE_TOPIC: people().batches()}
            runner = made.runner(projection, 1)
            for topic in projection.topics:
                name = f"groundswell.{topic.name}"
                runner.open(Partition(name, 0))
                for batch in batches[name]:
                    runner.feed(batch)
            runner.flush()
        yield made
