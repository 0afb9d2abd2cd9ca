"""Rulings: decisions that the ballots must know of, as they stand on every partition of the ballots.

Whoever folds one partition of the ballots sees nothing of the ledger. So a saga appends what matters there to each
partition: which post was merged into which, which posts stand on a board whose votes are budgeted, and the budget.
`ledger` is the offset of the commit that decided it and `number` its place among that commit's rulings: a ruling that
is not after the last one that a partition took is the same one again, and changes nothing. `time` is when it was
decided, as the client had it; what a ruling means holds from then on, whenever it arrives.
"""

from typing import Literal

import msgspec

from events.ballots import SPECVERSION

Period = Literal["all", "month", "quarter", "year"]
"""Over what a budget counts: all that stands, or what was cast within one calendar period (in UTC) and stands."""

MOST_PLACED = 500
"""How many posts one ruling places at most; more take several."""


class MergedData(msgspec.Struct, frozen=True, gc=False):
    """The post that the subject went into."""

    into: str
    ledger: int
    number: int


class UnmergedData(msgspec.Struct, frozen=True, gc=False):
    """Nothing but where it was decided."""

    ledger: int
    number: int


class PlacedData(msgspec.Struct, frozen=True, gc=False):
    """Posts that stand on the subject, a board, from then on."""

    posts: tuple[str, ...]
    ledger: int
    number: int


class BudgetedData(msgspec.Struct, frozen=True, gc=False):
    """How many standing votes a person has on the subject, a board; None for as many as they like."""

    votes: int | None
    period: Period
    ledger: int
    number: int


class _Ruling(msgspec.Struct, frozen=True, kw_only=True, gc=False, tag_field="type"):
    """A CloudEvent; `source` is the workspace, `subject` a post or a board."""

    specversion: Literal["1.0"] = SPECVERSION
    id: str
    source: str
    subject: str
    time: str


class PostMerged(_Ruling, frozen=True, kw_only=True, gc=False, tag="groundswell.ruling.merged.v1"):
    """Votes on a post count for another one."""

    data: MergedData


class PostUnmerged(_Ruling, frozen=True, kw_only=True, gc=False, tag="groundswell.ruling.unmerged.v1"):
    """Votes on a post count for itself again, and those that it gave away are given back."""

    data: UnmergedData


class PostsPlaced(_Ruling, frozen=True, kw_only=True, gc=False, tag="groundswell.ruling.placed.v1"):
    """Posts stand on a board that has, or had, a budget; or on any board after having stood on such a one."""

    data: PlacedData


class BoardBudgeted(_Ruling, frozen=True, kw_only=True, gc=False, tag="groundswell.ruling.budgeted.v1"):
    """A person has so many votes on a board."""

    data: BudgetedData


Ruling = PostMerged | PostUnmerged | PostsPlaced | BoardBudgeted

_MARK = b'"groundswell.ruling.'
_decoder: msgspec.json.Decoder[Ruling] = msgspec.json.Decoder(Ruling)
_encoder = msgspec.json.Encoder()


def is_ruling(value: bytes | None) -> bool:
    """Whether these bytes look like a ruling at all; hardly anything else does."""
    return value is not None and _MARK in value


def decode_ruling(value: bytes) -> Ruling:
    """One record's value.

    Raises:
        msgspec.MsgspecError: if it is no ruling.
    """
    return _decoder.decode(value)


def encode_ruling(ruling: Ruling) -> bytes:
    """A record's value."""
    return _encoder.encode(ruling)
