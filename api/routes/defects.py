"""Defects and complaints: what says that something is wrong with a post."""

from typing import Annotated

from fastapi import Path, Query
from starlette.requests import Request
from starlette.responses import Response

from api.answers import quality as answers
from api.commands import carry_out, position_token
from api.commenting import CommentPath
from api.guard import KeyOf, ServicesOf, admin_router, internal_router
from api.known import known_post
from api.openapi import PROBLEMS
from api.paging import page, read_key
from api.parameters import ID, PostPath
from api.planning_bodies import TakingBack
from api.quality_bodies import DefectsQuery, ReasonedBody
from api.reading import folded, json_response
from api.times import happened_at, time_or_none
from api.waiting import POSTS, QUALITY
from events.domain.complaints.commands import MarkComplaint, UnmarkComplaint
from events.domain.complaints.complaint import Complaint
from events.domain.defects.commands import LinkDefect, UnlinkDefect
from events.domain.defects.defects import Defects
from events.domain.execution import Saved
from events.times import format_time
from projections.moments import Moment
from projections.quality.outcome_queries import DefectRow, defects_query

decisions = admin_router("quality")
reads = internal_router("quality")

DefectPath = Annotated[str, Path(pattern=ID, description="The post that says what is wrong.", examples=["night-mode"])]


@decisions.put("/v1/posts/{post}/defects/{defect}", response_model=answers.WrittenDefect, responses=PROBLEMS)
async def link_defect(
    request: Request,
    services: ServicesOf,
    key: KeyOf,
    post: PostPath,
    defect: DefectPath,
    body: ReasonedBody | None = None,
) -> Response:
    """Have one post say what is wrong with another one; both must be there.

    It was found when it was submitted; found after the other one was shipped, it escaped.
    """
    said = body or ReasonedBody.model_validate({})
    command = LinkDefect(workspace=key.workspace, post=post, defect=defect, reason=said.reason, at=happened_at(said.at))
    return _linked(await carry_out(services, request, key, command), defect)


@decisions.delete("/v1/posts/{post}/defects/{defect}", response_model=answers.WrittenDefect, responses=PROBLEMS)
async def unlink_defect(
    request: Request,
    services: ServicesOf,
    key: KeyOf,
    post: PostPath,
    defect: DefectPath,
    query: Annotated[TakingBack, Query()],
) -> Response:
    """Have a post be no defect of another one after all."""
    command = UnlinkDefect(
        workspace=key.workspace, post=post, defect=defect, reason=query.reason, at=happened_at(query.at)
    )
    return _linked(await carry_out(services, request, key, command), defect)


@reads.get("/v1/posts/{post}/defects", response_model=answers.Defects, responses=PROBLEMS)
async def list_defects(
    services: ServicesOf, key: KeyOf, post: PostPath, query: Annotated[DefectsQuery, Query()]
) -> Response:
    """The posts that say what is wrong with a post, the one found last first; now, or as of a moment."""
    await known_post(services.directory, key.workspace, post)
    after = read_key("defects", query.cursor, tuple[int, str, str])
    position = await folded(services.progress, [QUALITY, POSTS], query.after)
    rows = await services.view.rows(
        defects_query(
            services.view.database, key.workspace, Moment(query.as_of, query.known_at), limit=query.limit + 1,
            post=post, after=after,
        )
    )  # fmt: skip
    items, next_cursor = page("defects", rows, DefectRow, query.limit, lambda row: (row.found_at, row.post, row.defect))
    return json_response(
        answers.Defects(
            post=post,
            items=[
                answers.DefectAnswer(defect=row.defect, found_at=format_time(row.found_at), escaped=row.escaped)
                for row in items
            ],
            next_cursor=next_cursor,
            as_of=time_or_none(query.as_of if query.as_of is not None else query.known_at),
            known_at=time_or_none(query.known_at),
            position=position.token(),
        )
    )


@decisions.put("/v1/comments/{comment}/complaint", response_model=answers.WrittenComplaint, responses=PROBLEMS)
async def mark_complaint(
    request: Request, services: ServicesOf, key: KeyOf, comment: CommentPath, body: ReasonedBody | None = None
) -> Response:
    """Have a comment be a complaint about its post."""
    said = body or ReasonedBody.model_validate({})
    command = MarkComplaint(workspace=key.workspace, comment=comment, reason=said.reason, at=happened_at(said.at))
    return _marked(await carry_out(services, request, key, command))


@decisions.delete("/v1/comments/{comment}/complaint", response_model=answers.WrittenComplaint, responses=PROBLEMS)
async def unmark_complaint(
    request: Request, services: ServicesOf, key: KeyOf, comment: CommentPath, query: Annotated[TakingBack, Query()]
) -> Response:
    """Have a comment be no complaint after all."""
    command = UnmarkComplaint(workspace=key.workspace, comment=comment, reason=query.reason, at=happened_at(query.at))
    return _marked(await carry_out(services, request, key, command))


def _linked(saved: Saved[Defects], defect: str) -> Response:
    defects = saved.aggregate
    answer = answers.WrittenDefect(
        post=defects.post,
        defect=defect,
        linked=defects.is_linked(defect),
        found_at=defects.links[defect].found_at,
        version=defects.version,
        position=position_token(saved),
    )
    return json_response(answer, headers={"etag": f'"{defects.version}"'})


def _marked(saved: Saved[Complaint]) -> Response:
    complaint = saved.aggregate
    answer = answers.WrittenComplaint(
        comment=complaint.comment,
        post=complaint.post,
        complaint=complaint.marked,
        version=complaint.version,
        position=position_token(saved),
    )
    return json_response(answer, headers={"etag": f'"{complaint.version}"'})
