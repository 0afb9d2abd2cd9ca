"""The tables of releases, and their stable views."""

from projections.clickhouse.schema import StableView
from projections.table import Table

_TIME = "DateTime64(3, 'UTC')"

_RELEASE_COLUMNS = {
    "workspace": "String",
    "release": "String",
    "title": "String",
    "body": "String",
    "label": "String",
    "posts": "Array(String)",
    "state": "LowCardinality(String)",
    "publish_at": _TIME,
    "published_at": _TIME,
    "moved": "Array(String)",
    "not_moved": "Array(String)",
    "held": "String",
    "override": "Bool",
    "created_at": _TIME,
    "occurred_at": _TIME,
    "recorded_at": _TIME,
    "revision": "UInt32",
    "actor": "String",
    "version": "UInt64",
}

RELEASES = Table(name="releases", columns=_RELEASE_COLUMNS, key=("workspace", "release"))
"""What a release says now. `publish_at` and `published_at` are 1970 where there is none.

`moved` and `not_moved` say what became of its posts when it was published last: each post, or `post=why`. `held` says
why it is not published although its time has come, `override` whether it was although gates of its posts were open.
"""

RELEASE_HISTORY = Table(
    name="release_history",
    columns={**_RELEASE_COLUMNS, "change": "LowCardinality(String)", "what": "String", "reason": "String"},
    key=("workspace", "release", "revision"),
)
"""What a release said after each change, whole; `what` says in a line what the change was."""

_NEVER = "toDateTime64(0, 3, 'UTC')"
_SAYS = f"""title, body, label, posts, state, nullIf(publish_at, {_NEVER}) AS publish_at,
  nullIf(published_at, {_NEVER}) AS published_at, moved,
  mapFromArrays(arrayMap(pair -> substring(pair, 1, position(pair, '=') - 1), not_moved),
    arrayMap(pair -> substring(pair, position(pair, '=') + 1), not_moved)) AS not_moved, held, override"""

VIEWS = (
    StableView(
        "releases",
        f"""SELECT workspace, release, {_SAYS}, created_at, occurred_at AS updated_at, recorded_at, revision
FROM <releases_table> FINAL""",
    ),
    StableView(
        "release_history",
        f"""SELECT workspace, release, revision, change, what, {_SAYS}, created_at, occurred_at, recorded_at, actor,
  reason
FROM <release_history_table> FINAL""",
    ),
)
