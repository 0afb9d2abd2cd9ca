"""Votes, merges, unmerges, budgets and placements, in any order of arrival, cut anywhere: they count what they mean."""

import random
from collections import defaultdict
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from events.log.batch import RecordBatch
from events.position import Partition
from events.rulings import (
    BoardBudgeted,
    BudgetedData,
    MergedData,
    PlacedData,
    PostMerged,
    PostsPlaced,
    PostUnmerged,
    Ruling,
    UnmergedData,
    encode_ruling,
)
from events.times import format_time
from projections.votes import VotesProjection
from projections.votes.begun import Merged, Stated, begun, concerned
from services.projector.memory import MemoryDeadLetters, MemoryStores, MemoryView
from services.projector.runner import Runner
from tests.support import naive, naive_rules
from tests.support.ballots import TOPIC, Vote
from tests.support.naive_rules import Counted, Ruled, Said

NOVEMBER = int(datetime(2026, 11, 1, tzinfo=UTC).timestamp() * 1000)
HOUR = 3_600_000
BEGAN = 1_800_000_000_000
POSTS = ("a", "b", "c", "d")
PERSONS = ("ann", "ben")
PARTITION = Partition(TOPIC, 0)


@dataclass(frozen=True)
class Decided:
    """A rule as it was decided; `number` is its place among the decisions."""

    time: int
    number: int
    kind: str
    subject: str
    into: str = ""
    posts: tuple[str, ...] = ()
    votes: int | None = None
    period: str = "all"

    def ruling(self) -> Ruling:
        common = {"id": f"{self.number}.0", "source": "acme", "subject": self.subject, "time": format_time(self.time)}
        place = {"ledger": self.number, "number": 0}
        if self.kind == "merged":
            return PostMerged(**common, data=MergedData(self.into, **place))
        if self.kind == "unmerged":
            return PostUnmerged(**common, data=UnmergedData(**place))
        if self.kind == "placed":
            return PostsPlaced(**common, data=PlacedData(self.posts, **place))
        return BoardBudgeted(**common, data=BudgetedData(self.votes, self.period, **place))


Event = Vote | Decided


@st.composite
def histories(draw: st.DrawFn) -> list[Event]:
    """Events in the order in which they happened; merges and their undoing as the ledger would admit them."""
    events: list[Event] = []
    merged: dict[str, str] = {}
    for number in range(draw(st.integers(0, 22))):
        time = NOVEMBER + (number - 8) * draw(st.sampled_from((HOUR, 40 * HOUR)))
        time = max(time, events[-1].time + 1) if events else time
        kind = draw(st.sampled_from(("vote",) * 9 + ("merged", "merged", "unmerged", "placed", "budgeted")))
        if kind == "vote":
            value = draw(st.sampled_from((1, 1, 1, -1, 0)))
            person, post = draw(st.sampled_from(PERSONS)), draw(st.sampled_from(POSTS))
            events.append(Vote(post, person, value, time, f"e{number}", draw(st.integers(1, 3))))
        elif kind == "merged":
            free = [
                (post, into) for post in POSTS for into in POSTS if post not in merged and _root(merged, into) != post
            ]
            if free:
                post, into = draw(st.sampled_from(free))
                merged[post] = into
                events.append(Decided(time, number, kind, post, into))
        elif kind == "unmerged" and merged:
            post = draw(st.sampled_from(sorted(merged)))
            del merged[post]
            events.append(Decided(time, number, kind, post))
        elif kind == "placed":
            posts = tuple(sorted(draw(st.sets(st.sampled_from(POSTS), min_size=1))))
            events.append(Decided(time, number, kind, draw(st.sampled_from(("ideas", "bugs"))), posts=posts))
        elif kind == "budgeted":
            votes, period = draw(st.sampled_from((1, 1, 2, None))), draw(st.sampled_from(("all", "month", "quarter")))
            events.append(
                Decided(time, number, kind, draw(st.sampled_from(("ideas", "bugs"))), votes=votes, period=period)
            )
    return events


