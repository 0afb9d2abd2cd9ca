"""Gates of boards and checks of posts: what must be seen about before something is shipped, and by whom it was."""

import asyncio
from typing import Annotated

import msgspec
from fastapi import Path, Query
from starlette.requests import Request
from starlette.responses import Response

from api.answers import gates as answers
from api.commands import carry_out, position_token
from api.guard import KeyOf, ServicesOf, admin_router, internal_router
from api.known import known_board, known_post
from api.openapi import CREATED, PROBLEMS
from api.paging import page, read_key
from api.parameters import ID, BoardPath, PageQuery, PostPath
from api.quality_bodies import GateBody, MomentQuery, PassedBody, TakenBack
from api.reading import folded, json_response
from api.times import happened_at, time_or_none
from api.waiting import POSTS, QUALITY
from events.domain.execution import Saved
from events.domain.gates.checks import Mark, PostChecks
from events.domain.gates.commands import PassCheck, SetGate, TakeCheckBack
from events.domain.gates.gate import Gate
from events.domain.originators import originator_of
from projections.moments import Moment
from projections.quality import gate_queries
from projections.quality.gate_queries import CheckDecision, CheckRow, GateDecision

reads = internal_router("quality")
decisions = admin_router("quality")

CheckPath = Annotated[str, Path(pattern=ID, description="The check's id, on the board's gate.", examples=["reviewed"])]

_NO_MARK = Mark(passed=False, at="")


@decisions.put(
    "/v1/boards/{board}/gate",
    response_model=answers.WrittenGate,
    responses=PROBLEMS | CREATED | {201: {"model": answers.WrittenGate}},
)
async def put_gate(request: Request, services: ServicesOf, key: KeyOf, board: BoardPath, body: GateBody) -> Response:
    """Have a board ask these checks of its posts before they are shipped; none: no gate. `If-Match` guards it.

    What is shipped already stays shipped, whatever a gate asks later.
    """
    command = SetGate(
        workspace=key.workspace, board=board, checks=tuple(check.decided() for check in body.checks),
        reason=body.reason, at=happened_at(body.at),
    )  # fmt: skip
    saved = await carry_out(services, request, key, command)
    answer = answers.WrittenGate(**_gate(board, saved.aggregate).model_dump(), position=position_token(saved))
    headers = {"etag": f'"{saved.aggregate.version}"'}
    return json_response(answer, status=201 if saved.created else 200, headers=headers)


@reads.get("/v1/boards/{board}/gate", response_model=answers.ReadGate, responses=PROBLEMS)
async def get_gate(
    services: ServicesOf, key: KeyOf, board: BoardPath, query: Annotated[MomentQuery, Query()]
) -> Response:
    """What a board asks of its posts before they are shipped, or asked at a moment. Its `ETag` is its version."""
    await known_board(services.directory, key.workspace, board)
    position = await folded(services.progress, [QUALITY], query.after)
    as_of = time_or_none(query.as_of if query.as_of is not None else query.known_at)
    if as_of is None:
        gate = await asyncio.to_thread(services.feedback.load, originator_of(key.workspace, Gate.KIND, board))
        assert gate is None or isinstance(gate, Gate)
        answer = answers.ReadGate(**_gate(board, gate).model_dump(), as_of=None, position=position.token())
        return json_response(answer, headers={} if gate is None else {"etag": f'"{gate.version}"'})
    asked = gate_queries.gate_query(services.view.database, key.workspace, board, Moment(query.as_of, query.known_at))
    rows = await services.view.rows(asked)
    found = msgspec.convert(rows[0], GateDecision) if rows else None
    return json_response(
        answers.ReadGate(
            board=board,
            checks=[] if found is None else answers.named(found),
            since=None if found is None else time_or_none(found.occurred_at),
            version=None if found is None else found.revision,
            as_of=as_of,
            position=position.token(),
        )
    )


@reads.get("/v1/boards/{board}/gate/history", response_model=answers.GateHistory, responses=PROBLEMS)
async def get_gate_history(
    services: ServicesOf, key: KeyOf, board: BoardPath, query: Annotated[PageQuery, Query()]
) -> Response:
    """Every decision on a board's gate, in order: what it asked from then on, who decided, when and why."""
    await known_board(services.directory, key.workspace, board)
    after = read_key("gate-history", query.cursor, tuple[int])
    position = await folded(services.progress, [QUALITY], query.after)
    rows = await services.view.rows(
        gate_queries.gate_history_query(
            services.view.database, key.workspace, board, limit=query.limit + 1, after=after[0] if after else 0
        )
    )
    items, next_cursor = page("gate-history", rows, GateDecision, query.limit, lambda row: (row.revision,))
    return json_response(
        answers.GateHistory(
            items=[answers.gate_change(row) for row in items], next_cursor=next_cursor, position=position.token()
        )
    )


