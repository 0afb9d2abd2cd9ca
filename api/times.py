"""This moment, as events count it, when a request says that something happened, and moments as they are answered."""

import time

from api import problems
from api.problems import Problem
from events.times import Millis, event_time, format_time, parse_moment


def now() -> Millis:
    """Milliseconds since 1970."""
    return time.time_ns() // 1_000_000


def happened_at(at: str | None) -> str | None:
    """The field `at` of a body as events have it; None where it is left out: then it happens now.

    Raises:
        Problem: 422 if it is no time, or too far ahead.
    """
    if at is None:
        return None
    try:
        return event_time(at, now())
    except ValueError as error:
        raise Problem.of_field(problems.INVALID, "at", str(error)) from error


def moment_text(field: str, text: str) -> str:
    """A moment that a field of a body names, to come or past, as events have it.

    Raises:
        Problem: 422 if it is no time.
    """
    try:
        return format_time(parse_moment(text))
    except ValueError as error:
        raise Problem.of_field(problems.INVALID, field, str(error)) from error


def time_or_none(moment: Millis | None) -> str | None:
    """A moment as it is answered, if there is one."""
    return None if moment is None else format_time(moment)
