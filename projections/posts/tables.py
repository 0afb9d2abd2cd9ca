"""The tables of boards and posts and of what they are sorted by, and their stable views."""

from projections.clickhouse.schema import StableView
from projections.table import Table

_TIME = "DateTime64(3, 'UTC')"

_POST_COLUMNS = {
    "workspace": "String",
    "post": "String",
    "board": "String",
    "title": "String",
    "body": "String",
    "author": "String",
    "status": "LowCardinality(String)",
    "kind": "LowCardinality(String)",
    "closed_reason": "String",
    "duplicate_of": "String",
    "merged_into": "String",
    "tags": "Array(String)",
    "field_pairs": "Array(String)",
    "archived": "Bool",
    "deleted": "Bool",
    "pinned": "Bool",
    "created_at": _TIME,
    "occurred_at": _TIME,
    "recorded_at": _TIME,
    "revision": "UInt32",
    "actor": "String",
    "version": "UInt64",
}

POSTS = Table(
    name="posts",
    columns={**_POST_COLUMNS, "title_words": "String", "words": "Array(String)"},
    key=("workspace", "post"),
    indexes=("INDEX by_words words TYPE text(tokenizer = array)",),
)
"""What a post says now. `revision` is its aggregate's version; the version is an offset of the ledger.

`kind` is what its status came to when it was given; `field_pairs` holds its custom fields, each as `field=value`.
`title_words` and `words` (of title and body) are for search, see `projections.search.words`.
"""

POST_HISTORY = Table(
    name="post_history",
    columns={
        **_POST_COLUMNS,
        "change": "LowCardinality(String)",
        "what": "String",
        "note": "String",
        "reason": "String",
    },
    key=("workspace", "post", "revision"),
)
"""What a post said after each change, whole; `what` says in a line what the change was.

`note` is for everybody, `reason` is not: queries for those who see nothing internal leave it out.
"""

STATUS_HISTORY = Table(
    name="status_history",
    columns={
        "workspace": "String",
        "post": "String",
        "revision": "UInt32",
        "status": "LowCardinality(String)",
        "kind": "LowCardinality(String)",
        "note": "String",
        "reason": "String",
        "actor": "String",
        "occurred_at": _TIME,
        "recorded_at": _TIME,
        "version": "UInt64",
    },
    key=("workspace", "post", "revision"),
)
"""Each decision on a post's status. Until when it held follows from the others, whenever they were recorded."""

BOARDS = Table(
    name="boards",
    columns={
        "workspace": "String",
        "board": "String",
        "name": "String",
        "budget": "UInt16",
        "budget_period": "LowCardinality(String)",
        "created_at": _TIME,
        "recorded_at": _TIME,
        "revision": "UInt32",
        "version": "UInt64",
    },
    key=("workspace", "board"),
)
"""What a board is called now, and how many votes a person has on it: in each period, and 0 for as many as they like."""

_SAYS = """board, title, body, author, status, kind, closed_reason, duplicate_of, merged_into, tags,
  mapFromArrays(arrayMap(pair -> substring(pair, 1, position(pair, '=') - 1), field_pairs),
    arrayMap(pair -> substring(pair, position(pair, '=') + 1), field_pairs)) AS fields, field_pairs"""

VIEWS = (
    StableView(
        "posts",
        f"""SELECT workspace, post, {_SAYS},
  archived, pinned, created_at, occurred_at AS updated_at, recorded_at, revision
FROM <posts_table> FINAL WHERE NOT deleted""",
    ),
    StableView(
        "post_words",
        """SELECT workspace, post, board, status, kind, author, tags, field_pairs, archived, merged_into,
  created_at, title_words, words
FROM <posts_table> FINAL WHERE NOT deleted""",
    ),
    StableView(
        "post_history",
        f"""SELECT workspace, post, revision, change, what, note, reason, {_SAYS},
  archived, deleted, pinned, created_at, occurred_at, recorded_at, actor
FROM <post_history_table> FINAL""",
    ),
    StableView(
        "status_history",
        """SELECT workspace, post, status, kind, occurred_at AS since,
  nullIf(leadInFrame(occurred_at) OVER (PARTITION BY workspace, post ORDER BY occurred_at, revision
    ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING), toDateTime64(0, 3, 'UTC')) AS until,
  actor, note, reason, recorded_at, revision
FROM <status_history_table> FINAL""",
    ),
    StableView(
        "boards",
        """SELECT workspace, board, name, nullIf(budget, 0) AS budget, budget_period, created_at, recorded_at, revision
FROM <boards_table> FINAL""",
    ),
)
