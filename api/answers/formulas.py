"""What reads and writes of ranking formulas answer with."""

from typing import Annotated

from pydantic import Field

from api.answers.answer import Answer, NextCursor, Position, Time


class FormulaAnswer(Answer):
    """A formula: what it computes, in which unit, from which columns.

    `source` says who ranks so, for a built-in one. One that is `internal` weighs by what is not for the public: only
    keys that see that may rank by it.
    """

    formula: str
    expression: str
    meaning: str
    unit: str
    columns: list[str]
    built_in: bool
    source: str | None
    internal: bool
    version: int


class WrittenFormula(FormulaAnswer):
    """A formula as it was written."""

    removed: bool
    position: Position


class Formulas(Answer):
    """A page of the workspace's own formulas by id; the built-in ones come before them, on the first page."""

    items: list[FormulaAnswer]
    next_cursor: NextCursor
    position: Position


class FormulaVersion(Answer):
    """What a formula was after one decision."""

    version: int
    expression: str
    meaning: str
    unit: str
    removed: bool
    occurred_at: Time
    recorded_at: Time
    actor: str | None
    reason: str | None


class FormulaHistory(Answer):
    """What was decided about a formula, in order."""

    items: list[FormulaVersion]
    next_cursor: NextCursor
    position: Position


class FormulaMistake(Answer):
    """What is wrong, and where: the first character of it, counted from 1."""

    at: int
    message: str


class CheckedFormula(Answer):
    """Whether an expression is a formula: its unit and columns, or the place of what is wrong."""

    valid: bool
    unit: str | None
    columns: list[str]
    internal: bool
    error: FormulaMistake | None


class MovedPost(Answer):
    """A post in two rankings: null where it is in only one. `moved` is how many places it went up, or down below 0."""

    post: str
    title: str
    board: str
    status: str
    kind: str
    score: int
    rank: int | None
    value: float | None
    rank_before: int | None
    value_before: float | None
    moved: int | None


class WhatIf(Answer):
    """The ranking by `formula` (or `expression`), `before` being by `compare_to`: posts among the first of either."""

    items: list[MovedPost]
    formula: str | None
    expression: str
    unit: str
    compare_to: str
    as_of: Time | None
    known_at: Time | None
    position: Position


class RankingMovement(Answer):
    """The ranking by `formula` now (or `as_of`), `before` being at `since`: posts among the first of either."""

    items: list[MovedPost]
    formula: str
    unit: str
    since: Time
    as_of: Time | None
    position: Position


class PlaceAt(Answer):
    """A place at a moment, among so many posts, and what the formula gave."""

    at: Time
    rank: int
    of: int
    value: float


class RankHistory(Answer):
    """A post's place at each point of time at which it was in the list."""

    post: str
    formula: str
    unit: str
    every: Annotated[str, Field(examples=["day"])]
    items: list[PlaceAt]
    position: Position
