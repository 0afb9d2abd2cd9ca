"""A workspace's own ranking formulas: decisions with versions; and the built-in ones beside them."""

from typing import Annotated

from fastapi import Path, Query
from pydantic import BaseModel, ConfigDict, Field
from pydantic.config import JsonDict
from starlette.requests import Request
from starlette.responses import Response

from api import problems
from api.answers import formulas as answers
from api.commands import carry_out, position_token
from api.guard import KeyOf, ServicesOf, admin_router, read_router
from api.openapi import CREATED, PROBLEMS
from api.paging import page, read_key
from api.parameters import ID, PageQuery
from api.problems import Problem
from api.ranking_formulas import own_formula
from api.reading import folded, json_response
from api.waiting import FORMULAS
from events.domain.bounds import NAME_CHARACTERS, REASON_CHARACTERS
from events.domain.directory import KeyEntry
from events.domain.execution import Saved
from events.domain.formulas.builtin import BUILT_IN, built_in
from events.domain.formulas.checking import Checked, check
from events.domain.formulas.commands import PutFormula, RemoveFormula
from events.domain.formulas.formula import MEANING_CHARACTERS, Formula
from events.domain.formulas.mistakes import Mistake
from events.domain.formulas.tokens import MOST_CHARACTERS
from events.times import format_time
from projections.formulas import queries

reads = read_router("formulas")
decisions = admin_router("formulas")

FormulaPath = Annotated[str, Path(pattern=ID, description="The formula's id.", examples=["pain"])]
Expression = Annotated[
    str,
    Field(max_length=2 * MOST_CHARACTERS, examples=["importance * log10(1 + comments) / (age / 30 days + 1)"]),
]  # fmt: skip

_PAIN: JsonDict = {
    "expression": "importance * log10(1 + comments) / (age / 30 days + 1)",
    "meaning": "What hurts, and is talked about, lately",
    "reason": "Agreed in the spring planning",
}


class FormulaBody(BaseModel):
    """An expression in the grammar of docs/formulas.md. Without a `unit` it is the one that the expression gives."""

    model_config = ConfigDict(extra="forbid", strict=True, json_schema_extra={"examples": [_PAIN]})

    expression: Expression
    meaning: str = Field("", max_length=MEANING_CHARACTERS)
    unit: str = Field("", max_length=NAME_CHARACTERS)
    reason: str = Field("", max_length=REASON_CHARACTERS)


class FormulaRemoval(BaseModel):
    """Why a formula is removed."""

    model_config = ConfigDict(extra="forbid", strict=True, json_schema_extra={"examples": [{"reason": "unused"}]})

    reason: str = Field("", max_length=REASON_CHARACTERS)


class CheckBody(BaseModel):
    """An expression that may be a formula."""

    model_config = ConfigDict(extra="forbid", strict=True, json_schema_extra={"examples": [{"expression": "up * 2"}]})

    expression: Expression


@decisions.put(
    "/v1/formulas/{formula}",
    response_model=answers.WrittenFormula,
    responses=PROBLEMS | CREATED | {201: {"model": answers.WrittenFormula}},
)
async def put_formula(
    request: Request, services: ServicesOf, key: KeyOf, formula: FormulaPath, body: FormulaBody
) -> Response:
    """Have there be a formula of the workspace's own: define it, or change it. `If-Match` guards it.

    An expression that is none is refused (422) with the character at which it goes wrong.
    """
    command = PutFormula(
        workspace=key.workspace, formula=formula, expression=body.expression, meaning=body.meaning, unit=body.unit,
        reason=body.reason,
    )  # fmt: skip
    return _written(await carry_out(services, request, key, command))


@decisions.post("/v1/formulas/{formula}:remove", response_model=answers.WrittenFormula, responses=PROBLEMS)
async def remove_formula(
    request: Request, services: ServicesOf, key: KeyOf, formula: FormulaPath, body: FormulaRemoval
) -> Response:
    """Have there be no such formula any more. `If-Match` guards it."""
    command = RemoveFormula(workspace=key.workspace, formula=formula, reason=body.reason)
    return _written(await carry_out(services, request, key, command))


@reads.post("/v1/formulas:check", response_model=answers.CheckedFormula, responses=PROBLEMS)
async def check_formula(body: CheckBody) -> Response:
    """Whether an expression is a formula: its unit and its columns, or where it goes wrong and what was expected."""
    try:
        checked = check(body.expression)
    except Mistake as mistake:
        error = answers.FormulaMistake(at=mistake.at, message=mistake.expected)
        return json_response(answers.CheckedFormula(valid=False, unit=None, columns=[], internal=False, error=error))
    return json_response(
        answers.CheckedFormula(
            valid=True, unit=str(checked.unit), columns=_columns(checked), internal=checked.internal, error=None
        )
    )


