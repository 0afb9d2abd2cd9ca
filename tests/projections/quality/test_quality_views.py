"""What ClickHouse shows of gates and outcomes at any moment is what a naive program says over the same decisions."""

import random
from collections import Counter
from collections.abc import Callable, Hashable, Iterator
from contextlib import suppress
from itertools import pairwise
from typing import NamedTuple, TypeVar

import pytest

from events.domain.commands import PutBoard, PutPost
from events.domain.comments.commands import WriteComment
from events.domain.complaints.commands import MarkComplaint, UnmarkComplaint
from events.domain.complaints.events import ComplaintMarked, ComplaintUnmarked
from events.domain.defects.commands import LinkDefect, UnlinkDefect
from events.domain.defects.events import DefectLinked, DefectUnlinked
from events.domain.event import DomainEvent
from events.domain.gates.commands import PassCheck, SetGate, TakeCheckBack
from events.domain.gates.events import Check, CheckPassed, CheckTakenBack, GateOverridden, GatePassed, GateSet
from events.domain.posts.commands import ChangeStatus, MovePost
from events.domain.posts.events import PostStatusChanged
from events.domain.refusals import Refusal
from events.domain.roadmaps.commands import PlaceItem, PutRoadmap
from events.domain.teams.commands import PutTeam
from events.domain.vocabulary import PostMoved, PostSubmitted
from events.log.batch import RecordBatch
from events.position import Partition
from events.satisfaction import RatingData, SatisfactionRated, SatisfactionWithdrawn, encode_satisfaction
from events.times import Millis, format_time, parse_time
from projections.clickhouse.query import Query
from projections.moments import Moment
from projections.planning import PlanningProjection
from projections.posts import PostsProjection
from projections.quality import QualityProjection, asking, gate_queries, outcome_queries
from projections.quality.gate_queries import CheckRow, OpenGate
from projections.quality.outcome_queries import PostQuality, Shipped, TeamQuality
from projections.roadmaps import RoadmapsProjection
from projections.samples import FEWEST
from tests.support.ballots import MemoryLog, Vote
from tests.support.decided import Decided, Told
from tests.support.ledger import LEDGER_TOPIC
from tests.support.views import Database
from tests.support.views import database as make_database

POSTS = [f"p{number}" for number in range(12)]
BUGS = ["bug1", "bug2", "bug3"]
CHECKS = ("reviewed", "tested", "beta")
PERSONS = [f"u{number}" for number in range(9)]
BEGAN = 1_800_000_000_000
POST_EVENTS = (PostSubmitted, PostMoved, PostStatusChanged)
Row = TypeVar("Row")


class Rating(NamedTuple):
    """A rating as it was given; 0 withdraws."""

    post: str
    person: str
    rating: int
    at: Millis


def a_world(dice: random.Random) -> Decided:
    """Two boards with gates that change, posts of a team and of none, and some hundred decisions, some of them late."""
    world = Decided()
    world.said(PutTeam, team="web", name="Web")
    world.said(PutRoadmap, roadmap="product", name="Product")
    for board in ("ideas", "wishes"):
        world.said(PutBoard, board=board, name=board)
    for number, post in enumerate(POSTS):
        world.said(PutPost, post=post, board=("ideas", "wishes")[number % 2], title=f"Title of {post}")
        if number % 3:
            world.said(PlaceItem, roadmap="product", post=post, column="now", team="web")
        world.said(WriteComment, comment=f"c-{post}", post=post, author="ann", body="It is bad")
    for _ in range(300):
        at = format_time(world.now - 7000) if dice.random() < 0.2 else None
        with suppress(Refusal):
            decide(world, dice, at)
    return world


def decide(world: Decided, dice: random.Random, at: str | None) -> None:
    """One decision more, or none where it is refused."""
    post, check, board = dice.choice(POSTS), dice.choice(CHECKS), dice.choice(("ideas", "wishes"))
    match dice.randrange(11):
        case 0:
            asked = tuple(Check(check=each, name=each.title()) for each in dice.sample(CHECKS, dice.randint(0, 3)))
            world.said(SetGate, at, board=board, checks=asked)
        case 1 | 2:
            world.said(PassCheck, at, post=post, check=check, evidence=f"build {dice.randrange(5)}")
        case 3:
            world.said(TakeCheckBack, at, post=post, check=check, reason="no")
        case 4 | 5:
            world.said(ChangeStatus, at, post=post, status="complete", override=dice.random() < 0.5, reason="so")
        case 6:
            world.said(ChangeStatus, at, post=post, status=dice.choice(("open", "closed")))
        case 7:
            kind = dice.choice((LinkDefect, LinkDefect, UnlinkDefect))
            world.said(kind, at, post=post, defect=dice.choice([*BUGS, *POSTS]))
        case 8:
            world.said(dice.choice((MarkComplaint, MarkComplaint, UnmarkComplaint)), at, comment=f"c-{post}")
        case 9:
            world.said(MovePost, at, post=post, board=board)
        case _:
            comment = f"d{len(world.told)}"
            world.said(PutPost, post=dice.choice(BUGS), board="wishes", title="A bug")
            world.said(WriteComment, comment=comment, post=post, author="ben", body="Worse")
            world.said(MarkComplaint, comment=comment)


