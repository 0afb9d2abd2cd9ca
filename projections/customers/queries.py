"""What customers ask for: pages of posts by what stands behind them, and how many these customers are."""

from typing import NamedTuple

from events.domain.workflow.events import Kind
from events.times import Millis
from projections.clickhouse.query import FILTER_FIRST, Query
from projections.clickhouse.schema import qualify
from projections.customers.demand import of_everybody, of_persons
from projections.customers.momentum import momentum
from projections.customers.payers import distinct
from projections.customers.request import WHERE, Asked, By, DemandRequest, moment
from projections.customers.voices import persons
from projections.posts.filters import FILTERED, conditions
from projections.ranking.views import POSTS_AS_OF

Spend = dict[str, int]
"""A month's spend by currency, in its minor unit."""

_VALUES: dict[By, str] = {
    "votes": "demand.up",
    "importance": "demand.importance",
    "spend_now": "demand.spend_now[{currency:String}]",
    "spend_then": "demand.spend_then[{currency:String}]",
    "rising": "toInt64(momentum.recent) - toInt64(momentum.before)",
}


class AskedFor(NamedTuple):
    """A post that customers ask for; times in milliseconds. `value` is what it is ordered by.

    `recent` are up-votes of the last days that stand, `before` those of as many days before that stood then.
    """

    post: str
    title: str
    board: str
    status: str
    kind: Kind
    tags: list[str]
    created_at: Millis
    up: int
    down: int
    importance: int
    companies: int
    spend_then: Spend
    spend_now: Spend
    last_vote_at: Millis
    recent: int
    before: int
    value: int

    @property
    def key(self) -> tuple[int, Millis, str]:
        """Its place in the list."""
        return self.value, self.created_at, self.post


class Size(NamedTuple):
    """How many customers are known in a group, with how many companies, and what they pay, each company once."""

    persons: int
    companies: int
    spend: Spend


def demand_query(request: DemandRequest, database: str) -> Query:
    """Up to `limit` posts and one more; rows of `AskedFor`. Posts that none of them voted on are not there."""
    asked = request.asked
    filters, bound = conditions(request)
    parameters = {**asked.parameters, **request.window.parameters, **bound, "limit": request.limit + 1}
    if request.currency:
        parameters["currency"] = request.currency
    page = "1"
    if request.after is not None:
        page = (
            "(value < {value:Int64} OR (value = {value:Int64} AND (created, post) > ({created:Int64}, {last:String})))"
        )
        parameters |= dict(zip(("value", "created", "last"), request.after, strict=True))
    sql = f"""SELECT post, title, board, status, kind, tags, created, up, down, importance, companies, spend_then,
  spend_now, last_vote, recent, before, value
FROM (
  SELECT post.post AS post, post.title AS title, post.board AS board, post.status AS status, post.kind AS kind,
    post.tags AS tags, toUnixTimestamp64Milli(post.created_at) AS created, demand.up AS up, demand.down AS down,
    demand.importance AS importance, demand.companies AS companies, demand.spend_then AS spend_then,
    demand.spend_now AS spend_now, toUnixTimestamp64Milli(demand.last_vote_at) AS last_vote,
    momentum.recent AS recent, momentum.before AS before, toInt64({_VALUES[request.by]}) AS value
  FROM (SELECT post, title, created_at, {FILTERED} FROM ({_posts(asked)}) WHERE {" AND ".join(filters)}) AS post
  INNER JOIN ({_demand(asked)}) AS demand ON demand.post = post.post
  LEFT JOIN ({momentum_of(asked)}) AS momentum ON momentum.post = post.post
)
WHERE {page} ORDER BY value DESC, created ASC, post ASC LIMIT {{limit:UInt32}}"""
    return Query(qualify(sql, database), parameters, FILTER_FIRST)


def size_query(asked: Asked, database: str) -> Query:
    """How many customers these are; one row of `Size`."""
    known = persons(where=WHERE, whom=asked.condition, at=asked.at)
    return Query(qualify(distinct(known), database), asked.parameters)


def momentum_of(asked: Asked, post: str = "1") -> str:
    """The group's momentum within the bound window, as SQL. `post` is a condition on the post."""
    where = f"{WHERE} AND {post} AND {asked.condition}"
    return momentum(where=where, begin=moment("begin"), middle=moment("middle"), until=moment("until"))


def _posts(asked: Asked) -> str:
    if asked.at is None:
        return f"SELECT post, title, created_at, {FILTERED} FROM <posts> WHERE {WHERE}"
    return POSTS_AS_OF.format(where=WHERE, at=asked.at, known="")


def _demand(asked: Asked) -> str:
    if asked.persons is None:
        return of_everybody(where=WHERE, at=asked.at)
    return of_persons(asked.persons, where=WHERE, at=asked.at)
