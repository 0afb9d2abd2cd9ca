"""What requests say of goals."""

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field
from pydantic.config import JsonDict

from api.parameters import After, PageQuery, PastAsOf, PastMoment
from events.domain.bounds import BODY_CHARACTERS, NAME_CHARACTERS, REASON_CHARACTERS, TITLE_CHARACTERS
from events.domain.goals.events import KeyResult, Outcome
from events.domain.goals.goal import LEAST_WEIGHT, MOST_WEIGHT, State
from events.domain.goals.wording import LARGEST, MOST_KEY_RESULTS, UNIT_CHARACTERS

_GOAL: JsonDict = {
    "name": "Keep our customers", "target_day": "2027-06-30",
    "key_results": [
        {"key_result": "churn", "name": "Monthly churn", "unit": "%", "start": 3.4, "target": 2.0},
    ],
}  # fmt: skip

Number = Annotated[float, Field(ge=-LARGEST, le=LARGEST, allow_inf_nan=False)]
At = Annotated[str | None, Field(max_length=64, json_schema_extra={"format": "date-time"})]
Reason = Annotated[str, Field(max_length=REASON_CHARACTERS)]
KnownAt = Annotated[PastMoment | None, Field(description="By when things were *recorded*: what was believed then.")]


class KeyResultBody(BaseModel):
    """What a goal is measured by: a number in `unit` that is to come from `start` to `target`, up or down."""

    model_config = ConfigDict(extra="forbid", strict=True)

    key_result: str
    name: str = Field(min_length=1, max_length=NAME_CHARACTERS)
    unit: str = Field("", max_length=UNIT_CHARACTERS)
    start: Number
    target: Number


class GoalBody(BaseModel):
    """What a goal says, all of it: what is left out is taken away. `target_day` is the last day to reach it on."""

    model_config = ConfigDict(extra="forbid", strict=True, json_schema_extra={"examples": [_GOAL]})

    name: str = Field(min_length=1, max_length=TITLE_CHARACTERS)
    description: str = Field("", max_length=BODY_CHARACTERS)
    target_day: str | None = Field(None, max_length=10, json_schema_extra={"format": "date"})
    key_results: list[KeyResultBody] = Field(default_factory=list, max_length=MOST_KEY_RESULTS)
    reason: Reason = ""
    at: At = None

    def measured_by(self) -> tuple[KeyResult, ...]:
        """The key results as events have them."""
        return tuple(KeyResult(**each.model_dump()) for each in self.key_results)


class MeasureBody(BaseModel):
    """What a key result stood at, and when (default: now)."""

    model_config = ConfigDict(extra="forbid", strict=True, json_schema_extra={"examples": [{"value": 2.9}]})

    value: Number
    reason: Reason = ""
    at: At = None


class LinkBody(BaseModel):
    """How much a post serves a goal, against its links to other goals: it is split among them by weight."""

    model_config = ConfigDict(extra="forbid", strict=True, json_schema_extra={"examples": [{"weight": 60}]})

    weight: int = Field(MOST_WEIGHT, ge=LEAST_WEIGHT, le=MOST_WEIGHT)
    reason: Reason = ""
    at: At = None


class CloseBody(BaseModel):
    """What came of a goal."""

    model_config = ConfigDict(
        extra="forbid", strict=True, json_schema_extra={"examples": [{"outcome": "achieved", "reason": "2.0 % in May"}]}
    )

    outcome: Outcome
    reason: Reason = ""
    at: At = None


class ReopenBody(BaseModel):
    """Why a goal is worked for again."""

    model_config = ConfigDict(extra="forbid", strict=True, json_schema_extra={"examples": [{"reason": "Too early"}]})

    reason: Reason = ""
    at: At = None


class UnlinkQuery(BaseModel):
    """Why a post serves a goal no longer, and since when."""

    model_config = ConfigDict(extra="forbid")

    reason: Reason = ""
    at: At = None


class GoalsQuery(PageQuery):
    """One page of goals."""

    state: Annotated[State | None, Field(description="Only goals in this state.")] = None
    as_of: PastAsOf = None
    known_at: KnownAt = None


class GoalQuery(BaseModel):
    """Of one goal, at a moment."""

    model_config = ConfigDict(extra="forbid")

    as_of: PastAsOf = None
    known_at: KnownAt = None
    after: After = None


class LinksQuery(PageQuery):
    """One page of the posts that serve a goal."""

    as_of: PastAsOf = None
    known_at: KnownAt = None
