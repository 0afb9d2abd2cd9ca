"""What is asked and said of quality."""

from typing import Annotated, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, JsonValue, model_validator

from api.parameters import ID, AfterQuery, BoardFilter, Moment, PageQuery, PastAsOf, PastMoment, check_order
from events.domain.bounds import NAME_CHARACTERS, REASON_CHARACTERS
from events.domain.gates.checks import EVIDENCE_CHARACTERS
from events.domain.gates.events import Check
from events.domain.gates.gate import MOST_CHECKS
from events.ids import EVENT_ID_PATTERN

KnownAt = Annotated[
    PastMoment | None, Field(description="By when things were *recorded*: what was believed at that moment.")
]

_CHECKS: JsonValue = [{"check": "reviewed", "name": "Reviewed"}, {"check": "beta", "name": "Beta accepted"}]
_EVENT_ID = rf"^{EVENT_ID_PATTERN}$"
_PASSED: JsonValue = {"evidence": "https://ci.example/builds/77", "by": "p-7"}


def _example(example: JsonValue) -> ConfigDict:
    return ConfigDict(extra="forbid", strict=True, json_schema_extra={"examples": [example]})


class _Decided(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True)

    reason: str = Field("", max_length=REASON_CHARACTERS, description="Why, for those who decide.")
    at: str | None = Field(None, max_length=64, json_schema_extra={"format": "date-time"})


class CheckBody(BaseModel):
    """One check, and what it is called."""

    model_config = ConfigDict(extra="forbid", strict=True)

    check: str = Field(pattern=ID)
    name: str = Field(min_length=1, max_length=NAME_CHARACTERS)

    def decided(self) -> Check:
        """As events have it."""
        return Check(check=self.check, name=self.name)


class GateBody(_Decided):
    """What is asked of a board's posts before they are shipped, in this order; none: no gate."""

    model_config = _example({"checks": _CHECKS, "reason": "As agreed"})

    checks: list[CheckBody] = Field(max_length=MOST_CHECKS)


class PassedBody(BaseModel):
    """What shows that a check is passed: a line or a URL. `by` says who says so (default: whose key this is)."""

    model_config = _example(_PASSED)

    evidence: str = Field(min_length=1, max_length=EVIDENCE_CHARACTERS)
    by: str = Field("", max_length=NAME_CHARACTERS)
    at: str | None = Field(None, max_length=64, json_schema_extra={"format": "date-time"})


class ReasonedBody(_Decided):
    """Why, and when it happened."""

    model_config = _example({"reason": "Found by the support"})


class RatingBody(BaseModel):
    """How content somebody is: from 1, not at all, to 5. `at` is when, `id` the event's identity."""

    model_config = _example({"rating": 4})

    rating: int = Field(ge=1, le=5)
    at: str | None = Field(None, max_length=64, json_schema_extra={"format": "date-time"})
    id: str | None = Field(None, pattern=_EVENT_ID)


class RatingWithdrawal(BaseModel):
    """When a rating was withdrawn, and the identity of the event."""

    model_config = ConfigDict(extra="forbid")

    at: Annotated[str | None, Field(max_length=64, description="When it happened (default: now).")] = None
    id: Annotated[str | None, Field(pattern=_EVENT_ID, description="The event's identity.")] = None


class TakenBack(BaseModel):
    """Why a check is taken back, and when."""

    model_config = ConfigDict(extra="forbid")

    reason: Annotated[
        str, Field(min_length=1, max_length=REASON_CHARACTERS, description="Why.", examples=["The wrong build"])
    ]
    at: Annotated[str | None, Field(max_length=64, description="When it happened (default: now).")] = None


class MomentQuery(AfterQuery):
    """Of a moment."""

    as_of: PastAsOf = None
    known_at: KnownAt = None


class OpenGatesQuery(PageQuery):
    """One page of posts whose gates are open."""

    board: BoardFilter = None
    as_of: PastAsOf = None
    known_at: KnownAt = None


class QualityQuery(PageQuery):
    """What came of shipped posts, by `team` or by `post`."""

    by: Annotated[Literal["team", "post"], Field(description="A row for each team, or for each post.")] = "team"
    board: BoardFilter = None
    team: Annotated[str | None, Field(pattern=ID, description="Only posts of this team.", examples=["web"])] = None
    from_: Annotated[
        Moment | None, Field(alias="from", description="Only posts that were first shipped then or later.")
    ] = None
    to: Annotated[Moment | None, Field(description="Only posts that were first shipped before.")] = None
    as_of: PastAsOf = None
    known_at: KnownAt = None

    @model_validator(mode="after")
    def _order(self) -> Self:
        check_order(self.from_, self.to)
        return self


class DefectsQuery(PageQuery):
    """One page of the defects of a post."""

    as_of: PastAsOf = None
    known_at: KnownAt = None
