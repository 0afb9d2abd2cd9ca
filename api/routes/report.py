"""The product manager's page, for a browser: it asks for a name and a password, and the password is a key."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from typing import Annotated

from fastapi import Query
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response

from api.guard import KeyOf, ServicesOf, page_router
from api.known import known_board
from api.openapi import NOT_MODIFIED, PROBLEMS
from api.parameters import AfterQuery, BoardFilter, PastAsOf
from api.reading import CachedPage, etag_of, folded, is_not_modified
from api.services import Services
from api.times import now
from api.view import Rows
from api.waiting import GOALS, PEOPLE, PLANNING, POSTS, QUALITY, VOTES
from events.position import Positions
from projections.clickhouse.query import Query as ViewQuery
from projections.report import ReportRequest, page, questions, report

pages = page_router("report")

AT_ONCE = 2
"""How many of a page's questions are under way at a time: a page must not take ClickHouse from everybody else."""

_READS = (POSTS, VOTES, "roadmaps", PEOPLE, GOALS, PLANNING, QUALITY)


_HEADERS = {
    "cache-control": "private, no-cache",
    "vary": "Authorization",
    "x-content-type-options": "nosniff",
    "referrer-policy": "no-referrer",
    "cross-origin-resource-policy": "same-origin",
}
"""Nobody but the reader's own browser may keep the page, or show it within another one."""


class ReportQuery(AfterQuery):
    """Of which board, and as of when."""

    as_of: PastAsOf = None
    board: BoardFilter = None


@pages.get("/report", response_class=HTMLResponse, responses=PROBLEMS | NOT_MODIFIED)
async def get_report(
    request: Request, services: ServicesOf, key: KeyOf, query: Annotated[ReportQuery, Query()]
) -> Response:
    """The product manager's page, as one HTML document that loads nothing else.

    A browser asks for a name and a password: any name, and a key that sees what is internal. May be some seconds old,
    never older than `after`.
    """
    if query.board is not None:
        await known_board(services.directory, key.workspace, query.board)
    needed = Positions({}) if query.after is None else await folded(services.progress, _READS, query.after)
    kept = await services.reports.get(
        (key.workspace, query.as_of, query.board),
        _asking(services, key.workspace, query),
        lambda kept: kept.position.covers(needed),
    )
    headers = {"etag": kept.etag, **_HEADERS, "content-security-policy": f"{kept.policy}; frame-ancestors 'none'"}
    if is_not_modified(request, kept.etag):
        return Response(status_code=304, headers=headers)
    return HTMLResponse(kept.body, headers=headers)


def _asking(services: Services, workspace: str, query: ReportQuery) -> Callable[[], Awaitable[CachedPage]]:
    async def ask() -> CachedPage:
        position = await folded(services.progress, _READS, None)
        asked = ReportRequest(
            database=services.view.database,
            workspace=workspace,
            at=now() if query.as_of is None else query.as_of,
            past=query.as_of is not None,
            board=query.board,
        )
        answers = await _answers(services, questions(asked))
        made = await asyncio.to_thread(lambda: page(report(asked, answers)))
        body = made.html.encode()
        return CachedPage(body, etag_of(body), position, made.policy)

    return ask


async def _answers(services: Services, asked: Mapping[str, ViewQuery]) -> Mapping[str, Rows]:
    """The rows of all questions, asked in one round."""
    free = asyncio.Semaphore(AT_ONCE)

    async def answer(query: ViewQuery) -> Rows:
        async with free:
            return await services.view.rows(query)

    tasks = [asyncio.create_task(answer(query)) for query in asked.values()]
    try:
        return dict(zip(asked, await asyncio.gather(*tasks), strict=True))
    finally:
        for task in tasks:  # those that are left where one failed
            task.cancel()
