"""What is said in SQL of past forecasts is what a forecast made at that moment, from what was known then, said."""

import random
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from typing import NamedTuple

import msgspec
import pytest

from events.domain.event import DomainEvent
from events.domain.posts.events import PostStatusChanged
from events.domain.roadmaps.events import Column, ItemAssigned, ItemPlaced, RoadmapCreated
from events.domain.vocabulary import BoardCreated, PostSubmitted
from events.domain.workflow.events import Kind
from events.log.batch import RecordBatch
from events.position import Partition
from events.times import DAY, Millis, format_time
from projections.clickhouse.query import Query
from projections.forecasts.history import Work, team_history
from projections.forecasts.queries import HeldRow, WorkRow, record_query, work_query
from projections.posts import PostsProjection
from projections.roadmaps import RoadmapsProjection
from tests.support.ledger import LEDGER_TOPIC, MemoryLedger
from tests.support.views import Database
from tests.support.views import database as make_database

WORKSPACE = "acme"
BEGIN: Millis = 1_700_000_000_000
TEAMS = ("", "web", "core")


class Step(NamedTuple):
    """A status of a post: when it happened, and when it was recorded."""

    recorded: Millis
    at: Millis
    post: str
    kind: Kind


class Move(NamedTuple):
    """A post has another team from then on."""

    recorded: Millis
    at: Millis
    post: str
    team: str


@dataclass
class SlowLedger(MemoryLedger):
    """A ledger whose records have append times of their own."""

    recorded: list[Millis] = field(default_factory=list)
    versions: dict[str, int] = field(default_factory=dict)

    def say(self, kind: str, id: str, event: DomainEvent, recorded: Millis) -> None:
        self.versions[id] = version = self.versions.get(id, 0) + 1
        self.commit(kind, id, version, event)
        self.recorded.append(max(recorded, self.recorded[-1] if self.recorded else 0))

    def batch(self, start: int = 0) -> RecordBatch:
        return replace(super().batch(start), timestamps=self.recorded[start:])


def random_steps(dice: random.Random, posts: dict[str, str]) -> list[Step]:
    """Posts begun, put aside, given up, shipped and begun again; most is recorded at once, some of it days later.

    What is said of one post is recorded in the order in which it happened.
    """
    steps = []
    for number, post in enumerate(posts):
        at = BEGIN + int((number * 1.5 + dice.random()) * DAY)
        heard = 0
        kinds: list[Kind] = ["planned"] if dice.random() < 0.3 else []
        kinds.append("in_progress")
        if dice.random() < 0.15:
            kinds += ["planned", "in_progress"]
        kinds.append(dice.choice(["declined", "shipped", "shipped", "shipped", "shipped", "shipped", "open"]))
        if dice.random() < 0.15:
            kinds += ["in_progress", dice.choice(["shipped", "declined"])]
        for kind in kinds[: dice.randint(1, len(kinds)) if dice.random() < 0.1 else len(kinds)]:
            late = int(dice.expovariate(0.2) * DAY) if dice.random() < 0.15 else dice.randint(0, 60_000)
            heard = max(at + late, heard)
            steps.append(Step(heard, at, post, kind))
            at += int(dice.lognormvariate(1.5, 0.8) * DAY)
    return sorted(steps)


def random_moves(dice: random.Random, posts: dict[str, str]) -> list[Move]:
    """Some posts are handed over, about when they are in work; of some it is recorded days later."""
    moves = []
    for number, post in enumerate(posts):
        if dice.random() < 0.4:
            at = BEGIN + int((number * 1.5 + dice.uniform(-9, 9)) * DAY)
            late = int(dice.expovariate(0.2) * DAY) if dice.random() < 0.3 else 0
            moves.append(Move(at + late, at, post, dice.choice([team for team in TEAMS if team != posts[post]])))
    return sorted(moves)