def _root(merged: dict[str, str], post: str) -> str:
    while post in merged:
        post = merged[post]
    return post


def arriving(events: list[Event], rng: random.Random) -> list[Event]:
    """The same in another order of arrival, some twice; rulings come in their own order, as the saga sends them."""
    votes = [event for event in events if isinstance(event, Vote)]
    votes += [vote for vote in votes if rng.random() < 0.2]
    rng.shuffle(votes)
    rulings = [each for each in events if isinstance(each, Decided) for _ in range(1 + (rng.random() < 0.2))]
    order = ["vote"] * len(votes) + ["ruling"] * len(rulings)
    rng.shuffle(order)
    taken = {"vote": iter(votes), "ruling": iter(rulings)}
    return [next(taken[kind]) for kind in order]


def fold(arrived: list[Event], cuts: list[int] = (), upto: int | None = None) -> MemoryView:
    """Fold them as one partition; each cut ends a batch and a flush, and every third begins a new process."""
    arrived = arrived[:upto]
    view, stores = MemoryView(), MemoryStores()
    edges = sorted({0, len(arrived), *(cut % (len(arrived) + 1) for cut in cuts)})
    runner, letters = _runner(view, stores)
    for number, (start, end) in enumerate(pairwise(edges)):
        if number % 3 == 2:
            runner, letters = _runner(view, stores)
        runner.feed(_batch(arrived, start, end))
        if number % 2:
            runner.flush()
            assert not letters.letters
        elif number % 3 == 1:
            runner.flush()
    runner.flush()
    assert not letters.letters
    return view


def _runner(view: MemoryView, stores: MemoryStores) -> tuple[Runner, MemoryDeadLetters]:
    letters = MemoryDeadLetters()
    runner = Runner(VotesProjection(), view, stores, letters, "epoch", partition_count=lambda _: 1)
    runner.open(PARTITION)
    return runner, letters


def _batch(arrived: list[Event], start: int, end: int) -> RecordBatch:
    values = [each.encode() if isinstance(each, Vote) else encode_ruling(each.ruling()) for each in arrived[start:end]]
    offsets = list(range(start, end))
    times = [BEGAN + 1000 * offset for offset in offsets]
    return RecordBatch(TOPIC, 0, start, end, offsets, times, [None] * len(offsets), values)


def meant(arrived: list[Event]) -> tuple[list[Said], list[Ruled]]:
    """The votes and rules that these are, each once."""
    votes: dict[object, Said] = {}
    rules: dict[int, Ruled] = {}
    for offset, event in enumerate(arrived):
        if isinstance(event, Vote):
            said = Said(
                (event.time, offset), event.person, event.post, event.value, event.importance if event.value else 0
            )
            votes.setdefault(event.id, said)
        else:
            at = (event.time, offset)
            rules.setdefault(
                event.number, Ruled(at, event.kind, event.subject, event.into, event.posts, event.votes, event.period)
            )
    return list(votes.values()), list(rules.values())


def shown_standings(view: MemoryView) -> dict[tuple[str, str], Counted]:
    found = {}
    for _, post, person, value, importance, since, _, _, waiting, *_ in view.rows("votes"):
        if value or waiting:
            found[person, post] = Counted(value, importance, since, waiting)
    return found


def shown_as_of(view: MemoryView, moment: int) -> dict[tuple[str, str], tuple[int, int]]:
    """The sums of the changes up to a moment: what each person's vote comes to on each post."""
    sums: dict = defaultdict(lambda: [0, 0])
    for row in view.rows("vote_history"):
        if row[5] <= moment:
            sums[row[2], row[1]][0] += row[10] - row[9]
            sums[row[2], row[1]][1] += row[12] - row[11]
    return {key: tuple(net) for key, net in sums.items() if any(net)}


