"""What searching answers with."""

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

from api.answers.answer import NextCursor, Position, Time


class FoundPost(BaseModel):
    """A post that was found. `score` is its votes for it less those against it."""

    model_config = ConfigDict(extra="forbid")

    post: str
    board: str
    title: str
    status: str
    score: int
    voters: int
    created_at: Time


class FoundPosts(BaseModel):
    """A page of posts: those with all words first, then those with more of them in the title, then the newer ones."""

    model_config = ConfigDict(extra="forbid")

    items: list[FoundPost]
    next_cursor: NextCursor
    position: Position


class SimilarPost(FoundPost):
    """A post that says nearly the same."""

    likeness: Annotated[float, Field(description="From 0 to 1: all that is asked for, it says.", examples=[0.87])]


class SimilarPosts(BaseModel):
    """Posts that say nearly the same, the most alike first."""

    model_config = ConfigDict(extra="forbid")

    items: list[SimilarPost]
    position: Position
