"""The tables of comments, and their stable views."""

from projections.clickhouse.schema import StableView
from projections.table import Derived, Table

_TIME = "DateTime64(3, 'UTC')"

_COLUMNS = {
    "workspace": "String",
    "post": "String",
    "comment": "String",
    "thread": "String",
    "thread_at": _TIME,
    "parent": "String",
    "author": "String",
    "body": "String",
    "mentions": "Array(String)",
    "internal": "UInt8",
    "created_at": _TIME,
    "edited_at": _TIME,
    "occurred_at": _TIME,
    "recorded_at": _TIME,
    "revision": "UInt32",
    "actor": "String",
    "deleted": "UInt8",
}

COMMENTS = Table(
    name="comments",
    columns={**_COLUMNS, "answer": "UInt8", "version": "UInt64"},
    key=("workspace", "post", "comment"),
)
"""What a comment says now; a deleted one says nothing. `edited_at` is 1970 while it never was edited, `thread_at` is
when the thread's first comment was written, `answer` whether it is the official one. The version is an offset."""

COMMENT_HISTORY = Table(
    name="comment_history",
    columns={**_COLUMNS, "change": "LowCardinality(String)", "reason": "String", "version": "UInt64"},
    key=("workspace", "post", "comment", "revision"),
)
"""What a comment said after each change. Once it is deleted, all of them are stated again without what they said, and
`deleted`: what somebody took back stands in no table."""

ANSWER_HISTORY = Table(
    name="answer_history",
    columns={
        "workspace": "String",
        "post": "String",
        "revision": "UInt32",
        "comment": "String",
        "reason": "String",
        "occurred_at": _TIME,
        "recorded_at": _TIME,
        "actor": "String",
        "version": "UInt64",
    },
    key=("workspace", "post", "revision"),
)
"""Which comment answered a post after each decision; none where it is empty."""

DELETED_COMMENTS = Table(
    name="deleted_comments",
    columns={"workspace": "String", "comment": "String", "post": "String", "version": "UInt64"},
    key=("workspace", "comment"),
)
"""The comments that were deleted. They are few: whoever shows events asks for them often."""

COMMENT_TOTALS = Derived(
    name="comment_totals",
    source=COMMENTS,
    columns={
        "workspace": "String",
        "post": "String",
        "comments": "UInt64",
        "last_comment_at": _TIME,
        "notes": "UInt64",
        "version": "UInt64",
    },
    key=("workspace", "post"),
    select="""workspace, post, countIf(part.internal = 0 AND part.deleted = 0) AS comments,
  maxIf(part.created_at, part.internal = 0 AND part.deleted = 0) AS last_comment_at,
  countIf(part.internal = 1 AND part.deleted = 0) AS notes, sum(part.version + 1) AS version""",
)
"""How many public comments a post has, when the last was written, and how many internal notes it has."""

_SHOWN = """workspace, post, comment, thread, parent, author, body, mentions, toBool(internal) AS internal,
  toBool(deleted) AS deleted, created_at, nullIf(edited_at, toDateTime64(0, 3, 'UTC')) AS edited_at"""

VIEWS = (
    StableView(
        "comments",
        f"""SELECT {_SHOWN},
  toBool(answer) AS answer, occurred_at AS updated_at, recorded_at, revision, thread_at
FROM <comments_table> FINAL""",
    ),
    StableView(
        "comment_history",
        f"""SELECT {_SHOWN},
  revision, change, occurred_at, recorded_at, actor, reason, thread_at
FROM <comment_history_table> FINAL""",
    ),
    StableView(
        "answer_history",
        """SELECT workspace, post, revision, comment, occurred_at, recorded_at, actor, reason
FROM <answer_history_table> FINAL""",
    ),
    StableView("deleted_comments", "SELECT workspace, comment, post FROM <deleted_comments_table> FINAL"),
    StableView(
        "comment_counts",
        "SELECT workspace, post, comments, last_comment_at, notes FROM <comment_totals_table> FINAL",
    ),
)
