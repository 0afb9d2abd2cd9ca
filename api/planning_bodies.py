"""What is asked of teams, estimates and the report of teams; and who may read them."""

from typing import Annotated, Self

from pydantic import BaseModel, ConfigDict, Field, JsonValue, model_validator

from api.auth import check_sees_internal
from api.parameters import ID, After, Moment, PastAsOf, PastMoment, check_order
from events.domain.bounds import NAME_CHARACTERS, REASON_CHARACTERS
from events.domain.directory import KeyEntry
from events.domain.estimates.estimate import LARGEST
from events.domain.estimates.events import Unit

_AT = Field(None, max_length=64, json_schema_extra={"format": "date-time"})
_TEAM: dict[str, JsonValue] = {"name": "Web", "reason": "Since spring they are their own team"}
_ESTIMATE: dict[str, JsonValue] = {
    "unit": "days",
    "low": 3,
    "high": 8,
    "reason": "Like the export, and a screen",
}


class TeamBody(BaseModel):
    """What a team is called."""

    model_config = ConfigDict(extra="forbid", strict=True, json_schema_extra={"examples": [_TEAM]})

    name: str = Field(min_length=1, max_length=NAME_CHARACTERS)
    reason: str = Field("", max_length=REASON_CHARACTERS)
    at: str | None = _AT


class EstimateBody(BaseModel):
    """How long a post will take: from `low` to `high` days in progress, weekends and all; or points of its team."""

    model_config = ConfigDict(extra="forbid", strict=True, json_schema_extra={"examples": [_ESTIMATE]})

    unit: Unit
    low: float = Field(gt=0, le=LARGEST, allow_inf_nan=False)
    high: float = Field(gt=0, le=LARGEST, allow_inf_nan=False, description="Not less than `low`.")
    reason: str = Field("", max_length=REASON_CHARACTERS)
    at: str | None = _AT


class TakingBack(BaseModel):
    """Why, and when."""

    model_config = ConfigDict(extra="forbid")

    reason: Annotated[str, Field(max_length=REASON_CHARACTERS, description="Why.")] = ""
    at: Annotated[str | None, Field(max_length=64, description="When it happened (default: now).")] = None


class EstimateQuery(BaseModel):
    """Of one post, at a moment."""

    model_config = ConfigDict(extra="forbid")

    as_of: PastAsOf = None
    after: After = None


class TeamReportQuery(BaseModel):
    """Of one team or all, of posts that were first shipped in a period, as of a moment."""

    model_config = ConfigDict(extra="forbid")

    team: Annotated[str | None, Field(pattern=ID, description="Only this team, beside all others.")] = None
    begin: Annotated[Moment | None, Field(alias="from", description="Posts that were first shipped then or later.")] = (
        None
    )
    end: Annotated[Moment | None, Field(alias="to", description="Posts that were first shipped before that.")] = None
    as_of: PastAsOf = None
    known_at: Annotated[
        PastMoment | None, Field(description="By when things were *recorded*: what was believed at that moment.")
    ] = None
    after: After = None

    @model_validator(mode="after")
    def _order(self) -> Self:
        check_order(self.begin, self.end)
        return self


def check_reads_planning(key: KeyEntry) -> None:
    """Raises Problem 403 for a key that must not see teams, estimates and how work went."""
    check_sees_internal(key, "teams, estimates and how work went are")
