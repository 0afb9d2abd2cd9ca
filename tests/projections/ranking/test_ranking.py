"""A ranking is what the history means: now, as of a moment, as known at a moment, and page by page."""

import random
from datetime import UTC, datetime

import pytest

from events.domain.vocabulary import PostClosed, PostEdited, PostSubmitted
from events.times import format_time, to_millis
from projections.ranking.formulas import FORMULAS, RECENT, TOP, TRENDING
from projections.ranking.query import Cursor, RankingRequest
from tests.support import naive
from tests.support.ballots import MemoryLog, Vote
from tests.support.ledger import MemoryLedger
from tests.support.views import Database

DAY = 24 * 3_600_000
BEGAN = to_millis(datetime(2026, 1, 1, tzinfo=UTC))
PLAIN = ["top", "trending", "recent"]
POSTS = [f"post-{number}" for number in range(30)]
"""Posts are created in pairs at the same moment, so that only the id tells them apart."""

CREATED = {post: BEGAN + (number // 2) * DAY for number, post in enumerate(POSTS)}


def random_log(seed: int, count: int = 3000) -> MemoryLog:
    rng = random.Random(seed)
    log = MemoryLog(partitions=4, began=BEGAN + 200 * DAY)
    log.append(
        [
            Vote(
                post=POSTS[min(int(rng.paretovariate(0.6)), 25)],
                person=f"person-{rng.randrange(120)}",
                value=rng.choice([1, 1, 1, -1, 0]),
                time=BEGAN + rng.randrange(150 * DAY),
                id=f"e{rng.randrange(count)}",
                importance=rng.randint(1, 3),
            )
            for _ in range(count)
        ]
    )
    return log


def a_ledger() -> MemoryLedger:
    ledger = MemoryLedger(began=BEGAN + 200 * DAY)
    for number, post in enumerate(POSTS):
        at = format_time(CREATED[post])
        board = f"board-{number % 3}"
        ledger.commit("post", post, 1, PostSubmitted(post=post, board=board, title=f"Title of {post}", at=at))
    return ledger


@pytest.fixture(scope="module")
def filled(clickhouse_url: str):
    from tests.support.views import database

    with database(clickhouse_url) as made:
        log = random_log(7)
        made.fold_votes(log, cuts=[100, 333, 500])
        made.fold_posts(a_ledger())
        yield made, log


def expected(log: MemoryLog, by: str, *, as_of: int | None = None, known_at: int | None = None) -> list[tuple]:
    """(post, up, down, importance) of every post in order, by the naive model."""
    tallies = naive.tallies(naive.standing(log, as_of, known_at).items())
    there = [post for post in POSTS if as_of is None or CREATED[post] <= as_of]

    def tally(post: str) -> tuple:
        return tallies.get(("acme", post), (0, 0, 0, 0.0))

    value = {
        "top": lambda post: tally(post)[0] - tally(post)[1],
        "trending": lambda post: round(tally(post)[3], 6),
        "recent": lambda post: CREATED[post],
    }[by]
    order = sorted(there, key=lambda post: (-value(post), CREATED[post], post))
    return [(post, *tally(post)[:3]) for post in order]


def shown(posts: list) -> list[tuple]:
    return [(post.post, post.up, post.down, post.importance) for post in posts]


MOMENTS = [None, BEGAN + 10 * DAY + 1, BEGAN + 31 * DAY, BEGAN + 31 * DAY - 1, BEGAN + 100 * DAY, BEGAN + 400 * DAY]


@pytest.mark.parametrize("by", PLAIN)
@pytest.mark.parametrize("as_of", MOMENTS)
def test_equals_the_naive_model(filled: tuple[Database, MemoryLog], by: str, as_of: int | None):
    database, log = filled
    posts = database.pages(RankingRequest(workspace="acme", formula=FORMULAS[by], limit=7, as_of=as_of))
    assert shown(posts) == expected(log, by, as_of=as_of)
    assert [post.rank for post in posts] == list(range(1, len(posts) + 1))


@pytest.mark.parametrize("by", PLAIN)
@pytest.mark.parametrize("as_of", [None, BEGAN + 60 * DAY])
@pytest.mark.parametrize("seconds", [0, 700, 2500])
def test_as_known_at_a_moment(filled: tuple[Database, MemoryLog], by: str, as_of: int | None, seconds: int):
    database, log = filled
    known_at = log.began + seconds * 1000
    request = RankingRequest(workspace="acme", formula=FORMULAS[by], limit=100, as_of=as_of, known_at=known_at)
    recorded = {post for number, post in enumerate(POSTS) if number <= seconds}
    assert shown(database.pages(request)) == [
        row for row in expected(log, by, as_of=as_of, known_at=known_at) if row[0] in recorded
    ]


def test_the_views_say_the_same(filled: tuple[Database, MemoryLog]):
    database, log = filled
    order = "ORDER BY score DESC, created_at, post"
    columns = "post, up, down, importance"
    assert database.rows(f"SELECT {columns} FROM groundswell.ranking {order}") == expected(log, "top")
    moment = BEGAN + 45 * DAY
    at = format_time(moment).removesuffix("Z").replace("T", " ")
    view = f"groundswell.ranking_as_of(at = '{at}')"
    assert database.rows(f"SELECT {columns} FROM {view} {order}") == expected(log, "top", as_of=moment)


def test_any_prefix_of_the_history_adds_up_to_the_tally_of_its_moment(filled: tuple[Database, MemoryLog]):
    database, log = filled
    for as_of in MOMENTS[1:]:
        (total,) = database.rows(
            "SELECT sum(value_after - value_before) FROM groundswell.vote_history "
            "WHERE occurred_at <= fromUnixTimestamp64Milli({at:Int64}, 'UTC')",
            at=as_of,
        )[0]
        assert total == sum(value for value, _, _ in naive.standing(log, as_of).values())


def test_what_is_shown_of_a_post(filled: tuple[Database, MemoryLog]):
    database, log = filled
    (post,), _ = database.page(RankingRequest(workspace="acme", formula=TOP, limit=1))
    votes = [record.vote for records in log.records for record in records if record.vote.post == post.post]
    assert post.title == f"Title of {post.post}"
    assert post.score == post.up - post.down
    assert post.voters == post.up + post.down
    assert post.created_at == CREATED[post.post]
    assert post.last_vote_at == max(vote.time for vote in votes if vote.value)
    assert post.trend == pytest.approx(naive.tallies(naive.standing(log).items())["acme", post.post][3], abs=1e-6)
    unvoted = database.pages(RankingRequest(workspace="acme", formula=TOP, limit=100, post="post-29"))
    assert [(post.voters, post.last_vote_at, post.trend) for post in unvoted] == [(0, None, 0.0)]


def test_filters_by_board(filled: tuple[Database, MemoryLog]):
    database, log = filled
    request = RankingRequest(workspace="acme", formula=TOP, limit=100, board="board-1")
    wanted = {post for number, post in enumerate(POSTS) if number % 3 == 1}
    assert shown(database.pages(request)) == [row for row in expected(log, "top") if row[0] in wanted]


def test_nothing_crosses_from_one_workspace_to_another(filled: tuple[Database, MemoryLog]):
    database, _ = filled
    assert database.page(RankingRequest(workspace="globex", formula=TOP, limit=100)) == ([], None)


def test_posts_are_as_they_were(database: Database):
    ledger = MemoryLedger(began=BEGAN + 50 * DAY)
    submitted = PostSubmitted(post="p", board="b", title="Before", at=format_time(BEGAN))
    ledger.commit("post", "p", 1, submitted)
    ledger.commit("post", "p", 2, PostEdited(post="p", title="After", at=format_time(BEGAN + DAY)))
    ledger.commit("post", "p", 3, PostClosed(post="p", reason="done", at=format_time(BEGAN + 2 * DAY)))
    database.fold_posts(ledger)

    def at(moment: int | None, **filters: str) -> list[tuple]:
        request = RankingRequest(workspace="acme", formula=RECENT, limit=9, as_of=moment, **filters)
        return [(post.title, post.status) for post in database.page(request)[0]]

    assert at(BEGAN - 1) == []
    assert at(BEGAN) == [("Before", "open")]
    assert at(BEGAN + DAY) == [("After", "open")]
    assert at(None) == at(BEGAN + 2 * DAY) == [("After", "closed")]
    assert at(BEGAN + DAY, status="closed") == []
    assert at(None, status="closed") == [("After", "closed")]


def test_a_parameter_is_data(filled: tuple[Database, MemoryLog]):
    database, _ = filled
    evil = "' OR 1=1 --{x:String}\\'; DROP TABLE votes"
    for field in ("workspace", "board", "status", "post"):
        request = {"workspace": "acme", "formula": TOP, "limit": 5, field: evil}
        for moment in (None, BEGAN + DAY):
            assert database.page(RankingRequest(**request, as_of=moment)) == ([], None)
    cursor = Cursor("top", 1, -(2**40), 0, evil)
    assert database.page(RankingRequest(workspace="acme", formula=TOP, limit=5, cursor=cursor)) == ([], None)


@pytest.mark.parametrize("token", ["", "x", "AAAA", "kaN0b3A", "é"])
def test_a_cursor_that_is_none_is_refused(token: str):
    with pytest.raises(ValueError, match="not a cursor"):
        Cursor.from_token(token, TOP)


def test_a_cursor_of_another_formula_is_refused():
    with pytest.raises(ValueError, match="ranking by 'top'"):
        Cursor.from_token(Cursor("top", 1, 1, 1, "p").token(), TRENDING)
