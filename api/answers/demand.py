"""What reads of demand answer with. Times are RFC 3339 in UTC with milliseconds."""

from typing import Annotated

from pydantic import Field

from api.answers.answer import Answer, NextCursor, Position, Time
from events.domain.workflow.events import Kind
from projections.customers.demand import Dimension
from projections.customers.request import By
from projections.customers.rising import Direction

Spend = Annotated[
    dict[str, int],
    Field(description="A month's, by currency, in its minor unit; each company once.", examples=[{"EUR": 990000}]),
]


class Behind(Answer):
    """What stands behind a post: up-votes, down-votes, the importance of the former, and companies and spend of these.

    `spend_then` is as of each vote (of a company's last one on the post), `spend_now` as of the moment asked for.
    """

    up: int
    down: int
    importance: int
    companies: int
    spend_then: Spend
    spend_now: Spend


class MomentumAnswer(Answer):
    """Where demand goes: up-votes of the window's last days that stand, and of as many days before that stood then.

    A direction is claimed where the difference is more than chance (two standard deviations of an even split); from
    fewer than five votes there is none, and `why` says so.
    """

    recent: int
    before: int
    direction: Direction | None
    why: str | None


class WindowAnswer(Answer):
    """The last `days` days before `until`; they are held against as many days before."""

    until: Time
    days: int


class GroupAnswer(Answer):
    """Whose demand this is, how many of them are known, with how many companies, and what they pay a month now."""

    dimension: Dimension | None
    id: str | None
    persons: int
    companies: int
    spend: Spend


class AskedForPost(Behind):
    """A post that they ask for."""

    post: str
    title: str
    board: str
    status: str
    kind: Kind
    tags: list[str]
    last_vote_at: Time
    momentum: MomentumAnswer


class SaidAnswer(Answer):
    """A comment of one of them."""

    comment: str
    post: str
    author: str
    body: str
    internal: bool
    created_at: Time


class DemandAnswer(Answer):
    """A page of what customers ask for, and what they said last on these posts."""

    group: GroupAnswer
    by: By
    currency: str | None
    window: WindowAnswer
    items: list[AskedForPost]
    comments: list[SaidAnswer]
    next_cursor: NextCursor
    as_of: Time | None
    position: Position


class PartAnswer(Behind):
    """The part of a segment, plan or company."""

    id: str


class RestAnswer(Answer):
    """How many others there are, and their part together: null for segments, which overlap."""

    askers: int
    together: Behind | None


class SplitAnswer(Answer):
    """A post's voters split: the largest parts, the rest together, and those who have no plan or no company."""

    items: list[PartAnswer]
    rest: RestAnswer | None
    without: Behind | None


class PostDemandAnswer(Behind):
    """Who asks for a post, and what they said last on it."""

    post: str
    dimension: Dimension | None
    id: str | None
    momentum: MomentumAnswer
    window: WindowAnswer
    by_segment: SplitAnswer
    by_plan: SplitAnswer
    by_company: SplitAnswer
    comments: list[SaidAnswer]
    as_of: Time | None
    position: Position
