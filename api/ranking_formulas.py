"""Which formula a request ranks by: a built-in one, the workspace's own, or one that is asked for by its text."""

import asyncio
import time
from collections.abc import Callable
from typing import TypeVar

from api import problems
from api.problems import Problem
from api.services import Services
from api.waiting import COMMENTS, PEOPLE, PLANNING, POSTS, VOTES
from events.domain.directory import KeyEntry
from events.domain.formulas.formula import Formula as OwnFormula
from events.domain.formulas.mistakes import Mistake
from events.domain.originators import originator_of
from events.ids import CLIENT_ID_PATTERN, is_client_id
from events.times import Millis
from projections.clickhouse.query import Query
from projections.ranking.formulas import FORMULAS, Formula, find_formula
from projections.ranking.seen import CannotRank, present_of

Request = TypeVar("Request")

_FOLDED_BY = {
    "comments": COMMENTS, "recent_comments": COMMENTS, "spend": PEOPLE, "spend_then": PEOPLE, "companies": PEOPLE,
    "paying_companies": PEOPLE, "segment": PEOPLE, "segment_importance": PEOPLE, "estimate": PLANNING,
    "estimate_low": PLANNING, "estimate_high": PLANNING,
}  # fmt: skip


async def formula_of(
    services: Services, key: KeyEntry, name: str, *, field: str = "by", version: int | None = None
) -> Formula:
    """The formula of a name (at a version of the workspace's own), whoever has defined it a moment ago.

    Raises:
        Problem: 400 if there is none, 403 if it is not for this key.
    """
    if is_client_id(name) is None:
        raise Problem.of_field(problems.MALFORMED, field, f"must match {CLIENT_ID_PATTERN}")
    found = find_formula(name)
    if found is None and (own := await own_formula(services, key.workspace, name, version)) is not None:
        found = Formula(own.formula, own.version, own.expression, own.meaning)
    if found is None:
        message = f"the formulas are {', '.join(FORMULAS)}, and the workspace's own: there is no {name!r}"
        raise Problem.of_field(problems.MALFORMED, field, message)
    check_may_rank(key, found, field)
    return found


async def own_formula(services: Services, workspace: str, name: str, version: int | None = None) -> OwnFormula | None:
    """The workspace's own formula of an id, as it stands or stood at a version; None where there is none then."""
    id = originator_of(workspace, OwnFormula.KIND, name)
    found = await asyncio.to_thread(services.feedback.load, id, version)
    if found is None:
        await services.directory.catch_up()
        found = await asyncio.to_thread(services.feedback.load, id, version)
    return found if isinstance(found, OwnFormula) and not found.removed else None


def expression_of(key: KeyEntry, expression: str) -> Formula:
    """The formula of a text.

    Raises:
        Problem: 422 with the place of what is wrong, 403 if it is not for this key.
    """
    try:
        formula = Formula.adhoc(expression)
    except Mistake as mistake:
        raise Problem.of_field(problems.INVALID, "expression", str(mistake)) from mistake
    check_may_rank(key, formula, "expression")
    return formula


def check_may_rank(key: KeyEntry, formula: Formula, field: str) -> None:
    """Raises Problem 403 for a key that must not see what the formula weighs by."""
    if formula.internal and not key.sees_internal:
        message = "this formula weighs by what is for keys of role admin only, and for those made with --internal"
        raise Problem.of_field(problems.FORBIDDEN, field, message)


def projections_of(*formulas: Formula) -> list[str]:
    """The projections that a ranking by these reads."""
    named = {_FOLDED_BY[each.name] for one in formulas for each in one.checked.columns if each.name in _FOLDED_BY}
    return [VOTES, POSTS, *sorted(named)]


def now_of(*formulas: Formula) -> Millis | None:
    """What ages are counted from: the present, where one of these needs it."""
    if not any(formula.needs_now for formula in formulas):
        return None
    return present_of(time.time_ns() // 1_000_000)


def asked_of(query: Callable[[Request, str], Query], request: Request, database: str) -> Query:
    """The query of a request.

    Raises:
        Problem: 400 if the formula can't be asked so.
    """
    try:
        return query(request, database)
    except CannotRank as error:
        raise Problem.of_field(problems.MALFORMED, error.field, str(error)) from error
