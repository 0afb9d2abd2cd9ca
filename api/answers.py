"""What reads and decisions answer with. Times are RFC 3339 in UTC with milliseconds."""

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

from events.domain.workflow.events import Kind
from events.rulings import Period

Time = Annotated[str, Field(examples=["2026-11-24T05:36:46.123Z"], json_schema_extra={"format": "date-time"})]
Position = Annotated[str, Field(description="How far the log is included: send it as `after` to a later read.")]
NextCursor = Annotated[str | None, Field(description="Send it as `cursor` for the next page; null on the last one.")]


Counted = Annotated[bool, Field(description="False while it waits: it is over its board's budget of votes.")]
Via = Annotated[str | None, Field(description="The merged post that was voted on, where it is another one.")]


class _Answer(BaseModel):
    model_config = ConfigDict(extra="forbid")


class Budget(_Answer):
    """How many standing votes a person has on a board: in all, or of those cast within each calendar period in UTC."""

    votes: int
    period: Period


class BoardAnswer(_Answer):
    """A board."""

    board: str
    name: str
    budget: Budget | None
    created_at: Time
    version: int


class WrittenBoard(BoardAnswer):
    """A board as it was written."""

    position: Position


class BudgetOfBoard(_Answer):
    """A board's budget; null where a person has as many votes as they like."""

    board: str
    budget: Budget | None
    version: int


class BudgetOfPerson(_Answer):
    """What a person has of a board's budget in the present period, which ends at `ends_at`.

    `standing` votes count, `waiting` ones do not until there is room; `left` is null where there is no budget.
    """

    person: str
    board: str
    budget: Budget | None
    standing: int
    waiting: int
    left: int | None
    ends_at: Time | None
    position: Position


class Boards(_Answer):
    """A page of boards by id."""

    items: list[BoardAnswer]
    next_cursor: NextCursor
    position: Position


FieldValues = Annotated[
    dict[str, str | bool | int | float], Field(description="Values of the custom fields that the post's board has.")
]


class Merge(_Answer):
    """Where a post was merged into: votes on it count there."""

    into: str


class MergeOfPost(Merge):
    """Where, since when, who decided it and why; `root` counts its votes. `by` and `reason` are for internal keys."""

    root: str
    at: Time
    by: str | None
    reason: str | None


class MergedInto(Merge):
    """A post that was merged into this one, or into one that was."""

    post: str
    at: Time
    by: str | None
    reason: str | None


class PostAnswer(_Answer):
    """What a post says."""

    post: str
    board: str
    title: str
    body: str
    author: str | None
    status: str
    kind: Kind
    closed_reason: str | None
    duplicate_of: str | None
    merge: Merge | None
    tags: list[str]
    fields: FieldValues
    archived: bool
    pinned: bool
    created_at: Time
    version: int


class WrittenPost(PostAnswer):
    """A post as it was written."""

    position: Position


class PostWithTally(PostAnswer):
    """A post and how it stands."""

    merge: MergeOfPost | None
    merged: list[MergedInto] = Field(description="The posts whose votes count here, the earliest merge first.")
    updated_at: Time
    score: int
    up: int
    down: int
    voters: int
    importance: int
    last_vote_at: Time | None
    as_of: Time | None
    position: Position


class ListedPost(_Answer):
    """A post in a list."""

    post: str
    board: str
    title: str
    status: str
    kind: Kind
    author: str | None
    duplicate_of: str | None
    merge: Merge | None
    tags: list[str]
    fields: FieldValues
    archived: bool
    pinned: bool
    created_at: Time
    updated_at: Time
    version: int


class Posts(_Answer):
    """A page of posts, the newest first."""

    items: list[ListedPost]
    next_cursor: NextCursor
    as_of: Time | None
    position: Position


class RankedPost(_Answer):
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


class Ranking(_Answer):
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


class StandingVote(_Answer):
    """Who stands where on a post, since when with that value."""

    person: str
    value: int
    importance: int
    since: Time
    recorded_at: Time
    by: str | None
    counted: Counted
    via: Via


class StandingVotes(_Answer):
    """A page of standing votes on a post, by person."""

    items: list[StandingVote]
    next_cursor: NextCursor
    as_of: Time | None
    position: Position


class VoteChange(_Answer):
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


class VoteHistory(_Answer):
    """A page of changes of votes on a post, in order of occurrence."""

    items: list[VoteChange]
    next_cursor: NextCursor
    position: Position


class PersonsVote(_Answer):
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


class PersonsVotes(_Answer):
    """A page of what a person stands on, by post."""

    items: list[PersonsVote]
    next_cursor: NextCursor
    position: Position


class Health(_Answer):
    """Whether the service takes requests, and each part that it needs: `ok`, or what is wrong."""

    status: Literal["ready", "not ready"]
    log: str
    clickhouse: str
