"""What the fold remembers of a goal and its links, and how an event changes them. Pure, and free of the aggregate."""

import msgspec

from events.domain.goals.events import GoalClosed, GoalDefined, GoalReopened, KeyResult
from events.domain.goals.goal import State
from events.times import Millis, parse_time
from projections.decisions import OutOfPlace

NEVER: Millis = 0

GoalSaid = GoalDefined | GoalClosed | GoalReopened
"""The events that change what a goal says or what came of it."""


class GoalState(msgspec.Struct, array_like=True, frozen=True):
    """A goal as it stands, without its links and what was measured. `target_day` is empty where there is none."""

    name: str
    description: str
    target_day: str
    key_results: tuple[KeyResult, ...]
    created: Millis
    state: State = "open"
    closed: Millis = NEVER


class LinkState(msgspec.Struct, array_like=True, frozen=True):
    """With which weight a post serves a goal; 0 where it does not."""

    weight: int = 0


def evolve_goal(state: GoalState | None, event: GoalSaid) -> GoalState:
    """The goal after this event.

    Raises:
        OutOfPlace: if the event is about a goal that was never defined.
    """
    if isinstance(event, GoalDefined):
        day = event.target_day or ""
        if state is None:
            return GoalState(event.name, event.description, day, event.key_results, parse_time(event.at))
        return msgspec.structs.replace(
            state, name=event.name, description=event.description, target_day=day, key_results=event.key_results
        )
    if state is None:
        raise OutOfPlace(f"goal {event.goal!r} was never defined")
    if isinstance(event, GoalReopened):
        return msgspec.structs.replace(state, state="open", closed=NEVER)
    return msgspec.structs.replace(state, state=event.outcome, closed=parse_time(event.at))


def line(before: GoalState | None, event: GoalSaid) -> str:
    """What an event was, for somebody who reads the history."""
    if isinstance(event, GoalClosed):
        return f"closed as {event.outcome}"
    if isinstance(event, GoalReopened):
        return "reopened"
    if before is None:
        return "defined"
    said = [name for name in ("name", "description") if getattr(event, name) != getattr(before, name)]
    if before.target_day != (event.target_day or ""):
        said.append(f"target day ({before.target_day or 'none'} to {event.target_day or 'none'})")
    if before.key_results != event.key_results:
        said.append(f"key results ({_key_results_line(before.key_results, event.key_results)})")
    return f"changed {', '.join(said)}"


def _key_results_line(before: tuple[KeyResult, ...], after: tuple[KeyResult, ...]) -> str:
    was, now = ({each.key_result: each for each in side} for side in (before, after))
    added = [f"+{id}" for id in now if id not in was]
    gone = [f"-{id}" for id in was if id not in now]
    other = [id for id in now if id in was and now[id] != was[id]]
    return " ".join([*added, *gone, *other]) or "their order"
