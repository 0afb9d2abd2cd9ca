"""How an installation is: its parts, what each projection has folded, and what of it is wrong, in one line."""

from collections.abc import Sequence

import msgspec

from projections.generations import State
from services.stack.down import PartStatus

STALLED_SECONDS = 60.0


class Beside(msgspec.Struct, frozen=True, kw_only=True):
    """A generation beside the live one, and which part of the log it has folded, from 0 to 1."""

    generation: int
    state: str
    code: int
    share: float


class ProjectionCondition(msgspec.Struct, frozen=True, kw_only=True):
    """One projection: its live generation, how many records that is behind the log, and when it last came forward.

    `refused` is what to do where the live generation is of other code than this release has.
    """

    projection: str
    live: int | None
    lag: int
    progress_seconds: float | None
    beside: Sequence[Beside]
    refused: str | None


class Built(msgspec.Struct, frozen=True, kw_only=True):
    """What was built, and how many records were refused and not retried."""

    projections: Sequence[ProjectionCondition]
    dead_letters: int


class Condition(msgspec.Struct, frozen=True, kw_only=True):
    """The whole. `problems` are what is wrong, `notes` what somebody should look at some time."""

    ok: bool
    summary: str
    problems: Sequence[str]
    notes: Sequence[str]
    parts: Sequence[PartStatus]
    projections: Sequence[ProjectionCondition]
    dead_letters: int | None
    lag: dict[str, int] | None


def judge(parts: Sequence[PartStatus], built: Built | None, unread: str | None = None) -> Condition:
    """What to say of it. `unread` is why nothing is known of what was built, where the parts do not say it already."""
    problems = [f"{part.name} is away" for part in parts if part.health != "ok"]
    if unread is not None:
        problems.append(unread)
    projections = built.projections if built is not None else ()
    problems += [wrong for each in projections if (wrong := _wrong(each)) is not None]
    notes = [
        f"{each.projection}: generation {other.generation} is {other.state}, {other.share:.0%} folded"
        for each in projections
        for other in each.beside
        if other.state in (State.BUILDING, State.READY, State.VERIFIED)
    ]
    if built is not None and built.dead_letters:
        notes.append(f"{built.dead_letters} dead letters: groundswell dead-letters list")
    return Condition(
        ok=not problems,
        summary=f"NOT OK: {'; '.join(problems)}" if problems else f"OK: {_all_well(projections)}",
        problems=problems,
        notes=notes,
        parts=parts,
        projections=projections,
        dead_letters=None if built is None else built.dead_letters,
        lag=None if built is None else {each.projection: each.lag for each in projections},
    )


def refusal(projection: str, live_code: int, code: int, beside: Sequence[Beside]) -> str:
    """Why a projection is not folded by this release, and the next command on the way to where it is."""
    states = {each.state for each in beside if each.code == code}
    if State.VERIFIED in states:
        next_step = "groundswell projections switch"
    elif State.READY in states:
        next_step = "groundswell projections verify"
    else:  # also what is being built: the same command goes on with it
        next_step = "groundswell projections rebuild"
    return (
        f"{projection} is refused: its live generation is of code {live_code}, and this release has {code}; "
        f"run {next_step} {projection}"
    )


def _wrong(each: ProjectionCondition) -> str | None:
    if each.refused is not None:
        return each.refused
    if each.live is None:
        return f"{each.projection} has no live generation: start a projector"
    if each.lag and each.progress_seconds is None:
        return f"{each.projection} is {each.lag:,} records behind and was never folded: start a projector"
    if each.lag and each.progress_seconds is not None and each.progress_seconds > STALLED_SECONDS:
        return f"{each.projection} is {each.lag:,} records behind, without progress for {each.progress_seconds:,.0f} s"
    return None


def _all_well(projections: Sequence[ProjectionCondition]) -> str:
    behind = max((each.lag for each in projections), default=0)
    return f"{behind:,} records are being folded" if behind else "everything on the log is folded"
