"""Goals, links, estimates and roadmaps decided by chance, always the same; and what covers what, plainly."""

import random
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from typing import NamedTuple

from events.domain.estimates.events import UNITS, EstimateGiven, EstimateWithdrawn
from events.domain.event import DomainEvent
from events.domain.goals.events import GoalClosed, GoalDefined, GoalLinked, GoalReopened, GoalUnlinked, Outcome
from events.domain.merging.events import PostMerged, PostUnmerged
from events.domain.posts.events import PostArchived, PostStatusChanged, PostUnarchived
from events.domain.roadmaps.events import Column, ItemPlaced, ItemRemoved, RoadmapCreated
from events.domain.vocabulary import PostSubmitted
from events.domain.workflow.events import Kind
from events.position import Partition
from events.times import format_time
from projections.goals import GoalsProjection
from projections.people import PeopleProjection
from projections.planning import PlanningProjection
from projections.roadmaps import RoadmapsProjection
from tests.support.customers import BEGAN, DAY, END, POSTS, World
from tests.support.ledger import LEDGER_TOPIC, MemoryLedger
from tests.support.people_log import PEOPLE_TOPIC
from tests.support.views import Database, database

GOALS = ["growth", "quality", "retention", "trust"]
KINDS: list[Kind] = ["open", "planned", "in_progress", "shipped", "declined"]
OUTCOMES: list[Outcome] = ["achieved", "missed", "dropped"]
ALL_POSTS = [*POSTS, *(f"quiet-{number}" for number in range(5))]


class Happened(NamedTuple):
    """An event on one aggregate."""

    at: int
    kind: str
    id: str
    event: DomainEvent


