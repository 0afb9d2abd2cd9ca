"""What posts went through until they were shipped, as SQL over the history of their statuses."""

from events.times import DAY
from projections.planning.asked import Asked


def shipped(asked: Asked) -> str:
    """A row for each post that was ever shipped.

    `shipped_at` is when it was first, `started` when it was first in progress (1970: not before that), `reopened` how
    often it left shipped, `status_days` how many days it was in each status before it was shipped first.
    """
    over = "PARTITION BY workspace, post ORDER BY since, revision ROWS BETWEEN UNBOUNDED PRECEDING AND"
    return f"""SELECT workspace, post, any(first) AS shipped_at,
  minIf(since, kind = 'in_progress' AND since <= first) AS started,
  countIf(kind_before = 'shipped' AND kind != 'shipped') AS reopened,
  sumMapIf(map(status, {days("since", "least(next, first)")}), since < first) AS status_days
FROM (
  SELECT workspace, post, toString(status) AS status, kind, since,
    countIf(kind = 'shipped') OVER (PARTITION BY workspace, post) AS shippings,
    minIf(since, kind = 'shipped') OVER (PARTITION BY workspace, post) AS first,
    lagInFrame(kind) OVER ({over} CURRENT ROW) AS kind_before,
    leadInFrame(since) OVER ({over} UNBOUNDED FOLLOWING) AS next
  FROM <status_history> WHERE {asked.until("since")}
) WHERE shippings > 0 GROUP BY workspace, post"""


def days(begin: str, end: str) -> str:
    """Days between two moments, with their fractions."""
    return f"(toUnixTimestamp64Milli({end}) - toUnixTimestamp64Milli({begin})) / {DAY}"
