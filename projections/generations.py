"""A generation's life: one build of a projection's tables, from its first row to its drop.

`building` until it has caught up with the log once; then `ready`; `verified` when it was compared with the live one;
`live` while the stable views read it, `retired` when another one does (it goes on following, so that going back is one
step); `dropped` when its tables are gone. A number is never used twice.
"""

from collections.abc import Iterable, Mapping, Sequence
from enum import StrEnum
from typing import Self

import msgspec

from events.times import Millis


class State(StrEnum):
    """Where in its life a generation is."""

    BUILDING = "building"
    READY = "ready"
    VERIFIED = "verified"
    LIVE = "live"
    RETIRED = "retired"
    DROPPED = "dropped"


FOLLOWED = frozenset({State.READY, State.VERIFIED, State.LIVE, State.RETIRED})
"""The states in which projectors keep a generation up to date."""

_NEXT: Mapping[State, frozenset[State]] = {
    State.BUILDING: frozenset({State.READY, State.LIVE, State.DROPPED}),
    State.READY: frozenset({State.VERIFIED, State.DROPPED}),
    State.VERIFIED: frozenset({State.VERIFIED, State.READY, State.LIVE, State.DROPPED}),
    State.LIVE: frozenset({State.RETIRED}),
    State.RETIRED: frozenset({State.VERIFIED, State.LIVE, State.DROPPED}),
    State.DROPPED: frozenset(),
}


class GenerationRefused(Exception):  # noqa: N818 - what somebody asked for, not a fault of ours
    """This cannot be done with the generations as they are; the message says why and what to do first."""


class Generation(msgspec.Struct, frozen=True, kw_only=True):
    """One generation as it was last entered.

    `code` is the version of the fold that it was built with. `tables` are its own tables, `views` the stable views over
    them: each name with the SELECT that it stands for, so that any release can make them live. `note` says why it is in
    its state, where somebody had to decide. `switched_at` is when it last became live, or ceased to be.
    """

    projection: str
    generation: int
    state: State
    code: int
    tables: tuple[str, ...]
    views: Mapping[str, str]
    note: str = ""
    started_at: Millis
    switched_at: Millis | None = None
    version: int = 1

    def enter(self, state: State, *, at: Millis, note: str = "") -> Self:
        """The same in its next state.

        Raises:
            GenerationRefused: if that state does not come after this one.
        """
        if state not in _NEXT[self.state]:
            raise GenerationRefused(f"{self.title} is {self.state} and cannot become {state}")
        moved = State.LIVE in (state, self.state)
        return msgspec.structs.replace(
            self, state=state, note=note, switched_at=at if moved else self.switched_at, version=self.version + 1
        )

    @property
    def stored(self) -> Mapping[str, str]:
        """Its tables by their names without a generation."""
        return {table.removesuffix(f"_g{self.generation}"): table for table in self.tables}

    @property
    def title(self) -> str:
        """What people call it."""
        return f"generation {self.generation} of {self.projection}"


def of_projection(generations: Iterable[Generation], projection: str) -> Sequence[Generation]:
    """Those of one projection, by number."""
    return sorted((each for each in generations if each.projection == projection), key=lambda each: each.generation)


def live_one(generations: Iterable[Generation]) -> Generation | None:
    """The live one of a projection's generations."""
    return next((each for each in generations if each.state is State.LIVE), None)


def the_live_one(generations: Sequence[Generation], projection: str) -> Generation:
    """The live one. Raises `GenerationRefused` where there is none yet."""
    if (live := live_one(generations)) is None:
        raise GenerationRefused(
            f"{projection} has no live generation: start a projector, or run groundswell projections rebuild "
            f"{projection}"
        )
    return live


def next_number(generations: Iterable[Generation]) -> int:
    """The number after the highest that was ever used."""
    return max((each.generation for each in generations), default=0) + 1


def to_verify(generations: Sequence[Generation], projection: str, number: int | None = None) -> Generation:
    """The generation that `verify` compares with the live one: the newest that has caught up, or a given one.

    Raises:
        GenerationRefused: if there is none, or the given one cannot be compared.
    """
    allowed = (State.READY, State.VERIFIED, State.RETIRED)
    if number is not None:
        return _given(generations, projection, number, allowed, "be verified")
    found = [each for each in generations if each.state in allowed]
    if not found:
        building = any(each.state is State.BUILDING for each in generations)
        why = "its next generation is still being built" if building else "there is none beside the live one"
        raise GenerationRefused(
            f"{projection} has no generation to verify: {why}. Run groundswell projections rebuild {projection}"
        )
    return found[-1]


def to_switch_to(generations: Sequence[Generation], projection: str, number: int | None = None) -> Generation:
    """The generation that `switch` makes live: the newest verified one, or a given one.

    Raises:
        GenerationRefused: if none is verified.
    """
    candidates = [each for each in generations if number is None or each.generation == number]
    if number is not None and not candidates:
        _given(generations, projection, number, (), "")
    if candidates and number is not None and candidates[0].state is State.LIVE:
        raise GenerationRefused(f"generation {number} of {projection} is live already")
    verified = [each for each in candidates if each.state is State.VERIFIED]
    if not verified:
        raise GenerationRefused(
            f"no generation of {projection} is verified: run groundswell projections verify {projection} first"
        )
    return verified[-1]


def to_roll_back_to(generations: Sequence[Generation], projection: str) -> Generation:
    """The generation that was live before this one. Raises `GenerationRefused` where none is left."""
    retired = [each for each in generations if each.state is State.RETIRED]
    if not retired:
        raise GenerationRefused(f"{projection} has no retired generation to go back to")
    return max(retired, key=lambda each: (each.switched_at or 0, each.generation))


def to_drop(generations: Sequence[Generation], projection: str, number: int | None = None) -> Generation:
    """The generation that `drop` takes away: the only one beside the live one, or a given one.

    Raises:
        GenerationRefused: if that is the live one, or it is not clear which.
    """
    allowed = (State.BUILDING, State.READY, State.VERIFIED, State.RETIRED)
    if number is not None:
        return _given(generations, projection, number, allowed, "be dropped")
    found = [each for each in generations if each.state in allowed]
    if not found:
        raise GenerationRefused(f"{projection} has no generation to drop beside the live one, which serves")
    if len(found) > 1:
        numbers = ", ".join(f"{each.generation} ({each.state})" for each in found)
        raise GenerationRefused(f"which generation of {projection}? Say --generation, one of {numbers}")
    return found[0]


def _given(
    generations: Sequence[Generation], projection: str, number: int, allowed: Sequence[State], what: str
) -> Generation:
    for each in generations:
        if each.generation == number:
            if each.state in allowed:
                return each
            hint = ": it serves; switch or roll back to another one first" if each.state is State.LIVE else ""
            raise GenerationRefused(f"{each.title} is {each.state} and cannot {what}{hint}")
    numbers = ", ".join(str(each.generation) for each in generations) or "none"
    raise GenerationRefused(f"{projection} has no generation {number}; there are: {numbers}")
