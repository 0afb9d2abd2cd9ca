"""The tables of boards and posts, and their stable views."""

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
    "closed_reason": "String",
    "duplicate_of": "String",
    "created_at": _TIME,
    "occurred_at": _TIME,
    "recorded_at": _TIME,
    "revision": "UInt32",
    "actor": "String",
    "version": "UInt64",
}

POSTS = Table(name="posts", columns=_POST_COLUMNS, key=("workspace", "post"))
"""What a post says now. `revision` is its aggregate's version; the version is an offset of the ledger."""

POST_HISTORY = Table(
    name="post_history",
    columns={**_POST_COLUMNS, "change": "LowCardinality(String)"},
    key=("workspace", "post", "revision"),
)
"""What a post said after each change, whole."""

BOARDS = Table(
    name="boards",
    columns={
        "workspace": "String",
        "board": "String",
        "name": "String",
        "created_at": _TIME,
        "recorded_at": _TIME,
        "revision": "UInt32",
        "version": "UInt64",
    },
    key=("workspace", "board"),
)
"""What a board is called now."""

VIEWS = (
    StableView(
        "posts",
        """SELECT workspace, post, board, title, body, author, status, closed_reason, duplicate_of,
  created_at, occurred_at AS updated_at, recorded_at, revision
FROM <posts_table> FINAL""",
    ),
    StableView(
        "post_history",
        """SELECT workspace, post, revision, change, board, title, body, author, status, closed_reason, duplicate_of,
  created_at, occurred_at, recorded_at, actor
FROM <post_history_table> FINAL""",
    ),
    StableView(
        "boards",
        "SELECT workspace, board, name, created_at, recorded_at, revision FROM <boards_table> FINAL",
    ),
)
