"""What a person's votes take of budgets."""

from typing import NamedTuple

from events.times import Millis
from projections.clickhouse.query import Query
from projections.clickhouse.schema import qualify

MOST_STANDING = 100_000


class BudgetedVote(NamedTuple):
    """A standing vote of a person; `counted` is false while it waits for room."""

    post: str
    counted: bool
    since: Millis


def budgeted_query(database: str, workspace: str, person: str) -> Query:
    """Everything that a person stands on; rows of `BudgetedVote`."""
    sql = f"""SELECT post, toBool(waiting = 0), toUnixTimestamp64Milli(since)
FROM <vote_standings> WHERE workspace = {{workspace:String}} AND person = {{person:String}}
LIMIT {MOST_STANDING}
SETTINGS use_skip_indexes_if_final = 1"""  # sound here: the person is part of the key that FINAL looks at
    return Query(qualify(sql, database), {"workspace": workspace, "person": person})