def told(posts: dict[str, str], steps: list[Step], moves: list[Move]) -> SlowLedger:
    ledger = SlowLedger()
    begin = format_time(BEGIN - 9 * DAY)
    ledger.say("board", "ideas", BoardCreated(board="ideas", name="Ideas", at=begin), BEGIN)
    ledger.say("roadmap", "product", RoadmapCreated(
        roadmap="product", name="Product", by="time", columns=(Column(column="now", name="Now"),), at=begin,
    ), BEGIN)  # fmt: skip
    for number, (post, team) in enumerate(posts.items()):
        submitted = PostSubmitted(board="ideas", post=post, title=post, author="ann", at=begin)
        ledger.say("post", post, submitted, BEGIN)
        if team or post in {move.post for move in moves}:
            placed = ItemPlaced(roadmap="product", post=post, column="now", rank=f"i{number:07}", team=team, at=begin)
            ledger.say("roadmap", "product", placed, BEGIN)
    for step in sorted([*steps, *moves], key=lambda each: each.recorded):
        if isinstance(step, Move):
            assigned = ItemAssigned(roadmap="product", post=step.post, team=step.team, at=format_time(step.at))
            ledger.say("roadmap", "product", assigned, step.recorded)
            continue
        changed = PostStatusChanged(
            post=step.post, status=step.kind.replace("_", "-"), kind=step.kind, at=format_time(step.at)
        )
        ledger.say("post", step.post, changed, step.recorded)
    return ledger


class World(NamedTuple):
    database: Database
    posts: dict[str, str]
    steps: list[Step]
    moves: list[Move]
    end: Millis

    def team(self, post: str, at: Millis, known: Millis | None = None) -> str:
        """Whose it was at a moment, as known at one."""
        moved = [
            move.team for move in self.moves
            if move.post == post and move.at <= at and (known is None or move.recorded <= known)
        ]  # fmt: skip
        return moved[-1] if moved else self.posts[post]

    def begun(self, post: str, basis: str) -> Millis | None:
        """When one heard that it was begun."""
        starts = [step for step in self.steps if step.post == post and step.kind == "in_progress"]
        return min((step.at if basis == "happened" else max(step.at, step.recorded) for step in starts), default=None)

    def began(self, post: str, basis: str) -> str | None:
        """The team that began it, if it was begun."""
        moment = self.begun(post, basis)
        return None if moment is None else self.team(post, moment, moment if basis == "recorded" else None)


@pytest.fixture(scope="module")
def world(clickhouse_url: str) -> Iterator[World]:
    dice = random.Random(11)
    posts = {f"p{number:03}": TEAMS[dice.randint(0, 2)] for number in range(240)}
    steps = random_steps(dice, posts)
    moves = random_moves(dice, posts)
    ledger = told(posts, steps, moves)
    with make_database(clickhouse_url) as database:
        for projection in (PostsProjection(), RoadmapsProjection()):
            runner = database.runner(projection, 1)
            runner.open(Partition(LEDGER_TOPIC, 0))
            runner.feed(ledger.batch())
            runner.flush()
        yield World(database, posts, steps, moves, BEGIN + 1000 * DAY)


def known_work(world: World, team: str, moment: Millis, basis: str) -> dict[str, Work]:
    """What was known of a team's posts at a moment, by a plain replay."""
    work = {}
    for post in world.posts:
        if world.began(post, basis) != team:
            continue
        steps = [
            step for step in world.steps
            if step.post == post and step.at <= moment and (basis == "happened" or step.recorded <= moment)
        ]  # fmt: skip
        steps.sort(key=lambda step: step.at)
        first = {step.kind: step.at for step in reversed(steps)}
        aside = steps[-1].at if steps and steps[-1].kind not in ("in_progress", "shipped") else None
        begun = [step for step in steps if step.kind == "in_progress"]
        heard = min((max(step.at, step.recorded) if basis == "recorded" else step.at for step in begun), default=None)
        work[post] = Work(post, first.get("in_progress"), first.get("shipped"), aside, heard)
    return work