@decisions.put("/v1/posts/{post}/checks/{check}", response_model=answers.WrittenCheck, responses=PROBLEMS)
async def pass_check(
    request: Request, services: ServicesOf, key: KeyOf, post: PostPath, check: CheckPath, body: PassedBody
) -> Response:
    """Have a post pass a check of its board's gate, with what shows it."""
    command = PassCheck(
        workspace=key.workspace, post=post, check=check, evidence=body.evidence, by=body.by, at=happened_at(body.at)
    )
    return _written(await carry_out(services, request, key, command), check)


@decisions.delete("/v1/posts/{post}/checks/{check}", response_model=answers.WrittenCheck, responses=PROBLEMS)
async def take_check_back(
    request: Request,
    services: ServicesOf,
    key: KeyOf,
    post: PostPath,
    check: CheckPath,
    query: Annotated[TakenBack, Query()],
) -> Response:
    """Have a post not pass a check any more, and why."""
    command = TakeCheckBack(
        workspace=key.workspace, post=post, check=check, reason=query.reason, at=happened_at(query.at)
    )
    return _written(await carry_out(services, request, key, command), check)


@reads.get("/v1/posts/{post}/checks", response_model=answers.PostGate, responses=PROBLEMS)
async def list_checks(
    services: ServicesOf, key: KeyOf, post: PostPath, query: Annotated[MomentQuery, Query()]
) -> Response:
    """The checks of a post in the gate's order: passed or not, by whom, since when and by what evidence.

    A shipped post has those that it was asked then; a merged post those of the one that it went into.
    """
    await known_post(services.directory, key.workspace, post)
    root = services.directory.root(key.workspace, post)
    position = await folded(services.progress, [QUALITY, POSTS], query.after)
    rows = await services.view.rows(
        gate_queries.checks_query(services.view.database, key.workspace, root, Moment(query.as_of, query.known_at))
    )
    checks = [answers.check_answer(msgspec.convert(row, CheckRow)) for row in rows]
    return json_response(
        answers.PostGate(
            post=root,
            checks=checks,
            missing=[check.check for check in checks if not check.passed],
            as_of=time_or_none(query.as_of if query.as_of is not None else query.known_at),
            position=position.token(),
        )
    )


@reads.get("/v1/posts/{post}/checks/history", response_model=answers.CheckHistory, responses=PROBLEMS)
async def get_check_history(
    services: ServicesOf, key: KeyOf, post: PostPath, query: Annotated[PageQuery, Query()]
) -> Response:
    """Every decision on the checks of a post, in order: who, when, by what evidence, and why."""
    await known_post(services.directory, key.workspace, post)
    after = read_key("check-history", query.cursor, tuple[int])
    position = await folded(services.progress, [QUALITY], query.after)
    rows = await services.view.rows(
        gate_queries.check_history_query(
            services.view.database, key.workspace, post, limit=query.limit + 1, after=after[0] if after else 0
        )
    )
    items, next_cursor = page("check-history", rows, CheckDecision, query.limit, lambda row: (row.revision,))
    return json_response(
        answers.CheckHistory(
            items=[answers.check_change(row) for row in items], next_cursor=next_cursor, position=position.token()
        )
    )


def _gate(board: str, gate: Gate | None) -> answers.GateAnswer:
    checks = () if gate is None else gate.checks
    return answers.GateAnswer(
        board=board,
        checks=[answers.NamedCheck(check=check.check, name=check.name) for check in checks],
        since=None if gate is None else gate.touched,
        version=None if gate is None else gate.version,
    )


def _written(saved: Saved[PostChecks], check: str) -> Response:
    checks = saved.aggregate
    mark = checks.marks.get(check, _NO_MARK)
    answer = answers.WrittenCheck(
        post=checks.post,
        check=check,
        passed=mark.passed,
        by=mark.by,
        evidence=mark.evidence,
        version=checks.version,
        position=position_token(saved),
    )
    return json_response(answer, headers={"etag": f'"{checks.version}"'})