class Said:
    """All that the naive program knows: decisions, votes, ratings."""

    def __init__(self, seed: int) -> None:
        dice = random.Random(seed)
        self.world = a_world(dice)
        last = self.world.now
        whose = [(dice.choice(POSTS), dice.choice(PERSONS), dice.randrange(BEGAN, last)) for _ in range(210)]
        self.votes = [
            Vote(post, person, dice.choice((1, -1, -1, 0)), time, f"{number}")
            for number, (post, person, time) in enumerate(whose[:150])
        ]
        self.ratings = [
            Rating(POSTS[POSTS.index(post) % 4], person, dice.randrange(6), time) for post, person, time in whose[150:]
        ]

    def until(self, at: Millis, known: Millis | None, *kinds: type[DomainEvent]) -> list[Told]:
        """Decisions of these kinds, in order."""
        told = [each for each in self.world.told if each.at <= at and (known is None or each.recorded <= known)]
        return sorted(
            (each for each in told if isinstance(each.event, kinds)), key=lambda each: (each.at, each.revision)
        )

    def last(
        self, at: Millis, known: Millis | None, key: Callable[[DomainEvent], Hashable], *kinds: type[DomainEvent]
    ) -> dict[Hashable, DomainEvent]:
        """The last decision on each thing."""
        return {key(told.event): told.event for told in self.until(at, known, *kinds)}

    def checks(self, post: str, at: Millis, known: Millis | None = None) -> list[tuple[str, bool]]:
        """What is asked of a post, and whether it passes."""
        board, kind = self.stands(post, at, known)
        gates = self.last(at, known, lambda event: event.board, GateSet)
        asked = [each.check for each in gates[board].checks] if board in gates else []
        if kind == "shipped":
            passages = self.last(at, known, lambda event: event.post, GatePassed, GateOverridden)
            asked = list(passages[post].checks) if post in passages else []
        marks = self.last(at, known, lambda event: (event.post, event.check), CheckPassed, CheckTakenBack)
        return [(check, isinstance(marks.get((post, check)), CheckPassed)) for check in asked]

    def stands(self, post: str, at: Millis, known: Millis | None) -> tuple[str, str]:
        """The board and the kind of status of a post: all that it said after the last decision on it; now, at all."""
        own = [told for told in self.world.told if isinstance(told.event, POST_EVENTS) and told.event.post == post]
        if at < self.world.now:
            last = max(
                (each for each in self.until(at, known, *POST_EVENTS) if each in own), key=lambda each: each[:3:2]
            )
            own = [told for told in own if told.revision <= last.revision]
        board = next(told.event.board for told in reversed(own) if not isinstance(told.event, PostStatusChanged))
        return board, next(told.event.kind for told in reversed(own) if not isinstance(told.event, PostMoved))

    def outcome(self, post: str, at: Millis, known: Millis | None = None) -> PostQuality | None:
        """What came of a post; None if it was never shipped."""
        kinds = [told for told in self.until(at, known, PostSubmitted, PostStatusChanged) if told.event.post == post]
        shipped = min((told.at for told in kinds if told.event.kind == "shipped"), default=None)
        if shipped is None:
            return None
        reopened = sum(one.event.kind == "shipped" != other.event.kind for one, other in pairwise(kinds))
        down = 0
        for person in PERSONS:
            timeline = sorted((vote.time, index, vote) for index, vote in enumerate(self.votes)
                              if (vote.post, vote.person) == (post, person) and vote.time <= at
                              and (known is None or BEGAN + 1000 * index <= known))  # fmt: skip
            since = None
            for time, _, vote in timeline:
                since = (time if since is None else since) if vote.value == -1 else None
            down += since is not None and since >= shipped
        complaints = self.last(at, known, lambda event: event.comment, ComplaintMarked, ComplaintUnmarked).values()
        defects = self.last(at, known, lambda event: (event.post, event.defect), DefectLinked, DefectUnlinked).values()
        found = [parse_time(each.found_at) for each in defects if isinstance(each, DefectLinked) and each.post == post]
        rated = {each.person: each.rating for each in sorted(self.ratings, key=lambda each: each.at)
                 if each.post == post and each.at <= at}  # fmt: skip
        ratings = [rating for rating in rated.values() if rating]
        return PostQuality(
            post, f"Title of {post}", self.stands(post, at, known)[0], "web" if POSTS.index(post) % 3 else "", shipped,
            reopened, down,
            sum(isinstance(each, ComplaintMarked) and each.post == post and parse_time(each.said_at) >= shipped
                for each in complaints),
            len(found), sum(moment > shipped for moment in found), len(ratings),
            sum(ratings) / len(ratings) if len(ratings) >= FEWEST else None,
        )  # fmt: skip

    def outcomes(self, at: Millis, known: Millis | None = None) -> list[PostQuality]:
        """Those of all posts that were ever shipped."""
        return [outcome for post in POSTS if (outcome := self.outcome(post, at, known)) is not None]


