"""What a goal and its key results may say."""

import datetime as dt
import math
import re
from collections.abc import Sequence

from events.domain.bounds import (
    BODY_CHARACTERS,
    NAME_CHARACTERS,
    REASON_CHARACTERS,
    TITLE_CHARACTERS,
    check_id,
    check_line,
    check_text,
)
from events.domain.goals.events import GoalDefined, KeyResult
from events.domain.refusals import Invalid
from events.domain.roadmaps.targets import EARLIEST, LATEST

MOST_KEY_RESULTS = 20
UNIT_CHARACTERS = 40
LARGEST = 1e15
"""Up to here a number of 64 bits tells one from the next."""

_is_day = re.compile(r"\d{4}-\d\d-\d\d\Z").match


def define_goal(
    *, goal: str, name: str, description: str, target_day: str | None, key_results: Sequence[KeyResult],
    reason: str, at: str,
) -> GoalDefined:  # fmt: skip
    """What defines a goal so, whether it is there or not.

    Raises:
        Invalid: naming the part that can't be so.
    """
    check_id("goal", goal)
    check_line("name", name, least=1, most=TITLE_CHARACTERS)
    check_text("description", description, most=BODY_CHARACTERS)
    check_text("reason", reason, most=REASON_CHARACTERS)
    if target_day is not None:
        check_day("target_day", target_day)
    check_key_results(key_results)
    return GoalDefined(
        goal=goal, name=name, description=description, target_day=target_day, key_results=tuple(key_results),
        reason=reason, at=at,
    )  # fmt: skip


def check_day(field: str, day: str) -> None:
    """A day as 2026-12-31."""
    try:
        known = dt.date.fromisoformat(day) if _is_day(day) else None
    except ValueError:
        known = None
    if known is None or not EARLIEST <= known <= LATEST:
        raise Invalid(field, "must be a day between 1970 and 2099, as 2026-12-31")


def check_number(field: str, value: float) -> None:
    """A number that a key result can have."""
    if not math.isfinite(value) or abs(value) > LARGEST:
        raise Invalid(field, f"must lie between -{LARGEST:.0e} and {LARGEST:.0e}")


def check_key_results(key_results: Sequence[KeyResult]) -> None:
    """Refuse key results that can't be measured, or told apart."""
    if len(key_results) > MOST_KEY_RESULTS:
        raise Invalid("key_results", f"may be {MOST_KEY_RESULTS} at most")
    known: set[str] = set()
    for number, each in enumerate(key_results):
        place = f"key_results.{number}"
        check_id(f"{place}.key_result", each.key_result)
        check_line(f"{place}.name", each.name, least=1, most=NAME_CHARACTERS)
        check_line(f"{place}.unit", each.unit, most=UNIT_CHARACTERS)
        check_number(f"{place}.start", each.start)
        check_number(f"{place}.target", each.target)
        if each.start == each.target:
            raise Invalid(f"{place}.target", "must differ from its start: there would be no way to go")
        if each.key_result in known:
            raise Invalid(f"{place}.key_result", f"{each.key_result!r} is named twice")
        known.add(each.key_result)