class Decided:
    """What was decided, in order of time; each question is answered by reading all of it."""

    def __init__(self, seed: int) -> None:
        rng = random.Random(seed)
        self.happened: list[Happened] = []
        for number, post in enumerate(ALL_POSTS):
            at = BEGAN - DAY + number
            made = PostSubmitted(post=post, board="ideas", title=post.title(), at=format_time(at))
            self._say(at, "post", post, made)
        columns = (Column(column="next", name="Next", statuses=("planned", "in_progress")),)
        at = format_time(BEGAN)
        for roadmap, by in (("product", "time"), ("flow", "status")):
            created = RoadmapCreated(roadmap=roadmap, name=roadmap, by=by, columns=columns, at=at)  # type: ignore[arg-type]
            self._say(BEGAN, "roadmap", roadmap, created)
        for goal in GOALS:
            when = BEGAN + rng.randrange(10 * DAY)
            self._say(when, "goal", goal, GoalDefined(goal=goal, name=goal.title(), at=format_time(when)))
        for at in sorted(BEGAN + 10 * DAY + rng.randrange(85 * DAY) for _ in range(160)):
            post, goal = rng.choice(ALL_POSTS), rng.choice(GOALS)
            decide = rng.choices(
                (self._link, self._move, self._close, self._merge, self._estimate, self._place, self._archive),
                (40, 16, 8, 6, 16, 10, 4),
            )[0]
            decide(rng, at, post, goal)
        self.happened.sort(key=lambda each: each.at)

    def ledger(self) -> MemoryLedger:
        ledger, versions = MemoryLedger(began=END), defaultdict[tuple[str, str], int](int)
        for each in self.happened:
            versions[each.kind, each.id] += 1
            ledger.commit(each.kind, each.id, versions[each.kind, each.id], each.event)
        return ledger

    def posts(self, at: int) -> dict[str, tuple[str, bool, str]]:
        """Kind, whether archived, and into what it was merged."""
        found: dict[str, tuple[str, bool, str]] = {}
        for each in self._until(at):
            event = each.event
            kind, archived, into = found.get(each.id, ("open", False, ""))
            match event:
                case PostStatusChanged():
                    kind = event.kind
                case PostArchived():
                    archived = True
                case PostUnarchived():
                    archived = False
                case PostMerged():
                    into = event.into
                case PostUnmerged():
                    into = ""
            if each.kind == "post":
                found[each.id] = (kind, archived, into)
        return found

    def root(self, post: str, at: int) -> str:
        """The post that counts for this one."""
        posts = self.posts(at)
        while posts[post][2]:
            post = posts[post][2]
        return post

    def links(self, at: int) -> dict[tuple[str, str], int]:
        """The weight by goal and post."""
        found: dict[tuple[str, str], int] = {}
        for each in self._until(at):
            if isinstance(each.event, GoalLinked):
                found[each.id, each.event.post] = each.event.weight
            elif isinstance(each.event, GoalUnlinked):
                found.pop((each.id, each.event.post), None)
        return found

    def states(self, at: int) -> dict[str, str]:
        """How goals stood."""
        found: dict[str, str] = {}
        for each in self._until(at):
            if isinstance(each.event, GoalClosed):
                found[each.id] = each.event.outcome
            elif isinstance(each.event, GoalDefined | GoalReopened):
                found[each.id] = "open"
        return found

    def estimates(self, at: int) -> dict[str, tuple[str, float, float]]:
        """Unit, low and high by post."""
        found: dict[str, tuple[str, float, float]] = {}
        for each in self._until(at):
            if isinstance(each.event, EstimateGiven):
                found[each.id] = (each.event.unit, each.event.low, each.event.high)
            elif isinstance(each.event, EstimateWithdrawn):
                found.pop(each.id)
        return found

    def planned(self, at: int) -> set[str]:
        """Posts on a roadmap, by hand or by status."""
        by_status = {post for post, (kind, *_) in self.posts(at).items() if kind in ("planned", "in_progress")}
        return self._by_hand(at) | by_status

    def listed(self, at: int) -> dict[str, str]:
        """The kind of each post that counts."""
        return {
            post: kind
            for post, (kind, archived, into) in self.posts(at).items()
            if not (archived or into) and kind != "declined"
        }

    def shares(self, at: int) -> dict[tuple[str, str], float]:
        """The share by goal and post."""
        states, listed = self.states(at), self.listed(at)
        weights: dict[tuple[str, str], int] = {}
        for (goal, linked), weight in self.links(at).items():
            post = self.root(linked, at)
            state = states[goal]
            if post in listed and (state == "open" or (state != "dropped" and listed[post] == "shipped")):
                weights[goal, post] = max(weight, weights.get((goal, post), 0))
        whole: dict[str, int] = defaultdict(int)
        for (_, post), weight in weights.items():
            whole[post] += weight
        return {(goal, post): weight / whole[post] for (goal, post), weight in weights.items()}

    def _until(self, at: int) -> Iterator[Happened]:
        return (each for each in self.happened if each.at <= at)

    def _say(self, at: int, kind: str, id: str, event: DomainEvent) -> None:
        self.happened.append(Happened(at, kind, id, event))

    def _link(self, rng: random.Random, at: int, post: str, goal: str) -> None:
        if rng.random() < 0.75:
            linked = GoalLinked(goal=goal, post=post, weight=rng.randint(1, 100), at=format_time(at))
            self._say(at, "goal", goal, linked)
        elif (goal, post) in self.links(at):
            self._say(at, "goal", goal, GoalUnlinked(goal=goal, post=post, at=format_time(at)))

    def _move(self, rng: random.Random, at: int, post: str, goal: str) -> None:
        kind = rng.choice(KINDS)
        self._say(at, "post", post, PostStatusChanged(post=post, status=kind, kind=kind, at=format_time(at)))

    def _close(self, rng: random.Random, at: int, post: str, goal: str) -> None:
        if self.states(at)[goal] == "open":
            outcome = rng.choice(OUTCOMES)
            self._say(at, "goal", goal, GoalClosed(goal=goal, outcome=outcome, at=format_time(at)))
        else:
            self._say(at, "goal", goal, GoalReopened(goal=goal, at=format_time(at)))

    def _merge(self, rng: random.Random, at: int, post: str, goal: str) -> None:
        target = rng.choice(ALL_POSTS)
        if into := self.posts(at)[post][2]:
            self._say(at, "post", post, PostUnmerged(post=post, into=into, at=format_time(at)))
        elif self.root(target, at) != post:
            self._say(at, "post", post, PostMerged(post=post, into=target, at=format_time(at)))

    def _estimate(self, rng: random.Random, at: int, post: str, goal: str) -> None:
        low = float(rng.randint(1, 9))
        if rng.random() < 0.8:
            unit = rng.choice(UNITS)
            given = EstimateGiven(post=post, unit=unit, low=low, high=low + 3, at=format_time(at))
            self._say(at, "estimate", post, given)
        elif post in self.estimates(at):
            self._say(at, "estimate", post, EstimateWithdrawn(post=post, at=format_time(at)))

    def _place(self, rng: random.Random, at: int, post: str, goal: str) -> None:
        when = format_time(at)
        placed = ItemPlaced(roadmap="product", post=post, column="next", rank="m", at=when)
        removed = ItemRemoved(roadmap="product", post=post, at=when)
        self._say(at, "roadmap", "product", removed if post in self._by_hand(at) else placed)

    def _archive(self, rng: random.Random, at: int, post: str, goal: str) -> None:
        event = PostUnarchived if self.posts(at)[post][1] else PostArchived
        self._say(at, "post", post, event(post=post, at=format_time(at)))

    def _by_hand(self, at: int) -> set[str]:
        placed: set[str] = set()
        for each in self._until(at):
            if isinstance(each.event, ItemPlaced):
                placed.add(each.event.post)
            elif isinstance(each.event, ItemRemoved):
                placed.discard(each.event.post)
        return placed


@contextmanager
def decided(url: str, world: World, told: Decided) -> Iterator[Database]:
    """A database with all that was decided, and with the votes of a world."""
    with database(url) as made:
        made.fold_votes(world.votes)
        made.fold_posts(told.ledger())
        for projection in (GoalsProjection(), PlanningProjection(), RoadmapsProjection(), PeopleProjection()):
            runner = made.runner(projection, 1)
            runner.open(Partition(LEDGER_TOPIC, 0))
            if projection.name == "people":
                runner.open(Partition(PEOPLE_TOPIC, 0))
                for batch in world.facts.batches():
                    runner.feed(batch)
            runner.feed(told.ledger().batch())
            runner.flush()
        yield made
