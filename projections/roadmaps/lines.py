"""What was decided, in a readable line each."""

import datetime as dt
from collections.abc import Iterator

from events.domain.roadmaps.events import Column
from events.domain.roadmaps.targets import PRECISIONS, Target
from projections.roadmaps.queries import Revision, decode_columns

PUBLISHED = "made it public"


def line_of(revision: Revision) -> str:  # noqa: PLR0911 - one for each kind of change
    """What one decision changed."""
    if not revision.post:
        return "; ".join(_edit_parts(revision))
    what = quoted(revision.title or revision.post)
    names = {column.column: column.name for column in decode_columns(revision.columns)}
    match revision.change:
        case "placed":
            return f"placed {what}{''.join(_placing_parts(revision, names))}"
        case "moved":
            return moved_line(what, revision.column_before, revision.column, names)
        case "dated":
            return dated_line(
                what,
                target_of(revision.target_before, revision.precision_before),
                target_of(revision.target, revision.precision),
            )
        case "assigned":
            return "; ".join(_giving_parts(what, revision))
        case "noted":
            return f"noted on {what}: {revision.note}" if revision.note else f"took the note off {what}"
        case "removed":
            column = revision.column_before
            return f"removed {what}" + (f" from {names.get(column, column)}" if column else "")
        case _:
            return f"{revision.change} {what}"


def target_of(date: str, precision: str) -> Target | None:
    """The target of a row; None where it has none."""
    known = next((each for each in PRECISIONS if each == precision), None)
    return None if known is None else Target(date, known)


def days_later(before: Target, after: Target) -> int:
    """By how many days the last day that is promised comes later; less than 0 where it comes earlier."""
    return (after.due - before.due) // dt.timedelta(days=1)


def moved_line(what: str, before: str, after: str, names: dict[str, str]) -> str:
    """An item stands elsewhere."""
    if before == after:
        return f"moved {what} within {names.get(after, after)}" if after else f"moved {what} to another place"
    return f"moved {what} from {names.get(before, before)} to {names.get(after, after)}"


def dated_line(what: str, before: Target | None, after: Target | None) -> str:
    """An item has another date."""
    if after is None:
        return f"took the date off {what}" + (f" (it was {before.text})" if before else "")
    if before is None:
        return f"dated {what} {after.text}"
    days = days_later(before, after)
    how = (
        "the same last day"
        if days == 0
        else f"{abs(days)} day{'s'[: abs(days) != 1]} {'later' if days > 0 else 'earlier'}"
    )
    return f"moved the date of {what} from {before.text} to {after.text}: {how}"


def owned_line(what: str, before: str, after: str) -> str:
    """An item has another owner."""
    if not after:
        return f"took {what} from {before}"
    return f"gave {what} to {after}" + (f" (it was {before}'s)" if before else "")


def teamed_line(what: str, before: str, after: str) -> str:
    """An item has another team."""
    if not after:
        return f"took {what} from team {before}"
    return f"gave {what} to team {after}" + (f" (it was {before}'s)" if before else "")


def quoted(text: str) -> str:
    """A title in a line."""
    return f'"{text}"'


def _placing_parts(revision: Revision, names: dict[str, str]) -> Iterator[str]:
    if revision.column:
        yield f" in {names.get(revision.column, revision.column)}"
    target = target_of(revision.target, revision.precision)
    if target is not None:
        yield f" for {target.text}"
    if revision.owner:
        yield f", owned by {revision.owner}"
    if revision.team:
        yield f", for team {revision.team}"


def _giving_parts(what: str, revision: Revision) -> Iterator[str]:
    if revision.owner != revision.owner_before:
        yield owned_line(what, revision.owner_before, revision.owner)
    if revision.team != revision.team_before:
        yield teamed_line(what, revision.team_before, revision.team)


def _edit_parts(revision: Revision) -> Iterator[str]:
    after = decode_columns(revision.columns)
    if revision.change == "created":
        named = ", ".join(column.name for column in after)
        whom = "public" if revision.public else "internal"
        yield f"created {quoted(revision.name)}, {whom}, with {named}"
        return
    if revision.name != revision.name_before:
        yield f"renamed {quoted(revision.name_before)} to {quoted(revision.name)}"
    if revision.public != revision.public_before:
        yield PUBLISHED if revision.public else "made it internal"
    if revision.columns != revision.columns_before:
        yield from _column_parts(decode_columns(revision.columns_before), after)


def _column_parts(before: tuple[Column, ...], after: tuple[Column, ...]) -> Iterator[str]:
    was = {column.column: column for column in before}
    now = {column.column: column for column in after}
    for id, column in now.items():
        if id not in was:
            yield f"added column {column.name}"
        elif column.name != was[id].name:
            yield f"renamed column {was[id].name} to {column.name}"
        elif column != was[id]:
            yield f"changed what column {column.name} stands for"
    for id, column in was.items():
        if id not in now:
            yield f"removed column {column.name}"
    if [id for id in was if id in now] != [id for id in now if id in was]:
        yield f"put the columns in the order {', '.join(column.name for column in after)}"
