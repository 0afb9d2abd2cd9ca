"""Customers who vote, by chance but always the same; and what their votes are worth, as plainly as can be."""

import random
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import NamedTuple

from events.domain.comments.events import CommentDeleted, CommentWritten
from events.domain.segments.events import Condition, SegmentDefined
from events.domain.vocabulary import PostSubmitted
from events.people import CompanyData, PersonData, Spend, Subject
from events.position import Partition
from events.times import format_time, to_millis
from projections.comments import CommentsProjection
from projections.people import PeopleProjection
from tests.support import naive
from tests.support.ballots import MemoryLog, Vote
from tests.support.ledger import LEDGER_TOPIC, MemoryLedger
from tests.support.people_log import PEOPLE_TOPIC, PeopleLog, company, person
from tests.support.views import Database, database

DAY = 24 * 3_600_000
BEGAN = to_millis(datetime(2026, 1, 1, tzinfo=UTC))
END = BEGAN + 100 * DAY
POSTS = [f"post-{number}" for number in range(6)]
PERSONS = [f"p-{number}" for number in range(30)]
COMPANIES = [f"c-{number}" for number in range(5)]
FORGOTTEN = "p-3"
SEGMENTS = {
    "rich": Condition("company.spend", "gte", (500,), "EUR"),
    "gold": Condition("plan", "eq", ("gold",)),
    "beta": Condition("traits.beta", "eq", (True,)),
}


class Worth(NamedTuple):
    """Who pays: a company, or a person who has none."""

    company: str
    payer: str
    plan: str
    spend: int
    currency: str


class World:
    """What is so of persons and companies from when on, and their votes."""

    def __init__(self, seed: int) -> None:
        rng = random.Random(seed)
        self.facts = PeopleLog(began=END)
        self.persons: dict[str, list[tuple[int, dict]]] = defaultdict(list)
        self.companies: dict[str, list[tuple[int, dict]]] = defaultdict(list)
        self.votes = MemoryLog(partitions=3, began=END)
        self._learn(rng)
        self._vote(rng)

    def _learn(self, rng: random.Random) -> None:
        for name in COMPANIES:
            for _ in range(rng.randint(1, 3)):
                spend = Spend(rng.randrange(0, 1000), rng.choice(["EUR", "EUR", "USD"]))
                plan = rng.choice(["team", "enterprise", None])
                at = BEGAN + rng.randrange(90 * DAY)
                self.facts.learn(company(name, at, CompanyData(plan=plan, spend=spend)))
                self.companies[name].append((at, {"plan": plan or "", "spend": spend}))
        for name in PERSONS[:24]:  # of the others nothing is known
            for _ in range(rng.randint(1, 3)):
                works = rng.choice([*COMPANIES, *COMPANIES, None])
                plan, beta = rng.choice(["gold", "free"]), rng.random() < 0.3
                spend = Spend(rng.randrange(1, 50), rng.choice(["EUR", "USD"]))
                at = BEGAN + rng.randrange(90 * DAY)
                data = PersonData(company=works, plan=plan, spend=spend, traits={"beta": beta})
                self.facts.learn(person(name, at, data))
                known = {"company": works or "", "plan": plan, "spend": spend, "beta": beta}
                self.persons[name].append((at, known))
        self.facts.learn(person("p-1", BEGAN, PersonData(company="c-1", plan="gold"), workspace="other"))
        self.facts.forget(Subject("acme", "person", FORGOTTEN))
        del self.persons[FORGOTTEN]

    def _vote(self, rng: random.Random) -> None:
        self.votes.append(
            [
                Vote(
                    post=POSTS[min(int(rng.paretovariate(0.7)) - 1, 5)], person=rng.choice(PERSONS),
                    value=rng.choice([1, 1, 1, 1, -1, 0]), importance=rng.randint(1, 3),
                    time=BEGAN + rng.randrange(100 * DAY), id=f"v{number}",
                )
                for number in range(400)
            ]
            + [Vote("post-0", "p-1", 1, BEGAN + DAY, "other", workspace="other")]
        )  # fmt: skip

    def known(self, who: str, at: int) -> dict:
        """All that was so of a person at a moment."""
        return _known(self.persons[who], at)

    def worth(self, who: str, at: int) -> Worth:
        """Who paid how much for a person at a moment."""
        own = self.known(who, at)
        works = own.get("company", "")
        if not works:
            spend = own.get("spend", Spend(0, ""))
            return Worth("", who, own.get("plan", ""), spend.amount, spend.currency)
        theirs = _known(self.companies[works], at)
        spend = theirs.get("spend", Spend(0, ""))
        return Worth(works, "", theirs.get("plan") or own.get("plan", ""), spend.amount, spend.currency)

    def segments(self, who: str, at: int) -> set[str]:
        """The segments that a person was in."""
        own = self.known(who, at)
        worth = self.worth(who, at)
        rich = bool(worth.company) and worth.currency == "EUR" and worth.spend >= 500
        holds = {"rich": rich, "gold": own.get("plan") == "gold", "beta": own.get("beta") is True}
        return {name for name, so in holds.items() if so}

    def askers(self, dimension: str, who: str, at: int) -> set[str]:
        """What a person counts for."""
        if dimension == "segment":
            return self.segments(who, at)
        return {getattr(self.worth(who, at), dimension)}

    def standing(self, at: int | None) -> list[tuple[str, str, int, int, int]]:
        """Post, person, value, importance and since of each vote that stood."""
        stood = naive.standing(self.votes, at).items()
        return [(post, who, *vote) for (workspace, post, who), vote in stood if workspace == "acme"]

    def demand(self, votes: list[tuple[str, str, int, int, int]], at: int) -> tuple:
        """(up, down, importance, companies, spend then, spend now) of votes on one post, as of a moment."""
        ups = [vote for vote in votes if vote[2] == 1]
        now = {worth[:2]: worth for worth in (self.worth(who, at) for _, who, *_ in ups)}
        then = {}
        for _, who, _, _, since in sorted(ups, key=lambda vote: (vote[4], vote[1])):
            worth = self.worth(who, since)
            then[worth[:2]] = worth
        return (
            len(ups), len(votes) - len(ups), sum(vote[3] for vote in ups),
            sum(1 for worth in now.values() if worth.company), _by_currency(then), _by_currency(now),
        )  # fmt: skip

    def momentum(self, post: str, persons: set[str], until: int, days: int) -> tuple[int, int]:
        """Up-votes given in the last days and in those before, that stood at the end of these."""
        counts = []
        for end in (until, until - days * DAY):
            stood = [vote for vote in self.standing(end) if vote[0] == post and vote[1] in persons]
            counts.append(sum(1 for _, _, value, _, since in stood if value == 1 and since > end - days * DAY))
        return counts[0], counts[1]