def rating_batch(ratings: list[Rating]) -> RecordBatch:
    values = [
        encode_satisfaction(
            (SatisfactionRated if each.rating else SatisfactionWithdrawn)(
                id=f"r{number}", source="acme", subject=each.post, time=format_time(each.at),
                data=RatingData(each.person, each.rating),
            )
        )
        for number, each in enumerate(ratings)
    ]  # fmt: skip
    count = len(values)
    return RecordBatch(
        "groundswell.reactions", 0, 0, count, list(range(count)), [BEGAN] * count, [b""] * count, values
    )  # fmt: skip


@pytest.fixture(scope="module")
def said() -> Said:
    return Said(7)


@pytest.fixture(scope="module")
def shown(clickhouse_url: str, said: Said) -> Iterator[Database]:
    with make_database(clickhouse_url) as database:
        ledger = said.world.ledger.batch()
        for projection in (PostsProjection(), RoadmapsProjection(), PlanningProjection(), QualityProjection()):
            runner = database.runner(projection, 1)
            runner.open(Partition(LEDGER_TOPIC, 0))
            runner.feed(ledger)
            if projection.name == "quality":
                runner.open(Partition("groundswell.reactions", 0))
                runner.feed(rating_batch(said.ratings))
            runner.flush()
        database.fold_votes(MemoryLog().append(said.votes))
        yield database


def ask(database: Database, query: Query, kind: Callable[..., Row]) -> list[Row]:
    return [kind(*row) for row in database.client.query(query.sql, dict(query.parameters)).result_rows]


def moments(said: Said) -> Iterator[tuple[Millis, Millis | None]]:
    """Now, two moments of the past, and one as it was known before something late was recorded that matters there."""
    yield said.world.now, None
    yield from ((BEGAN + 150_000, None), (BEGAN + 230_000, None))
    for told in said.until(said.world.now, None, CheckPassed, CheckTakenBack):
        at, known = told.at + 1, told.recorded - 1
        if at < known and said.checks(told.event.post, at, known) != said.checks(told.event.post, at):
            yield at, known
            return
    raise AssertionError("nothing was recorded late")


def test_checks_and_open_gates_at_any_moment(shown: Database, said: Said) -> None:
    """Late decisions fall where they belong; what was recorded later was not known."""
    name, asked = shown.settings.database, 0
    for at, known in moments(said):
        when = Moment() if at == said.world.now else Moment(at, known)
        expected = {post: said.checks(post, at, known) for post in POSTS}
        for post in POSTS[:4]:
            found = ask(shown, gate_queries.checks_query(name, "acme", post, when), CheckRow)
            assert [(row.check, row.passed) for row in found] == expected[post], (post, at)
            assert {row.name for row in found} <= {check.title() for check in CHECKS} | set(CHECKS)
            asked += len(found)
        missing = {
            post: [check for check, passed in checks if not passed]
            for post, checks in expected.items()
            if said.stands(post, at, known)[1] not in ("shipped", "declined")
        }
        opened = ask(shown, gate_queries.open_gates_query(name, "acme", when, limit=100), OpenGate)
        found = {row.post: list(row.missing) for row in opened if row.post in POSTS}
        assert found == {post: checks for post, checks in missing.items() if checks}
    assert asked > 10