@pytest.mark.parametrize("basis", ["recorded", "happened"])
def test_a_past_forecast_is_the_one_that_was_made(world: World, basis: str) -> None:
    rows = world.database.rows(
        "SELECT post, team, toUnixTimestamp64Milli(forecast_at), begun, finished, p50, p85, p95, took, held_p85 "
        "FROM groundswell.forecast_record WHERE workspace = 'acme' AND basis = {basis:String}",
        basis=basis,
    )
    shown = {row[0]: row for row in rows}
    expected, stated = set(), 0
    handed_over = 0
    for post in world.posts:
        moment, team = world.begun(post, basis), world.began(post, basis)
        if moment is None or team is None:
            continue
        handed_over += team != world.team(post, world.end)
        known = known_work(world, team, moment, basis)
        mine = known.pop(post)
        started = mine.started
        assert started is not None
        ends = [each.at for each in world.steps if (each.post, each.kind) == (post, "shipped") and each.at >= started]
        took = min(ends) - started if ends else None
        if took is not None and started + took <= moment:
            continue  # it was over when one heard of it
        expected.add(post)
        history = team_history(list(known.values()), now=moment)
        age = (moment - started) / DAY
        quantiles = [history.curve.quantile(share, age=age) for share in (0.5, 0.85, 0.95)]
        _, its, at, begun, finished, *percentiles, shown_took, held = shown[post]
        assert (its, at, begun, finished) == (team, moment, history.begun, history.curve.finished)
        assert percentiles == [pytest.approx(each, abs=1e-9) if each is not None else None for each in quantiles]
        if took is not None:
            assert shown_took == pytest.approx(took / DAY)
            assert held == (None if quantiles[1] is None else took / DAY <= quantiles[1])
        stated += quantiles[1] is not None
    assert set(shown) == expected
    assert stated > 100  # or nothing was compared
    assert handed_over > 10


@pytest.mark.parametrize("basis", ["recorded", "happened"])
def test_how_forecasts_held_is_counted_by_team(world: World, basis: str) -> None:
    at, begin = BEGIN + 200 * DAY, BEGIN + 90 * DAY
    rows = ask(world, record_query(world.database.settings.database, WORKSPACE, basis, at=at, begin=begin))
    held = [msgspec.convert(row, HeldRow) for row in rows]
    assert [row.team for row in held] == sorted(TEAMS)
    for row in held:
        assert row.forecasts >= row.judged_p50 >= row.judged_p85 >= row.judged_p95
        assert row.held_p50 - (row.judged_p50 - row.judged_p85) <= row.held_p85, "what holds at 50 % holds at 85 %"
        assert row.judged_p85 > 2
        assert row.held_p85 <= row.judged_p85


@pytest.mark.parametrize("days", [0, 40, 200, 1000])
@pytest.mark.parametrize("known_days", [None, 60, 150])
def test_the_work_of_a_moment_is_a_plain_replay(world: World, days: int, known_days: int | None) -> None:
    at = BEGIN + days * DAY
    known_at = None if known_days is None else BEGIN + known_days * DAY
    query = work_query(world.database.settings.database, WORKSPACE, at=at, known_at=known_at)
    shown = {row.post: row for row in (msgspec.convert(each, WorkRow) for each in ask(world, query))}
    for post in world.posts:
        until = at * 2 if known_at is None else known_at
        known = (each for each in world.steps if each.post == post and each.at <= at and each.recorded <= until)
        steps = sorted(known, key=lambda step: step.at)
        first = {step.kind: step.at for step in reversed(steps)}
        if not {"in_progress", "shipped"} & set(first):
            assert post not in shown
            continue
        last = steps[-1]
        assert shown[post] == WorkRow(
            post, world.team(post, at, until), first.get("in_progress"), first.get("shipped"),
            last.at if last.kind not in ("in_progress", "shipped") else None,
            last.at if last.kind == "in_progress" else None,
            min((max(each.at, each.recorded) if known_at else each.at for each in steps if each.kind == "in_progress"),
                default=None),
        )  # fmt: skip


def ask(world: World, query: Query) -> list[tuple[object, ...]]:
    return world.database.client.query(query.sql, dict(query.parameters)).result_rows
