"""The same history under another formula, the same formula at another moment, and a post's place over time."""

import time
from collections.abc import Sequence
from typing import Annotated

import msgspec
from fastapi import Query
from pydantic import BaseModel, ConfigDict, Field
from pydantic.config import JsonDict
from starlette.responses import Response

from api import problems
from api.answers import formulas as answers
from api.filters import MOST_CONDITIONS, FilterQuery, MovementQuery, RankHistoryQuery, filter_of
from api.guard import KeyOf, ServicesOf, read_router
from api.known import known_post, known_segment
from api.openapi import PROBLEMS
from api.parameters import ID, After, Limit, PastMoment, PostPath
from api.problems import Problem
from api.ranking_formulas import asked_of, expression_of, formula_of, now_of, projections_of
from api.reading import folded, json_response
from api.services import Services
from api.times import time_or_none
from events.domain.formulas.tokens import MOST_CHARACTERS
from events.domain.workflow.events import Kind
from events.times import format_time
from projections.ranking import rank_history
from projections.ranking.rank_history import MOST_CELLS, RankHistoryRequest, rank_history_query
from projections.ranking.what_if import MovedPost, MovementRequest, WhatIfRequest, moved, movement_query, what_if_query

reads = read_router("ranking")

Id = Annotated[str, Field(pattern=ID)]

_HOT: JsonDict = {"formula": "hot", "compare_to": "top", "limit": 10}
_OWN: JsonDict = {"expression": "up + 3 * comments", "as_of": "2026-01-01T00:00:00Z", "board": "ideas"}


class WhatIfBody(BaseModel):
    """A `formula` by name, or an `expression` that need not be saved; and the formula that it is compared to."""

    model_config = ConfigDict(extra="forbid", strict=True, json_schema_extra={"examples": [_HOT, _OWN]})

    formula: Annotated[str | None, Field(max_length=64)] = None
    expression: Annotated[str | None, Field(max_length=2 * MOST_CHARACTERS)] = None
    compare_to: Annotated[str, Field(max_length=64)] = "top"
    as_of: PastMoment | None = None
    known_at: PastMoment | None = None
    board: Id | None = None
    status: Id | None = None
    kind: Kind | None = None
    tag: list[Id] = Field(default_factory=list, max_length=MOST_CONDITIONS)
    author: Id | None = None
    fields: dict[str, Annotated[str, Field(max_length=500)]] = Field(default_factory=dict, max_length=MOST_CONDITIONS)
    archived: bool = False
    limit: Limit = 20
    after: After = None

    def filters(self) -> FilterQuery:
        """The same as a list's query asks for."""
        named = ("board", "status", "kind", "author", "archived")
        asked = {name: getattr(self, name) for name in named} | {"tag": tuple(self.tag)}
        return FilterQuery.model_validate(asked | {f"field.{field}": value for field, value in self.fields.items()})


@reads.post("/v1/ranking:what-if", response_model=answers.WhatIf, responses=PROBLEMS)
async def what_if(services: ServicesOf, key: KeyOf, body: WhatIfBody) -> Response:
    """Rank the same history by another formula, and see what moves: the posts among the first of either ranking.

    `as_of` and `known_at` as in `/v1/ranking`: what the ranking would have been.
    """
    if (body.formula is None) == (body.expression is None):
        raise Problem.of_field(problems.INVALID, "formula", "say either a formula or an expression")
    if body.formula is not None:
        formula = await formula_of(services, key, body.formula, field="formula")
    else:
        formula = expression_of(key, body.expression or "")
        for segment in sorted(formula.segments):
            await known_segment(services, key.workspace, segment, also_removed=True)
    other = await formula_of(services, key, body.compare_to, field="compare_to")
    position = await folded(services.progress, projections_of(formula, other), body.after)
    filters = await filter_of(services.directory, key.workspace, body.filters())
    asked = WhatIfRequest(
        workspace=key.workspace,
        formula=formula,
        compare_to=other,
        limit=body.limit,
        **msgspec.structs.asdict(filters),
        as_of=body.as_of,
        known_at=body.known_at,
        now=now_of(formula, other),
    )
    rows = await services.view.rows(asked_of(what_if_query, asked, services.view.database))
    return json_response(
        answers.WhatIf(
            items=_moved(moved(rows, formula, other)),
            formula=body.formula,
            expression=formula.expression,
            unit=str(formula.checked.unit),
            compare_to=other.name,
            as_of=time_or_none(body.as_of),
            known_at=time_or_none(body.known_at),
            position=position.token(),
        )
    )