@contextmanager
def filled(url: str, world: World) -> Iterator[Database]:
    """A database with all of a world, with a post, comments and segments decided on the ledger."""
    with database(url) as made:
        made.fold_votes(world.votes)
        made.fold_posts(a_ledger())
        for projection in (PeopleProjection(), CommentsProjection()):
            runner = made.runner(projection, 1)
            runner.open(Partition(LEDGER_TOPIC, 0))
            if projection.name == "people":
                runner.open(Partition(PEOPLE_TOPIC, 0))
                for batch in world.facts.batches():
                    runner.feed(batch)
            runner.feed(a_ledger().batch())
            runner.flush()
        yield made


def a_ledger() -> MemoryLedger:
    """Posts, segments, and two comments a person on the first two posts: one is internal, one was deleted."""
    ledger, at = MemoryLedger(began=END), format_time(BEGAN)
    for post in POSTS:
        ledger.commit("post", post, 1, PostSubmitted(post=post, board="ideas", title=f"Title of {post}", at=at))
    for name, condition in SEGMENTS.items():
        ledger.commit("segment", name, 1, SegmentDefined(segment=name, name=name, conditions=(condition,), at=at))
    for number, who in enumerate(PERSONS):
        for post in POSTS[:2]:
            id = f"{post}-{who}"
            said = CommentWritten(
                comment=id, thread=id, post=post, author=who, body=f"{who} on {post}", internal=who == "p-5",
                at=format_time(BEGAN + number * DAY),
            )  # fmt: skip
            ledger.commit("comment", id, 1, said)
    gone = CommentDeleted(comment="post-0-p-7", post="post-0", at=format_time(BEGAN + 50 * DAY))
    ledger.commit("comment", "post-0-p-7", 2, gone)
    return ledger


def _known(facts: list[tuple[int, dict]], at: int) -> dict:
    """What the last fact up to a moment said; each says everything, and the later one in the log wins a tie."""
    known: dict = {}
    for since, said in sorted(facts, key=lambda fact: fact[0]):
        if since <= at:
            known = said
    return known


def _by_currency(payers: dict[tuple, Worth]) -> dict[str, int]:
    spends: dict[str, int] = defaultdict(int)
    for worth in payers.values():
        if worth.currency:
            spends[worth.currency] += worth.spend
    return {currency: amount for currency, amount in spends.items() if amount}