def test_what_came_of_posts_and_teams(shown: Database, said: Said) -> None:
    name, rated = shown.settings.database, 0
    believed = [(BEGAN + 230_000, BEGAN + 120_000), (BEGAN + 150_000, BEGAN + 135_000)]
    for at, known in (*moments(said), *believed):
        when = Moment() if at == said.world.now else Moment(at, known)
        expected = said.outcomes(at, known)
        if (at, known) in believed:
            assert expected != said.outcomes(at), "something that matters was recorded later"
        query = outcome_queries.post_quality_query(name, "acme", when, Shipped(), limit=100)
        found = [row for row in ask(shown, query, PostQuality) if row.post in POSTS]
        assert sorted(found) == sorted(expected)
        rated += sum(row.mean_rating is not None for row in found)
        query = outcome_queries.team_quality_query(name, "acme", when, Shipped(board="ideas"), limit=100)
        teams = {row.team: row for row in ask(shown, query, TeamQuality)}
        for team, row in teams.items():
            own = [each for each in expected if each.team == team and each.board == "ideas"]
            counts = Counter[str]()
            for each in own:
                counts.update({
                    "escaped": each.escaped_defects, "bad": int(each.escaped_defects > 0), "defects": each.defects,
                    "complaints": each.complaints, "down": each.down_votes_after, "ratings": each.ratings,
                })  # fmt: skip
            assert row.shipped_posts == len(own)
            assert row.escaped_defect_rate == (counts["bad"] / len(own) if len(own) >= FEWEST else None)
            assert (row.escaped_defects, row.defects, row.complaints, row.down_votes_after, row.ratings) == (
                counts["escaped"], counts["defects"], counts["complaints"], counts["down"], counts["ratings"],
            )  # fmt: skip
    assert rated, "no post has ratings enough"


def test_pages_and_periods(shown: Database, said: Said) -> None:
    name = shown.settings.database
    every = ask(shown, outcome_queries.post_quality_query(name, "acme", Moment(), Shipped(), limit=100), PostQuality)
    middle = every[len(every) // 2].shipped_at
    for which, kept in (
        (Shipped(since=middle), lambda row: row.shipped_at >= middle),
        (Shipped(until=middle), lambda row: row.shipped_at < middle),
        (Shipped(team="web"), lambda row: row.team == "web"),
    ):
        query = outcome_queries.post_quality_query(name, "acme", Moment(), which, limit=100)
        assert ask(shown, query, PostQuality) == list(filter(kept, every))
    first = every[0]
    query = outcome_queries.post_quality_query(
        name, "acme", Moment(), Shipped(), limit=100, after=(first.shipped_at, first.post)
    )
    assert ask(shown, query, PostQuality) == every[1:]


def test_views_say_the_same(shown: Database, said: Said) -> None:
    """And nothing of another workspace."""
    counted = shown.rows("SELECT post, escaped_defects FROM groundswell.post_quality WHERE workspace = 'acme'")
    assert {post: count for post, count in counted if post in POSTS} == {
        row.post: row.escaped_defects for row in said.outcomes(said.world.now)
    }
    overridden = {told.event.post for told in said.world.told if isinstance(told.event, GateOverridden)}
    found = shown.rows("SELECT post, reason FROM groundswell.gate_overrides WHERE workspace = 'acme'")
    assert {post for post, _ in found} == overridden
    assert {reason for _, reason in found} == {"so"}
    at = format_time(BEGAN + 230_000)[:-1].replace("T", " ")
    for view in ("gate_checks", "open_gates", "defects", "post_quality", "team_quality"):
        assert shown.rows(f"SELECT count() FROM groundswell.{view}_as_of(at = '{at}') WHERE workspace = 'acme'")[0][0]
        assert not shown.rows(f"SELECT * FROM groundswell.{view} WHERE workspace != 'acme'")


def test_what_to_ask_a_person(shown: Database, said: Said) -> None:
    for person in PERSONS:
        stands = {vote.post: vote.value for vote in sorted(said.votes, key=lambda vote: (vote.time, int(vote.id)))
                  if vote.person == person}  # fmt: skip
        rated = {each.post: each.rating for each in sorted(said.ratings, key=lambda each: each.at)
                 if each.person == person}  # fmt: skip
        expected = {
            post
            for post in POSTS
            if said.stands(post, said.world.now, None)[1] == "shipped" and stands.get(post) == 1 and not rated.get(post)
        }
        query = asking.questions_query(shown.settings.database, "acme", person, limit=100)
        found = ask(shown, query, asking.Question)
        assert {row.post for row in found} == expected
        assert found == sorted(found, key=lambda row: (-row.shipped_at, row.post))
