"""Votes as they are answered: where people stand, and how they came to stand there."""

from typing import Annotated, Literal

from pydantic import Field

from api.answers.answer import Answer, NextCursor, Position, Time

Counted = Annotated[bool, Field(description="False while it waits: it is over its board's budget of votes.")]
Via = Annotated[str | None, Field(description="The merged post that was voted on, where it is another one.")]


class StandingVote(Answer):
    """Who stands where on a post, since when with that value."""

    person: str
    value: int
    importance: int
    since: Time
    recorded_at: Time
    by: str | None
    counted: Counted
    via: Via


class StandingVotes(Answer):
    """A page of standing votes on a post, by person."""

    items: list[StandingVote]
    next_cursor: NextCursor
    as_of: Time | None
    position: Position


class VoteChange(Answer):
    """One change of one vote."""

    person: str
    change: Literal["cast", "changed", "withdrawn", "carried", "returned", "waiting", "counted"]
    value_before: int
    value_after: int
    importance_before: int
    importance_after: int
    occurred_at: Time
    recorded_at: Time
    id: str
    by: str | None
    waiting: int = Field(description="The value that stands after it and does not count, over the board's budget.")
    via: Via


class VoteHistory(Answer):
    """A page of changes of votes on a post, in order of occurrence."""

    items: list[VoteChange]
    next_cursor: NextCursor
    position: Position


class PersonsVote(Answer):
    """A post that a person stands on."""

    post: str
    title: str | None
    board: str | None
    value: int
    importance: int
    since: Time
    recorded_at: Time
    by: str | None
    counted: Counted
    via: Via


class PersonsVotes(Answer):
    """A page of what a person stands on, by post."""

    items: list[PersonsVote]
    next_cursor: NextCursor
    position: Position
