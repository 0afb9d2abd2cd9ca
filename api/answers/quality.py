"""Defects, complaints, satisfaction and what came of what was shipped, as they are answered."""

from typing import Annotated

from pydantic import Field

from api.answers.answer import Answer, NextCursor, Position, Time
from events.times import format_time
from projections.quality.outcome_queries import PostQuality, TeamQuality
from projections.samples import FEWEST

Share = Annotated[
    float | None, Field(description=f"Of the shipped posts, 0 to 1; null from fewer than {FEWEST} of them.")
]
MeanRating = Annotated[float | None, Field(description=f"1 to 5; null from fewer than {FEWEST} ratings.")]


class WrittenDefect(Answer):
    """A defect as it was decided; `version` is that of all defects of the post."""

    post: str
    defect: str
    linked: bool
    found_at: Time
    version: int
    position: Position


class DefectAnswer(Answer):
    """A post that says what is wrong; it escaped if it was found after the other one was first shipped."""

    defect: str
    found_at: Time
    escaped: bool


class Defects(Answer):
    """A page of defects of a post, the one found last first."""

    post: str
    items: list[DefectAnswer]
    next_cursor: NextCursor
    as_of: Time | None
    known_at: Time | None
    position: Position


class WrittenComplaint(Answer):
    """A comment as a complaint, as it was decided."""

    comment: str
    post: str
    complaint: bool
    version: int
    position: Position


class RatingAnswer(Answer):
    """What now stands: `rating` 0 where it is withdrawn. `post` is the one that it counts for."""

    post: str
    person: str
    rating: int
    position: Position


class Satisfaction(Answer):
    """How content persons are with a post; `asked` is how many have a standing up-vote on it."""

    post: str
    ratings: int
    by_rating: Annotated[dict[str, int], Field(examples=[{"4": 3, "5": 7}])]
    mean_rating: MeanRating
    asked: int
    position: Position


class QuestionAnswer(Answer):
    """A shipped post that this person voted for and has not rated: what to ask."""

    post: str
    title: str
    board: str
    shipped_at: Time


class Questions(Answer):
    """A page of what to ask a person, the post shipped last first."""

    items: list[QuestionAnswer]
    next_cursor: NextCursor
    position: Position


class PostOutcome(Answer):
    """What came of a post after it was first shipped."""

    post: str
    title: str
    board: str
    team: str | None
    shipped_at: Time
    reopened: int
    down_votes_after: int
    complaints: int
    defects: int
    escaped_defects: int
    ratings: int
    mean_rating: MeanRating


class TeamOutcome(Answer):
    """What came of a team's shipped posts; `team` null: of those of no team."""

    team: str | None
    shipped_posts: int
    posts_with_escaped: int
    escaped_defect_rate: Share
    escaped_defects: int
    defects: int
    posts_reopened: int
    reopened_rate: Share
    down_votes_after: int
    complaints: int
    ratings: int
    mean_rating: MeanRating


class Quality(Answer):
    """A page of outcomes: `teams` by id, or `posts`, the one shipped last first; the other one is null."""

    teams: list[TeamOutcome] | None
    posts: list[PostOutcome] | None
    next_cursor: NextCursor
    as_of: Time | None
    known_at: Time | None
    position: Position


def post_outcome(row: PostQuality) -> PostOutcome:
    """What came of a post."""
    return PostOutcome.model_validate(
        {**row._asdict(), "team": row.team or None, "shipped_at": format_time(row.shipped_at)}
    )


def team_outcome(row: TeamQuality) -> TeamOutcome:
    """What came of a team's posts."""
    return TeamOutcome.model_validate({**row._asdict(), "team": row.team or None})