def counted_at(votes: list[Said], rules: list[Ruled], moment: int) -> dict[tuple[str, str], tuple[int, int]]:
    found = naive_rules.standings(votes, rules, (moment, 10**9))
    return {key: (stands.value, stands.importance) for key, stands in found.items() if stands.value}


def shown_tallies(view: MemoryView) -> dict:
    return {row[1]: row[3:7] for row in view.rows("tallies") if row[3] or row[4]}


orders = st.randoms(use_true_random=False)
cut_points = st.lists(st.integers(0, 1000), max_size=6)


@given(histories(), orders, cut_points)
def test_what_counts_is_what_the_rules_mean_now_and_at_every_moment(events, rng, cuts):
    arrived = arriving(events, rng)
    view = fold(arrived, cuts)
    votes, rules = meant(arrived)
    stands = naive_rules.standings(votes, rules, (10**15, 0))
    assert shown_standings(view) == stands
    for event in events:
        for moment in (event.time - 1, event.time):
            assert shown_as_of(view, moment) == counted_at(votes, rules, moment), moment - NOVEMBER
    counted = {key: tuple(each[:3]) for key, each in stands.items() if each.value}
    tallied = naive.tallies(((("acme", post, person), each) for (person, post), each in counted.items()))
    assert {post: values[:3] for post, values in shown_tallies(view).items()} == {
        post: values[:3] for (_, post), values in tallied.items()
    }
    for post, (*_, trend) in shown_tallies(view).items():
        assert abs(trend - tallied["acme", post][3]) < 1e-6
    assert months(view) == sums_by_month(view)


@given(histories(), orders, orders, cut_points)
def test_the_order_of_arrival_changes_nothing_that_is_shown(events, rng, other_rng, cuts):
    view, other = fold(arriving(events, rng), cuts), fold(arriving(events, other_rng))
    assert shown_standings(view) == shown_standings(other)
    assert shown_tallies(view) == shown_tallies(other)
    assert shown_changes(view) == shown_changes(other)
    assert last_votes(view) == last_votes(other)
    assert given_on(view) == given_on(other)


@given(histories(), orders, cut_points, cut_points)
def test_cutting_changes_no_row(events, rng, cuts, other_cuts):
    arrived = arriving(events, rng)
    assert fold(arrived, cuts).tables == fold(arrived, other_cuts).tables


@given(histories(), orders, st.integers(0, 40), st.integers(0, 40))
def test_as_known_at_a_moment_is_what_the_log_up_to_it_folds_to(events, rng, known, moment):
    arrived = arriving(events, rng)
    upto = known % (len(arrived) + 1)
    moment = events[moment % len(events)].time if events else NOVEMBER
    known_at = BEGAN + 1000 * upto - 1
    expected = shown_as_of(fold(arrived, upto=upto), moment)
    assert as_known(fold(arrived), moment, known_at) == expected


@given(histories(), orders)
def test_unmerging_everything_gives_back_what_would_be_without_any_merge(events, rng):
    arrived = arriving(events, rng)
    _, rules = meant(arrived)
    merged = naive_rules.holding(rules, (10**15, 0))
    latest = max((event.time for event in events), default=NOVEMBER)
    undone = [Decided(latest + 1, 1000 + n, "unmerged", rule.subject) for n, rule in enumerate(merged)]
    plain = [event for event in arrived if isinstance(event, Vote) or event.kind not in ("merged", "unmerged")]
    back, never = fold([*arrived, *undone]), fold(plain)
    assert shown_standings(back) == shown_standings(never)
    assert shown_tallies(back) == shown_tallies(never)