@reads.get("/v1/ranking/movement", response_model=answers.RankingMovement, responses=PROBLEMS)
async def movement(services: ServicesOf, key: KeyOf, query: Annotated[MovementQuery, Query()]) -> Response:
    """What moved in a ranking since a date: the posts among the first of then or of now (or `as_of`)."""
    _one_page(query)
    formula = await formula_of(services, key, query.by)
    position = await folded(services.progress, projections_of(formula), query.after)
    filters = await filter_of(services.directory, key.workspace, query)
    asked = MovementRequest(
        workspace=key.workspace,
        formula=formula,
        since=query.since,
        limit=query.limit,
        **msgspec.structs.asdict(filters),
        as_of=query.as_of,
        now=now_of(formula),
    )
    rows = await services.view.rows(asked_of(movement_query, asked, services.view.database))
    return json_response(
        answers.RankingMovement(
            items=_moved(moved(rows, formula, formula)),
            formula=formula.name,
            unit=str(formula.checked.unit),
            since=format_time(query.since),
            as_of=time_or_none(query.as_of),
            position=position.token(),
        )
    )


@reads.get("/v1/posts/{post}/rank-history", response_model=answers.RankHistory, responses=PROBLEMS)
async def get_rank_history(
    services: ServicesOf, key: KeyOf, post: PostPath, query: Annotated[RankHistoryQuery, Query()]
) -> Response:
    """A post's place under a formula at each day, week or month of a range: computed, not stored.

    Points at which it was not in the list (before it was created, while it was archived) are left out.
    """
    _one_page(query)
    await known_post(services.directory, key.workspace, post)
    formula = await formula_of(services, key, query.by)
    position = await folded(services.progress, projections_of(formula), query.after)
    filters = await filter_of(services.directory, key.workspace, query)
    asked = RankHistoryRequest(
        workspace=key.workspace,
        post=post,
        formula=formula,
        begin=query.begin,
        end=time.time_ns() // 1_000_000 if query.end is None else query.end,
        every=query.every,
        **msgspec.structs.asdict(filters),
    )
    question = asked_of(rank_history_query, asked, services.view.database)
    await _check_size(services, asked)
    places = rank_history.places(asked, await services.view.rows(question))
    return json_response(
        answers.RankHistory(
            post=post,
            formula=formula.name,
            unit=str(formula.checked.unit),
            every=query.every,
            items=[
                answers.PlaceAt(at=format_time(each.at), rank=each.rank, of=each.of, value=each.value)
                for each in places
            ],
            position=position.token(),
        )
    )


async def _check_size(services: Services, asked: RankHistoryRequest) -> None:
    """Raises Problem 400 where the posts of the workspace would have to be looked at too often."""
    rows = await services.view.rows(rank_history.cells_query(asked, services.view.database))
    if (cells := msgspec.convert(rows[0][0], int)) > MOST_CELLS:
        message = f"this looks at posts {cells} times, and may {MOST_CELLS} times: ask for fewer points, as every=month"
        raise Problem.of_field(problems.MALFORMED, "every", message)


def _one_page(query: FilterQuery) -> None:
    if query.cursor is not None:
        raise Problem.of_field(problems.MALFORMED, "cursor", "this list has one page: ask for a higher limit")


def _moved(posts: Sequence[MovedPost]) -> list[answers.MovedPost]:
    return [answers.MovedPost(**post._asdict(), moved=post.moved) for post in posts]
