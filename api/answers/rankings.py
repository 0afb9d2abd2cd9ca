"""Rankings as they are answered."""

from pydantic import Field

from api.answers.answer import Answer, NextCursor, Position, Time
from events.domain.workflow.events import Kind


class RankedPost(Answer):
    """A post in its place."""

    rank: int
    post: str
    title: str
    board: str
    status: str
    kind: Kind
    tags: list[str]
    score: int
    up: int
    down: int
    voters: int
    importance: int
    last_vote_at: Time | None
    value: float = Field(description="What the formula gave, in the ranking's `unit`, to some twelve digits.")


class Ranking(Answer):
    """A page of a ranking. Equal values are in order of creation, then of id.

    `version` is the formula's: later pages are of the same one.
    """

    items: list[RankedPost]
    next_cursor: NextCursor
    formula: str
    version: int
    unit: str
    as_of: Time | None
    known_at: Time | None
    position: Position