@reads.get("/v1/formulas", response_model=answers.Formulas, responses=PROBLEMS)
async def list_formulas(services: ServicesOf, key: KeyOf, query: Annotated[PageQuery, Query()]) -> Response:
    """Formulas: the built-in ones on the first page; the workspace's own by id, for keys that see what is internal."""
    after = read_key("formulas", query.cursor, tuple[str])
    position = await folded(services.progress, [FORMULAS], query.after)
    given = [] if after else [_built_in(name) for name in BUILT_IN]
    items: list[queries.FormulaRow] = []
    next_cursor = None
    if key.sees_internal:
        asked = queries.formulas_query(
            services.view.database, key.workspace, limit=query.limit + 1, after=after[0] if after else ""
        )
        rows = await services.view.rows(asked)
        items, next_cursor = page("formulas", rows, queries.FormulaRow, query.limit, lambda row: (row.formula,))
    return json_response(
        answers.Formulas(
            items=[*given, *(_own(row.formula, row.expression, row.meaning, row.unit, row.revision) for row in items)],
            next_cursor=next_cursor,
            position=position.token(),
        )
    )


@reads.get("/v1/formulas/{formula}", response_model=answers.FormulaAnswer, responses=PROBLEMS)
async def get_formula(services: ServicesOf, key: KeyOf, formula: FormulaPath) -> Response:
    """A formula. The workspace's own are for keys of role admin, and those made with `--internal`."""
    if built_in(formula) is not None:
        return json_response(_built_in(formula), headers={"etag": '"1"'})
    _check_reads_own(key)
    found = await own_formula(services, key.workspace, formula)
    if found is None:
        raise Problem.of_field(problems.NOT_FOUND, "formula", f"there is no formula {formula!r}")
    answer = _own(found.formula, found.expression, found.meaning, found.unit, found.version)
    return json_response(answer, headers={"etag": f'"{found.version}"'})


@reads.get("/v1/formulas/{formula}/history", response_model=answers.FormulaHistory, responses=PROBLEMS)
async def get_history(
    services: ServicesOf, key: KeyOf, formula: FormulaPath, query: Annotated[PageQuery, Query()]
) -> Response:
    """What was decided about a formula. For keys of role admin, and those made with `--internal`."""
    _check_reads_own(key)
    after = read_key("formula-history", query.cursor, tuple[int])
    position = await folded(services.progress, [FORMULAS], query.after)
    asked = queries.history_query(
        services.view.database, key.workspace, formula, limit=query.limit + 1, after=after[0] if after else 0
    )
    rows = await services.view.rows(asked)
    items, next_cursor = page("formula-history", rows, queries.FormulaChange, query.limit, lambda row: (row.revision,))
    found = [
        answers.FormulaVersion(
            version=row.revision,
            expression=row.expression,
            meaning=row.meaning,
            unit=row.unit,
            removed=row.removed,
            occurred_at=format_time(row.occurred_at),
            recorded_at=format_time(row.recorded_at),
            actor=row.actor or None,
            reason=row.reason or None,
        )
        for row in items
    ]
    return json_response(answers.FormulaHistory(items=found, next_cursor=next_cursor, position=position.token()))


def _check_reads_own(key: KeyEntry) -> None:
    if not key.sees_internal:
        message = "the workspace's own formulas are for keys of role admin, and for those made with --internal"
        raise Problem.of_field(problems.FORBIDDEN, "formula", message)


def _written(saved: Saved[Formula]) -> Response:
    formula = saved.aggregate
    answer = answers.WrittenFormula(
        **_own(formula.formula, formula.expression, formula.meaning, formula.unit, formula.version).model_dump(),
        removed=formula.removed,
        position=position_token(saved),
    )
    headers = {"etag": f'"{formula.version}"'}
    return json_response(answer, status=201 if saved.created else 200, headers=headers)


def _own(formula: str, expression: str, meaning: str, unit: str, version: int) -> answers.FormulaAnswer:
    checked = check(expression)
    return answers.FormulaAnswer(
        formula=formula,
        expression=expression,
        meaning=meaning,
        unit=unit,
        columns=_columns(checked),
        built_in=False,
        source=None,
        internal=checked.internal,
        version=version,
    )


def _built_in(name: str) -> answers.FormulaAnswer:
    given = built_in(name)
    assert given is not None, name
    checked = check(given.expression)
    return answers.FormulaAnswer(
        formula=given.formula,
        expression=given.expression,
        meaning=given.meaning,
        unit=str(checked.unit),
        columns=_columns(checked),
        built_in=True,
        source=given.source or None,
        internal=checked.internal,
        version=1,
    )


def _columns(checked: Checked) -> list[str]:
    return [f"{column.name}[{column.key}]" if column.key else column.name for column in checked.columns]
