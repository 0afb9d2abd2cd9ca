"""Teams: who there is, and how their work went."""

import asyncio
from typing import Annotated

import msgspec
from fastapi import Path, Query
from starlette.requests import Request
from starlette.responses import Response

from api import problems
from api.answers import teams as answers
from api.commands import carry_out, position_token
from api.guard import KeyOf, ServicesOf, admin_router, read_router
from api.known import known_team
from api.openapi import CREATED, NOT_MODIFIED, PROBLEMS
from api.paging import page, read_key
from api.parameters import ID, AfterQuery, PageQuery
from api.planning_bodies import TakingBack, TeamBody, TeamReportQuery, check_reads_planning
from api.problems import Problem
from api.reading import CachedAnswer, folded, json_response
from api.remembered import kept_answer, needed_for, remembered
from api.roadmap_reading import ROADMAPS
from api.services import Services
from api.times import happened_at, now, time_or_none
from api.waiting import PLANNING, POSTS, VOTES
from events.domain.directory import KeyEntry
from events.domain.execution import Saved
from events.domain.teams.commands import PutTeam, RemoveTeam
from events.domain.teams.team import Team
from projections.moments import Moment
from projections.planning import queries
from projections.planning.queries import Delivered, Span, TeamRow, TeamWork
from projections.planning.report import MOST_KINDS, MOST_POSTS, MOST_TEAMS, TeamsReport, report

reads = read_router("teams")
decisions = admin_router("teams")

TeamPath = Annotated[str, Path(pattern=ID, description="The team's id.", examples=["web"])]

_TOLD = (PLANNING, ROADMAPS, POSTS, VOTES)


@decisions.put(
    "/v1/teams/{team}",
    response_model=answers.WrittenTeam,
    responses=PROBLEMS | CREATED | {201: {"model": answers.WrittenTeam}},
)
async def put_team(request: Request, services: ServicesOf, key: KeyOf, team: TeamPath, body: TeamBody) -> Response:
    """Have there be a team of this name: define it, or rename it. `If-Match` guards it."""
    command = PutTeam(workspace=key.workspace, team=team, name=body.name, reason=body.reason, at=happened_at(body.at))
    return _written(await carry_out(services, request, key, command))


@decisions.delete("/v1/teams/{team}", response_model=answers.WrittenTeam, responses=PROBLEMS)
async def delete_team(
    request: Request, services: ServicesOf, key: KeyOf, team: TeamPath, query: Annotated[TakingBack, Query()]
) -> Response:
    """Have there be no such team any more: nothing can be given to it. What it did is told of it still."""
    command = RemoveTeam(workspace=key.workspace, team=team, reason=query.reason, at=happened_at(query.at))
    return _written(await carry_out(services, request, key, command))


@reads.get("/v1/teams", response_model=answers.Teams, responses=PROBLEMS)
async def list_teams(services: ServicesOf, key: KeyOf, query: Annotated[PageQuery, Query()]) -> Response:
    """Teams by id. For keys of role admin, and those made with `--internal`."""
    check_reads_planning(key)
    after = read_key("teams", query.cursor, tuple[str])
    position = await folded(services.progress, [PLANNING], query.after)
    rows = await services.view.rows(
        queries.teams_query(
            services.view.database, key.workspace, limit=query.limit + 1, after=after[0] if after else ""
        )
    )
    items, next_cursor = page("teams", rows, TeamRow, query.limit, lambda row: (row.team,))
    return json_response(
        answers.Teams(
            items=[answers.team_answer(row) for row in items], next_cursor=next_cursor, position=position.token()
        )
    )


@reads.get("/v1/teams:report", response_model=answers.TeamsReportAnswer, responses=PROBLEMS | NOT_MODIFIED)
async def report_teams(
    request: Request, services: ServicesOf, key: KeyOf, query: Annotated[TeamReportQuery, Query()]
) -> Response:
    """How the work of teams went, by kind, and what each is better and worse at, with the numbers that say so.

    Of posts first shipped from `from` on and before `to`; `as_of` is by when everything *happened*, `known_at` by when
    it was *recorded*. Nothing is stated from fewer than five posts, or where the difference may well be chance. 409
    where more than 20,000 posts were delivered: ask for a shorter period. For keys of role admin, and those made with
    `--internal`. May be up to a second old, never older than `after`.
    """
    check_reads_planning(key)
    needed = await needed_for(services.progress, _TOLD, query.after)
    question = ("teams", key.workspace, query.model_dump_json(exclude={"after"}))
    return await remembered(request, services.asked, question, needed, lambda: _report(services, key, query))


async def _report(services: Services, key: KeyEntry, query: TeamReportQuery) -> CachedAnswer:
    position = await folded(services.progress, _TOLD, None)
    told = await _told(services, key, query)
    answer = answers.TeamsReportAnswer(
        items=[answers.team_report(each) for each in told.teams],
        posts=told.posts,
        without_team=told.without_team,
        begin=time_or_none(query.begin),
        end=time_or_none(query.end),
        as_of=time_or_none(query.as_of),
        known_at=time_or_none(query.known_at),
        position=position.token(),
    )
    return kept_answer(answer, position)


@reads.get("/v1/teams/{team}", response_model=answers.ReadTeam, responses=PROBLEMS)
async def get_team(services: ServicesOf, key: KeyOf, team: TeamPath, query: Annotated[AfterQuery, Query()]) -> Response:
    """A team. For keys of role admin, and those made with `--internal`."""
    check_reads_planning(key)
    position = await folded(services.progress, [PLANNING], query.after)
    found = await known_team(services, key.workspace, team)
    answer = answers.ReadTeam(
        team=found.team, name=found.name, created_at=found.at, version=found.version, position=position.token()
    )
    return json_response(answer, headers={"etag": f'"{found.version}"'})


async def _told(services: Services, key: KeyEntry, query: TeamReportQuery) -> TeamsReport:
    moment, span = Moment(query.as_of, query.known_at), Span(query.begin, query.end)
    database, workspace, rows = services.view.database, key.workspace, services.view.rows
    names, work, posts = await asyncio.gather(
        rows(queries.team_names_query(database, workspace, moment, limit=MOST_TEAMS)),
        rows(queries.work_query(database, workspace, limit=MOST_KINDS, team=query.team, span=span, moment=moment)),
        rows(queries.delivered_query(database, workspace, limit=MOST_POSTS + 1, span=span, moment=moment)),
    )
    if len(posts) > MOST_POSTS:
        message = f"more than {MOST_POSTS} posts were delivered in this period: ask for a shorter one"
        raise Problem.of_field(problems.STATE, "from", message)
    teams = msgspec.convert(names, list[TeamRow])
    if query.team is not None and all(row.team != query.team for row in teams) and not work:
        await known_team(services, workspace, query.team)
    return await asyncio.to_thread(
        report, teams, msgspec.convert(work, list[TeamWork]), msgspec.convert(posts, list[Delivered]), span,
        now() if query.as_of is None else query.as_of, query.team,
    )  # fmt: skip


def _written(saved: Saved[Team]) -> Response:
    answer = answers.written_team(saved.aggregate, position_token(saved))
    headers = {"etag": f'"{saved.aggregate.version}"'}
    return json_response(answer, status=201 if saved.created else 200, headers=headers)
