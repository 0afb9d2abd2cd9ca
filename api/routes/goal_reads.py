"""Reading goals: as they stand and stood, what was decided and measured, and what demand stands behind them."""

import asyncio
from typing import Annotated

import msgspec
from fastapi import Query
from pydantic import BaseModel, ConfigDict, Field
from starlette.requests import Request
from starlette.responses import Response

from api import problems
from api.answers import goals as answers
from api.answers.goal_coverage import Coverage, covered_goal, demand_of, demand_of_kind, uncovered_post
from api.goal_bodies import GoalQuery, GoalsQuery, KnownAt, LinksQuery
from api.guard import KeyOf, ServicesOf, read_router
from api.openapi import NOT_MODIFIED, PROBLEMS
from api.paging import page, read_key
from api.parameters import After, PageQuery, PastAsOf
from api.problems import Problem
from api.reading import CachedAnswer, folded, json_response
from api.remembered import kept_answer, needed_for, remembered
from api.roadmap_reading import ROADMAPS
from api.routes.goals import GoalPath, KeyResultPath
from api.services import Services
from api.times import time_or_none
from api.waiting import GOALS, PEOPLE, PLANNING, POSTS, VOTES
from events.domain.directory import KeyEntry
from events.times import format_time
from projections.goals import coverage_queries, queries
from projections.goals.queries import GoalRow, KeyResultRow
from projections.moments import Moment

reads = read_router("goals")

_BEHIND = (GOALS, POSTS, VOTES, ROADMAPS, PLANNING, PEOPLE)
MOST_GOALS = 1000


class CoverageQuery(BaseModel):
    """At which moment, and of how much."""

    model_config = ConfigDict(extra="forbid")

    as_of: PastAsOf = None
    known_at: KnownAt = None
    limit: Annotated[int, Field(ge=1, le=MOST_GOALS, description="How many goals at most, the most wanted first.")] = (
        MOST_GOALS
    )
    posts: Annotated[int, Field(ge=0, le=500, description="How many posts with no goal at most.")] = 20
    after: After = None


@reads.get("/v1/goals", response_model=answers.Goals, responses=PROBLEMS)
async def list_goals(services: ServicesOf, key: KeyOf, query: Annotated[GoalsQuery, Query()]) -> Response:
    """Goals by id, with their key results; now, or as of a moment and as known at one."""
    _check_reads_goals(key)
    moment = Moment(query.as_of, query.known_at)
    after = read_key("goals", query.cursor, tuple[str])
    position = await folded(services.progress, [GOALS], query.after)
    rows = await services.view.rows(
        queries.goals_query(
            services.view.database, key.workspace, limit=query.limit + 1, state=query.state, moment=moment,
            after=after[0] if after else "",
        )
    )  # fmt: skip
    items, next_cursor = page("goals", rows, GoalRow, query.limit, lambda row: (row.goal,))
    key_results = await _key_results(services, key, [row.goal for row in items], moment)
    answer = answers.Goals(
        items=[answers.goal_answer(row, key_results, past=moment.is_past) for row in items],
        next_cursor=next_cursor,
        as_of=time_or_none(query.as_of),
        known_at=time_or_none(query.known_at),
        position=position.token(),
    )
    return json_response(answer)


@reads.get("/v1/goals:coverage", response_model=Coverage, responses=PROBLEMS | NOT_MODIFIED)
async def cover_goals(
    request: Request, services: ServicesOf, key: KeyOf, query: Annotated[CoverageQuery, Query()]
) -> Response:
    """How demand and goals meet: demand behind each goal, goals with no demand, demand with no goal.

    Demand is standing up-votes on posts that are neither merged, archived nor declined; a post that serves several
    goals is split among them by weight, so that the shares of all goals and what is not covered add up to the whole.
    `as_of` is by when everything *happened*, `known_at` by when it was *recorded*. May be up to a second old, never
    older than `after`.
    """
    _check_reads_goals(key)
    needed = await needed_for(services.progress, _BEHIND, query.after)
    question = ("coverage", key.workspace, query.model_dump_json(exclude={"after"}))
    return await remembered(
        request, services.asked, question, needed, lambda: _coverage(services, key.workspace, query)
    )


@reads.get("/v1/goals/{goal}", response_model=answers.ReadGoal, responses=PROBLEMS)
async def get_goal(services: ServicesOf, key: KeyOf, goal: GoalPath, query: Annotated[GoalQuery, Query()]) -> Response:
    """A goal with its key results, now or at any moment; its `ETag` is its version, for `If-Match`."""
    _check_reads_goals(key)
    moment = Moment(query.as_of, query.known_at)
    position = await folded(services.progress, [GOALS], query.after)
    row = await _known(services, key, goal, moment)
    answer = answers.ReadGoal(
        **answers.goal_answer(row, await _key_results(services, key, [goal], moment), past=moment.is_past).model_dump(),
        as_of=time_or_none(query.as_of),
        known_at=time_or_none(query.known_at),
        position=position.token(),
    )
    return json_response(answer, headers={} if moment.is_past else {"etag": f'"{row.revision}"'})


