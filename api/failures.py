"""From what is raised underneath to problem documents: one table for the whole service."""

import logging
from collections.abc import Callable

from fastapi import FastAPI
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import Scope

from api import problems
from api.problems import FieldError, Problem
from events.domain.refusals import Conflict, Invalid, NotFound, RequestReused, TooMuchContention, VersionMismatch
from events.ledger.errors import CommitTooLarge, LedgerStopped, LedgerUnavailable, OutcomeUnknown
from events.log.appender import AppenderFull, AppendError

logger = logging.getLogger(__name__)

_RETRY_IS_SAFE = "a retry with the same Idempotency-Key (or the same id of each vote) is safe and counts once"


def install(app: FastAPI) -> None:
    """Have the application answer everything that goes wrong with a problem document."""

    async def handle(request: Request, error: Exception) -> Response:
        return problem_of(request.scope, error).response()

    for kind in _PROBLEMS:
        app.add_exception_handler(kind, handle)


def problem_of(scope: Scope, error: Exception) -> Problem:
    """What a request is told of an error."""
    for kind in type(error).__mro__:
        if kind in _PROBLEMS:
            return _PROBLEMS[kind](scope, error)
    raise AssertionError("unreachable: Exception is in the table")


def _of_http(scope: Scope, error: Exception) -> Problem:
    assert isinstance(error, HTTPException)
    if isinstance(error, Problem):
        return error
    if error.status_code == 404:
        return Problem(problems.NO_ROUTE, f"nothing is at {scope['path']}; /openapi.json says what there is")
    if error.status_code == 405:
        allowed = (error.headers or {}).get("Allow") or (error.headers or {}).get("allow") or "another method"
        detail = f"{scope['path']} does not take {scope['method']}; it takes {allowed}"
        return Problem(problems.NO_METHOD, detail, headers={"allow": allowed})
    return Problem.of_field(problems.MALFORMED, "body", "can't be read as JSON")  # all that is left is FastAPI's 400


def _of_validation(scope: Scope, error: Exception) -> Problem:
    """400 where the query, path or JSON can't be read, 422 where a field of a readable body is not what it must be."""
    assert isinstance(error, RequestValidationError)
    errors = []
    kind = problems.INVALID
    for item in error.errors():
        where, *path = item["loc"]
        if item["type"] == "json_invalid":
            reason = item.get("ctx", {}).get("error", "")
            return Problem.of_field(problems.MALFORMED, "body", f"not JSON at byte {path[0]}: {reason}")
        if where != "body":
            kind = problems.MALFORMED
        field = ".".join(map(str, path)) or str(where)
        errors.append(FieldError(field, _message(item["type"], item["msg"])))
    return Problem(kind, "; ".join(f"{error.field}: {error.message}" for error in errors), errors=errors)


def _message(kind: str, message: str) -> str:
    if kind == "extra_forbidden":
        return "there is no such field here"
    return message.removeprefix("Value error, ")


def _of_anything(scope: Scope, error: Exception) -> Problem:
    return Problem(problems.INTERNAL, "the error was logged; try again, and report it if it stays")


def _invalid(scope: Scope, error: Exception) -> Problem:
    assert isinstance(error, Invalid)
    return Problem.of_field(problems.INVALID, error.field, error.message)


def _conflict(scope: Scope, error: Exception) -> Problem:
    assert isinstance(error, Conflict)
    return Problem.of_field(problems.STATE, error.field, error.message)


def _not_found(scope: Scope, error: Exception) -> Problem:
    assert isinstance(error, NotFound)
    return Problem.of_field(problems.NOT_FOUND, error.kind, f"there is no {error.kind} {error.id!r}")


def _version_mismatch(scope: Scope, error: Exception) -> Problem:
    assert isinstance(error, VersionMismatch)
    if error.actual is None:
        return Problem.of_field(problems.VERSION, "If-Match", "there is no such thing yet")
    message = f'it is at "{error.actual}": read it again'
    return Problem(
        problems.VERSION,
        f"If-Match: {message}",
        errors=[FieldError("If-Match", message)],
        headers={"etag": f'"{error.actual}"'},
        version=error.actual,
    )


def _append_failed(scope: Scope, error: Exception) -> Problem:
    return Problem.retry(problems.UNKNOWN_OUTCOME, f"{error}; {_RETRY_IS_SAFE}", 2)


def _outcome_unknown(scope: Scope, error: Exception) -> Problem:
    return Problem.retry(problems.UNKNOWN_OUTCOME, f"the log did not say in time; {_RETRY_IS_SAFE}", 2)


def _ledger_stopped(scope: Scope, error: Exception) -> Problem:
    logger.error("ledger stopped reason=%s", error)
    return Problem.retry(problems.AWAY, "this process no longer follows the ledger and must be restarted", 10)


_PROBLEMS: dict[type, Callable[[Scope, Exception], Problem]] = {
    Exception: _of_anything,
    HTTPException: _of_http,
    RequestValidationError: _of_validation,
    Invalid: _invalid,
    Conflict: _conflict,
    NotFound: _not_found,
    VersionMismatch: _version_mismatch,
    RequestReused: lambda _, __: Problem.of_field(
        problems.KEY_REUSED, "Idempotency-Key", "another request was made under this key: choose a new one"
    ),
    TooMuchContention: lambda _, __: Problem.retry(problems.CONFLICT, "others kept being first: try again"),
    CommitTooLarge: lambda _, __: Problem(problems.TOO_LARGE, "this is more than one record of the log can hold"),
    OutcomeUnknown: _outcome_unknown,
    LedgerUnavailable: lambda _, __: Problem.retry(problems.AWAY, "Kafka can't be reached; nothing was recorded", 2),
    LedgerStopped: _ledger_stopped,
    AppenderFull: lambda _, error: Problem.retry(problems.BUSY, f"{error}; {_RETRY_IS_SAFE}"),
    AppendError: _append_failed,
    TimeoutError: lambda _, __: Problem.retry(problems.AWAY, "the log does not answer in time", 2),
}