@given(histories(), orders)
def test_since_when_a_vote_stands_at_all_is_told_from_the_rows(events, rng):
    arrived = arriving(events, rng)
    votes, rules = meant(arrived)
    holds = naive_rules.holding(rules, (10**15, 0))
    merges = [Merged(rule.subject, rule.into, rule.at[0], rule not in holds) for rule in rules if rule.kind == "merged"]
    history = fold(arrived).rows("vote_history")
    for person in PERSONS:
        stands = naive_rules.begun(votes, rules, person, (10**15, 0))
        for post in POSTS:
            posts = concerned([post], merges)
            rows = [
                Stated(row[1], row[5], row[4], row[17], row[15], row[10] + row[16])
                for row in sorted(history, key=lambda row: (row[5], row[4], row[1]))
                if row[2] == person and row[1] in posts
            ]
            assert begun(rows, merges).get(post) == stands.get(post), (person, post)


def as_known(view: MemoryView, moment: int, known_at: int) -> dict[tuple[str, str], tuple[int, int]]:
    """As the ranking's query reads it: the changes recorded by then, and what was said of those stated anew since."""
    corrected: dict = {}
    for row in view.rows("vote_corrections"):
        key, until = (row[1], row[6], row[4], row[2]), row[5]
        if row[7] <= known_at < until and (key not in corrected or until < corrected[key][5]):
            corrected[key] = row
    sums: dict = defaultdict(lambda: [0, 0])
    for row in view.rows("vote_history"):
        if row[6] <= known_at and row[5] <= moment:
            said = corrected.get((row[1], row[5], row[4], row[2]))
            before, after, importance_before, importance_after = row[9:13] if said is None else said[8:12]
            sums[row[2], row[1]][0] += after - before
            sums[row[2], row[1]][1] += importance_after - importance_before
    return {key: tuple(net) for key, net in sums.items() if any(net)}


def shown_changes(view: MemoryView) -> dict:
    """What the view of history shows: by post, person, time and event, but for where in the log it stands."""
    return {
        (row[1], row[2], row[5], row[7]): (*row[8:19],)
        for row in view.rows("vote_history")
        if row[9] != row[10] or row[11] != row[12] or row[16]
    }


def given_on(view: MemoryView) -> dict:
    """Which post each vote that counts or waits was given on."""
    return {(row[1], row[2]): row[9] for row in view.rows("votes") if row[3] or row[8]}


def last_votes(view: MemoryView) -> dict:
    return {row[1]: row[7] for row in view.rows("tallies") if row[7]}


def months(view: MemoryView) -> dict:
    return {(row[1], row[3]): row[4:7] for row in view.rows("tally_periods") if any(row[4:7])}


def sums_by_month(view: MemoryView) -> dict:
    sums: dict = defaultdict(lambda: [0, 0, 0])
    for row in view.rows("vote_history"):
        day = datetime.fromtimestamp(row[5] / 1000, UTC).replace(day=1, hour=0, minute=0, second=0, microsecond=0)
        net = sums[row[1], int(day.timestamp()) // 86400]
        before, after = row[9], row[10]
        net[0] += (after > 0) - (before > 0)
        net[1] += (after < 0) - (before < 0)
        net[2] += (row[12] if after > 0 else 0) - (row[11] if before > 0 else 0)
    return {key: tuple(net) for key, net in sums.items() if any(net)}


def test_one_ruling_that_gives_room_and_takes_it_again_changes_nothing_but_once():
    """Placing the two posts moves the later vote into room, and then the earlier one into its place."""
    events = [
        Decided(NOVEMBER, 0, "budgeted", "bugs", votes=1),
        Decided(NOVEMBER + 1, 1, "budgeted", "ideas", votes=1),
        Decided(NOVEMBER + 2, 2, "placed", "bugs", posts=("a", "c")),
        Vote("c", "ann", 1, NOVEMBER + 3, "e1"),
        Vote("b", "ann", 1, NOVEMBER + 4, "e2"),
        Vote("a", "ann", 1, NOVEMBER + 5, "e3"),
        Decided(NOVEMBER + 6, 3, "placed", "ideas", posts=("a", "b")),
    ]
    view = fold(events)
    assert shown_standings(view) == naive_rules.standings(*meant(events), (10**15, 0))
    assert shown_tallies(view).keys() == {"b", "c"}
    assert months(view) == sums_by_month(view)