@reads.get("/v1/goals/{goal}/posts", response_model=answers.GoalLinks, responses=PROBLEMS)
async def list_goal_posts(
    services: ServicesOf, key: KeyOf, goal: GoalPath, query: Annotated[LinksQuery, Query()]
) -> Response:
    """The posts that serve a goal, by id, with their weights: now, or as of a moment and as known at one."""
    _check_reads_goals(key)
    moment = Moment(query.as_of, query.known_at)
    after = read_key("goal-posts", query.cursor, tuple[str])
    position = await folded(services.progress, [GOALS, POSTS], query.after)
    await _known(services, key, goal, moment)
    rows = await services.view.rows(
        queries.links_query(
            services.view.database, key.workspace, goal, limit=query.limit + 1, moment=moment,
            after=after[0] if after else "",
        )
    )  # fmt: skip
    items, next_cursor = page("goal-posts", rows, queries.LinkRow, query.limit, lambda row: (row.post,))
    answer = answers.GoalLinks(
        items=[answers.goal_link(row) for row in items],
        next_cursor=next_cursor,
        as_of=time_or_none(query.as_of),
        known_at=time_or_none(query.known_at),
        position=position.token(),
    )
    return json_response(answer)


@reads.get("/v1/goals/{goal}/history", response_model=answers.GoalHistory, responses=PROBLEMS)
async def get_goal_history(
    services: ServicesOf, key: KeyOf, goal: GoalPath, query: Annotated[PageQuery, Query()]
) -> Response:
    """Every decision on a goal, its links and what was measured, in order: who, when, why and what."""
    _check_reads_goals(key)
    after = read_key("goal-history", query.cursor, tuple[int])
    position = await folded(services.progress, [GOALS], query.after)
    await _known(services, key, goal, queries.NOW)
    rows = await services.view.rows(
        queries.history_query(
            services.view.database, key.workspace, goal, limit=query.limit + 1, after=after[0] if after else 0
        )
    )
    items, next_cursor = page("goal-history", rows, queries.GoalDecision, query.limit, lambda row: (row.revision,))
    answer = answers.GoalHistory(
        items=[answers.decision(row) for row in items], next_cursor=next_cursor, position=position.token()
    )
    return json_response(answer)


@reads.get("/v1/goals/{goal}/key-results/{key_result}/values", response_model=answers.Values, responses=PROBLEMS)
async def list_values(
    services: ServicesOf, key: KeyOf, goal: GoalPath, key_result: KeyResultPath, query: Annotated[PageQuery, Query()]
) -> Response:
    """What a key result was measured at, in order of time."""
    _check_reads_goals(key)
    after = read_key("goal-values", query.cursor, tuple[int, int])
    position = await folded(services.progress, [GOALS], query.after)
    await _known(services, key, goal, queries.NOW)
    rows = await services.view.rows(
        queries.measured_query(
            services.view.database, key.workspace, goal, key_result, limit=query.limit + 1, after=after or (0, 0)
        )
    )
    items, next_cursor = page(
        "goal-values", rows, queries.MeasuredRow, query.limit, lambda row: (row.occurred_at, row.revision)
    )
    answer = answers.Values(
        goal=goal, key_result=key_result, items=[answers.value(row) for row in items], next_cursor=next_cursor,
        position=position.token(),
    )  # fmt: skip
    return json_response(answer)


async def _coverage(services: Services, workspace: str, query: CoverageQuery) -> CachedAnswer:
    position = await folded(services.progress, _BEHIND, None)
    database, moment = services.view.database, Moment(query.as_of, query.known_at)
    totals, goals, posts = await asyncio.gather(
        services.view.rows(coverage_queries.totals_query(database, workspace, moment=moment)),
        services.view.rows(coverage_queries.coverage_query(database, workspace, limit=query.limit, moment=moment)),
        services.view.rows(coverage_queries.uncovered_query(database, workspace, limit=query.posts, moment=moment)),
    )
    kinds = msgspec.convert(totals, list[coverage_queries.TotalRow])
    wanted = msgspec.convert(posts, list[coverage_queries.UncoveredRow])
    spends = await services.view.rows(
        coverage_queries.spend_query(database, workspace, [row.post for row in wanted], moment=moment)
    )
    spend = {row.post: row for row in msgspec.convert(spends, list[coverage_queries.SpendRow])}
    total = demand_of(kinds)
    covered = [covered_goal(row, total.demand) for row in msgspec.convert(goals, list[coverage_queries.CoverageRow])]
    answer = Coverage(
        total=total,
        kinds=[demand_of_kind(row) for row in kinds],
        items=covered,
        without_demand=[each.goal for each in covered if each.state == "open" and not each.demand],
        without_goal=[uncovered_post(row, spend.get(row.post)) for row in wanted],
        as_of=time_or_none(query.as_of),
        known_at=time_or_none(query.known_at),
        position=position.token(),
    )
    return kept_answer(answer, position)


async def _known(services: Services, key: KeyEntry, goal: str, moment: Moment) -> GoalRow:
    """A goal at a moment; whoever has defined it a moment ago. Raises Problem 404 if there is none."""
    query = queries.goals_query(services.view.database, key.workspace, limit=1, goal=goal, moment=moment)
    rows = await services.view.rows(query)
    if not rows and not moment.is_past:
        await services.decided(GOALS)
        rows = await services.view.rows(query)
    if not rows:
        when = f" as of {format_time(moment.as_of)}" if moment.as_of is not None else ""
        raise Problem.of_field(problems.NOT_FOUND, "goal", f"there is no goal {goal!r}{when}")
    return msgspec.convert(rows[0], GoalRow)


async def _key_results(services: Services, key: KeyEntry, goals: list[str], moment: Moment) -> list[KeyResultRow]:
    query = queries.key_results_query(services.view.database, key.workspace, goals, moment=moment)
    return msgspec.convert(await services.view.rows(query), list[KeyResultRow])


def _check_reads_goals(key: KeyEntry) -> None:
    """Raises Problem 403 for a key that sees nothing internal."""
    if not key.sees_internal:
        message = "goals are for keys of role admin, and for those made with --internal"
        raise Problem.of_field(problems.FORBIDDEN, "goals", message)
