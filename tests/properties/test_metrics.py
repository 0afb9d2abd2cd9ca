"""Metrics are what the events plainly come to: with unvotes, bounces, merges, late events, deletions and archiving."""

import random
from collections.abc import Iterator

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from events.position import Partition
from projections.metrics.calendar import EVERY, Every, span
from projections.metrics.declared import BY_NAME
from projections.metrics.query import Point, SeriesRequest, points, series_query
from projections.posts import PostsProjection
from projections.votes import VotesProjection
from tests.support import product_past
from tests.support.ballots import TOPIC, Vote
from tests.support.ledger import LEDGER_TOPIC, MemoryLedger
from tests.support.product_past import BEGAN, DAY, Decided, Past, Told
from tests.support.views import Database
from tests.support.views import database as make_database

BEGIN = product_past.at("2025-11-20")
LONG = 75
TOGETHER = 8
"""So many workspaces are folded and asked at a time: an insert costs much more than a row."""
POSTS = ("a", "b", "c", "d", "e", "f", "g")
PERSONS = ("ann", "ben", "cem", "dot")
KINDS = ("open", "planned", "in_progress", "shipped", "shipped", "declined")


@pytest.fixture(scope="module")
def filled(clickhouse_url: str) -> Iterator[Database]:
    with make_database(clickhouse_url) as made:
        yield made


@st.composite
def pasts(draw: st.DrawFn) -> tuple[list[Decided], list[Vote], random.Random]:
    """Decisions as they are recorded, one of six dated before the last, and votes of any date."""
    decided = [Decided(post, "submitted", BEGIN + draw(st.integers(0, 3 * DAY))) for post in POSTS]
    merged: dict[str, str] = {}
    now = BEGIN + 3 * DAY
    for _ in range(draw(st.integers(10, 45))):
        now += draw(st.integers(1, 3 * DAY))
        post = draw(st.sampled_from(POSTS))
        what = draw(st.sampled_from((*KINDS * 3, "archived", "unarchived", "deleted", "restored", "merge", "merge")))
        if what == "merge" and post in merged:
            decided.append(Decided(post, "unmerged", now, merged.pop(post)))
        elif what == "merge":
            into = [other for other in POSTS if _root(merged, other) != post]
            merged[post] = draw(st.sampled_from(into))
            decided.append(Decided(post, "merged", now, merged[post]))
        else:
            late = draw(st.sampled_from((0, 0, 0, 0, 0, 9 * DAY)))
            decided.append(Decided(post, what, max(now - late, BEGIN + 3 * DAY)))
    votes = draw(
        st.lists(
            st.builds(
                Vote, st.sampled_from(POSTS), st.sampled_from(PERSONS), st.sampled_from((1, 1, 1, 1, -1, 0)),
                st.integers(BEGIN, BEGIN + LONG * DAY), st.just(""),
            ),
            min_size=10, max_size=60,
        )
    )  # fmt: skip
    return decided, votes, draw(st.randoms(use_true_random=False))


def _root(merged: dict[str, str], post: str) -> str:
    while post in merged:
        post = merged[post]
    return post


def past_of(workspace: str, drawn: tuple[list[Decided], list[Vote], random.Random]) -> Past:
    """The same in a workspace of its own; votes and rulings come to the ballots in any order, rulings in their own."""
    decided, votes, rng = drawn
    votes = [
        Vote(vote.post, vote.person, vote.value, vote.time, f"{workspace}-{number}", workspace=workspace)
        for number, vote in enumerate(votes)
    ]
    votes += [vote for vote in votes if rng.random() < 0.1]
    rng.shuffle(votes)
    ruled = [each for each in decided if each.what in ("merged", "unmerged")]
    order = [True] * len(votes) + [False] * len(ruled)
    rng.shuffle(order)
    said, rules = iter(votes), iter(ruled)
    return Past(workspace, decided, votes, [next(said) if vote else next(rules) for vote in order])


numbers = iter(range(1_000_000))


@given(
    st.lists(
        st.tuples(pasts(), st.sampled_from(EVERY), st.integers(20 * DAY, (LONG + 60) * DAY), st.integers(0, 10**6)),
        min_size=TOGETHER, max_size=TOGETHER,
    )
)  # fmt: skip
@settings(
    max_examples=3, deadline=None, suppress_health_check=list(HealthCheck), phases=[Phase.explicit, Phase.generate]
)
def test_metrics_are_what_the_events_plainly_come_to(filled: Database, drawn) -> None:
    asked = [(past_of(f"w{next(numbers)}", past), *rest) for past, *rest in drawn]
    ledger = MemoryLedger(began=BEGAN)
    recorded = {past.workspace: past.decide_on(ledger) for past, *_ in asked}
    fold(filled, [past for past, *_ in asked], ledger)
    first = 0
    for past, every, ago, known in asked:
        records = [at for _, _, at in recorded[past.workspace]]
        ballots = [BEGAN + 1000 * (first + number) for number in range(len(past.ballots))]
        moments = sorted({*records, *ballots})
        whole = Told.of(past, recorded[past.workspace], first, 1 << 60)
        known_at = moments[known % len(moments)]
        as_of = BEGIN + ago
        then = Told.of(past, recorded[past.workspace], first, known_at)
        check(filled, past.workspace, every, as_of, None, whole)
        check(filled, past.workspace, every, as_of, known_at, then)
        first += len(past.ballots)


def fold(filled: Database, together: list[Past], ledger: MemoryLedger) -> None:
    for projection, topic, batch in (
        (VotesProjection(), TOPIC, product_past.ballots_batch(together)),
        (PostsProjection(), LEDGER_TOPIC, ledger.batch()),
    ):
        runner = filled.runner(projection, 1)
        runner.open(Partition(topic, 0))
        runner.feed(batch)
        runner.flush()
        runner.close(Partition(topic, 0))


def check(filled: Database, workspace: str, every: Every, as_of: int, known_at: int | None, told: Told) -> None:
    request = SeriesRequest(
        workspace=workspace, span=span(BEGIN, as_of + 1, every), as_of=as_of, known_at=known_at,
    )  # fmt: skip
    starts = request.span.starts
    delivered = product_past.votes_delivered(told, starts, every, as_of)
    shown = ask(filled, "votes_delivered", request)[""]
    assert not [pair for pair in zip(shown, delivered, strict=True) if pair[0] != pair[1]]
    assert close(ask(filled, "time_in_status", request)) == close(
        product_past.time_in_status(told, starts, every, as_of)
    )


def ask(filled: Database, name: str, request: SeriesRequest) -> dict[str, list[Point]]:
    query = series_query(BY_NAME[name], request, filled.settings.database)
    return points(BY_NAME[name], filled.client.query(query.sql, dict(query.parameters)).result_rows)


def close(series: dict[str, list[Point]]) -> dict[str, list[tuple[object, ...]]]:
    """Without the last digits."""
    return {
        line: [(each.start, each.denominator, None if each.value is None else round(each.value, 6)) for each in rows]
        for line, rows in series.items()
    }
