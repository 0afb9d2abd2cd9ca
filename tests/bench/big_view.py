"""A big workspace, put straight into ClickHouse's tables: what the projector would have made of ten million votes.

Every vote is a person's first on a post, within a year; a few posts have many and most have some. What rankings read is
there: posts and their history, the history of the votes, tallies, standings, months.
"""

from projections.clickhouse.schema import derive_statement
from projections.table import Table
from projections.votes.tables import STANDINGS, TALLIES, TALLY_PERIODS, VOTE_HISTORY
from tests.bench.stack import WORKSPACE, Place, say

BEGAN = 1_735_689_600_000
"""2025-01-01."""

DAY = 24 * 3600 * 1000
BOARDS = 8
PARTITIONS = 12

_CHUNK = 1_000_000
_TIME = "fromUnixTimestamp64Milli(toInt64({}), 'UTC')"
_HALF_LIVES = "(toUnixTimestamp64Milli(since_after) - 946684800000) / 604800000"
_BASE = 1300
"""Half-lives to reckon from, so that the powers of two stay in a double's range."""

_COUNTS = """countIf(value_after = 1) AS up, countIf(value_after = -1) AS down,
  sumIf(importance_after, value_after = 1) AS importance"""


def make(place: Place, posts: int, votes: int) -> None:
    """Fill the tables, and wait for ClickHouse to have merged what it wants to."""
    database = place.database
    say(f"{posts:,} posts and {votes:,} votes into ClickHouse")
    place.client.command(_posts(database, posts))
    place.client.command(_post_history(database))
    for start in range(0, votes, _CHUNK):
        place.client.command(_votes(database, posts, start, min(_CHUNK, votes - start)))
        say(f"{min(start + _CHUNK, votes):,} votes in ClickHouse")
    # What ClickHouse does by itself with a month that nothing came to for an hour (ONE_PART_A_MONTH).
    place.client.command(f"OPTIMIZE TABLE {database}.{VOTE_HISTORY.stored_as(1)} FINAL")
    place.client.command(_tallies(database))
    place.client.command(_periods(database))
    place.client.command(derive_statement(database, STANDINGS, 1, "1"))


_POST_COLUMNS = (
    "workspace, post, board, title, body, author, status, kind, created_at, occurred_at, recorded_at, revision, version"
)


def _posts(database: str, posts: int) -> str:
    created = _TIME.format(f"{BEGAN} - 1000 * ({posts} - number)")
    return f"""INSERT INTO {database}.posts_g1 ({_POST_COLUMNS}, title_words, words)
SELECT '{WORKSPACE}', 'post-' || toString(number), 'board-' || toString(number % {BOARDS}),
  'Title of the wish number ' || toString(number) AS title, repeat('Please. ', 20),
  'person-' || toString(number % 5000), if(number % 10 = 0, 'closed', 'open'), if(number % 10 = 0, 'declined', 'open'),
  {created}, {created}, {created}, 1, number, lower(title), splitByChar(' ', lower(title) || ' please')
FROM numbers({posts})"""


def _post_history(database: str) -> str:
    return f"""INSERT INTO {database}.post_history_g1 ({_POST_COLUMNS}, change)
SELECT {_POST_COLUMNS}, 'submitted' FROM {database}.posts_g1"""


def _votes(database: str, posts: int, start: int, count: int) -> str:
    happened = _TIME.format(f"{BEGAN} + randCanonical(2) * {365 * DAY}")
    return f"""INSERT INTO {database}.{VOTE_HISTORY.stored_as(1)} ({_names(VOTE_HISTORY)})
SELECT '{WORKSPACE}', 'post-' || toString(toUInt32(pow(randCanonical(1), 3) * {posts})),
  'person-' || toString(number), number % {PARTITIONS}, intDiv(number, {PARTITIONS}),
  {happened} AS happened, happened + toIntervalSecond(1), toString(generateUUIDv4()), '',
  0, if(rand(3) % 10 = 0, -1, 1) AS value, 0, 1 + rand(4) % 3, happened, happened, value, 0, 0, '',
  intDiv(number, {PARTITIONS})
FROM numbers({start}, {count}) SETTINGS max_partitions_per_insert_block = 0"""


def _tallies(database: str) -> str:
    trend = f"log2(sumIf(exp2({_HALF_LIVES} - {_BASE}), value_after = 1)) + {_BASE}"
    return f"""INSERT INTO {database}.{TALLIES.stored_as(1)} ({_names(TALLIES)})
SELECT workspace, post, partition, {_COUNTS}, if(up = 0, 0, {trend}), max(occurred_at), max(`offset`)
FROM {database}.{VOTE_HISTORY.stored_as(1)} GROUP BY workspace, post, partition"""


def _periods(database: str) -> str:
    since = "toUnixTimestamp64Milli(since_after) - toInt64(toUnixTimestamp(toDateTime(month, 'UTC'))) * 1000"
    return f"""INSERT INTO {database}.{TALLY_PERIODS.stored_as(1)} ({_names(TALLY_PERIODS)})
SELECT workspace, post, partition, toStartOfMonth(occurred_at) AS month, {_COUNTS},
  sumIf(exp2(({since}) / 604800000), value_after = 1), max(occurred_at), max(`offset`)
FROM {database}.{VOTE_HISTORY.stored_as(1)} GROUP BY workspace, post, partition, month"""


def _names(table: Table) -> str:
    return ", ".join(f"`{name}`" for name in table.columns)
