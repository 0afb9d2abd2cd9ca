"""What stands behind goals, as an answer. Times are RFC 3339 in UTC with milliseconds."""

from collections.abc import Mapping, Sequence
from typing import Annotated

from pydantic import Field

from api.answers.answer import Answer, Position, Time
from api.answers.goals import Day, Progress
from events.domain.goals.goal import State
from events.times import format_time
from projections.goals.coverage_queries import CoverageRow, SpendRow, TotalRow, UncoveredRow

Share = Annotated[float | None, Field(description="From 0 to 1; null where there is no demand at all.")]


class Amount(Answer):
    """What is paid a month: `amount` in the currency's minor unit."""

    currency: str
    amount: int


class Range(Answer):
    """From so much to so much: of all roadmap items, and of those that are not shipped yet."""

    low: float
    high: float
    left_low: float
    left_high: float


class Demand(Answer):
    """Standing up-votes on listed posts, how many of them are on posts with a goal, and which share that is."""

    posts: int
    demand: int
    importance: int
    roadmap_items: int
    covered_posts: int
    covered_demand: int
    covered_importance: int
    covered_roadmap_items: int
    covered: Share


class DemandOfKind(Demand):
    """The same of the posts whose status is of one kind."""

    kind: str


class CoveredGoal(Answer):
    """What stands behind a goal. Votes, importance and effort are its shares of its posts; payers are counted whole.

    `share` is its part of all demand. `spend_then` is as of the votes, `spend_now` as of the moment that was asked for.
    """

    goal: str
    name: str
    state: State
    target_day: Day
    progress: Progress
    posts: int
    demand: float
    open: float
    planned: float
    in_progress: float
    shipped: float
    share: Share
    importance: float
    companies: int
    spend_then: list[Amount]
    spend_now: list[Amount]
    roadmap_items: int
    estimated: int
    days: Range
    points: Range


class UncoveredPost(Answer):
    """A post with demand and no goal."""

    post: str
    title: str
    board: str
    status: str
    kind: str
    demand: int
    importance: int
    companies: int
    spend_then: list[Amount]
    spend_now: list[Amount]
    created_at: Time


class Coverage(Answer):
    """How demand and goals meet: `without_demand` are open goals, `without_goal` the posts that are wanted most."""

    total: Demand
    kinds: list[DemandOfKind]
    items: list[CoveredGoal]
    without_demand: list[str]
    without_goal: list[UncoveredPost]
    as_of: Time | None
    known_at: Time | None
    position: Position


def demand_of(rows: Sequence[TotalRow]) -> Demand:
    """The demand of several kinds together."""
    names = [name for name in TotalRow._fields if name != "kind"]
    sums = {name: sum(getattr(row, name) for row in rows) for name in names}
    covered = share_of(sums["covered_demand"], sums["demand"])
    return Demand.model_validate({**sums, "covered": covered})


def demand_of_kind(row: TotalRow) -> DemandOfKind:
    """The demand of one kind."""
    return DemandOfKind(kind=row.kind, **demand_of([row]).model_dump())


def covered_goal(row: CoverageRow, demand: int) -> CoveredGoal:
    """What stands behind a goal, of this much demand in all."""
    said = row._asdict()
    for unit in ("days", "points"):
        said[unit] = {name: said.pop(f"{unit}_{name}") for name in ("low", "high", "left_low", "left_high")}
    said |= {"spend_then": amounts(row.spend_then), "spend_now": amounts(row.spend_now)}
    said |= {"target_day": row.target_day or None, "share": share_of(row.demand, demand)}
    return CoveredGoal.model_validate(said)


def uncovered_post(row: UncoveredRow, spend: SpendRow | None) -> UncoveredPost:
    """A post with no goal, and who pays behind it."""
    said = row._asdict() | {"created_at": format_time(row.created_at), "companies": spend.companies if spend else 0}
    said["spend_then"] = amounts(spend.spend_then if spend else {})
    said["spend_now"] = amounts(spend.spend_now if spend else {})
    return UncoveredPost.model_validate(said)


def amounts(spend: Mapping[str, int]) -> list[Amount]:
    """What is paid, by currency."""
    return [Amount(currency=currency, amount=amount) for currency, amount in sorted(spend.items()) if amount]


def share_of(part: float, whole: float) -> float | None:
    """Which share of the whole a part is; None of nothing."""
    return part / whole if whole else None
