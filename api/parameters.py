"""What paths and queries may hold, declared once."""

from typing import Annotated

from fastapi import Path
from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, WithJsonSchema

from api import problems
from api.problems import Problem
from api.times import now
from events.ids import CLIENT_ID_PATTERN
from events.times import Millis, parse_moment, past_moment

ID = rf"^{CLIENT_ID_PATTERN}$"

PostPath = Annotated[str, Path(pattern=ID, description="The post's id.", examples=["dark-mode"])]
BoardPath = Annotated[str, Path(pattern=ID, description="The board's id.", examples=["ideas"])]
PersonPath = Annotated[str, Path(pattern=ID, description="The person's pseudonymous id.", examples=["p-1042"])]
TagPath = Annotated[str, Path(pattern=ID, description="The tag's id.", examples=["mobile"])]
FieldPath = Annotated[str, Path(pattern=ID, description="The field's id, on its board.", examples=["effort"])]
VersionPath = Annotated[
    int, Path(alias="version", ge=1, le=999_999_999, description="A version of the post.", examples=[1])
]


def _moment(value: object) -> Millis:
    if not isinstance(value, str):
        raise ValueError("must be a text")  # noqa: TRY004 - pydantic turns ValueErrors into answers
    return parse_moment(value)


Moment = Annotated[
    Millis,
    BeforeValidator(_moment),
    WithJsonSchema({"type": "string", "format": "date-time", "examples": ["2026-11-24T05:36:46.123Z"]}),
]
PastMoment = Annotated[Moment, AfterValidator(lambda moment: past_moment(moment, now()))]
"""Where an answer about the future would look like one: what is counted until then, and how old things are by then."""
AsOf = Annotated[Moment | None, Field(description="By when things *happened*: how it was at that moment.")]
PastAsOf = Annotated[PastMoment | None, Field(description="By when things *happened*: how it was at that moment.")]
Cursor = Annotated[str | None, Field(max_length=1000, description="`next_cursor` of the page before.")]
Limit = Annotated[int, Field(ge=1, le=100, description="How many at most.", examples=[20])]
After = Annotated[
    str | None,
    Field(
        max_length=4000,
        description="A `position` that a write answered: wait (2 s at most, else 503) until the view includes it.",
    ),
]
BoardFilter = Annotated[str | None, Field(pattern=ID, description="Only posts of this board.", examples=["ideas"])]


def check_order(begin: Millis | None, end: Millis | None) -> None:
    """Raises Problem 400 for a period that ends before it begins: nothing is in it, which would look like an answer."""
    if begin is not None and end is not None and begin >= end:
        raise Problem.of_field(problems.MALFORMED, "from", "must be before `to`")


class _Query(BaseModel):
    model_config = ConfigDict(extra="forbid")


class AfterQuery(_Query):
    """For reads that may wait for a write."""

    after: After = None


class PostQuery(AfterQuery):
    """Of one post."""

    as_of: AsOf = None


class PageQuery(AfterQuery):
    """One page of a list."""

    cursor: Cursor = None
    limit: Limit = 20


class StandingQuery(PageQuery):
    """One page of standing votes."""

    as_of: AsOf = None


class ActivityQuery(PageQuery):
    """One page of what was done."""

    as_of: AsOf = None


class FeedQuery(_Query):
    """The next events."""

    after: Annotated[
        str | None,
        Field(max_length=4000, description="`position` of the page before; without it, from the beginning."),
    ] = None
    types: Annotated[
        str | None,
        Field(
            max_length=2000,
            description="Only events of these types: whole, or what they begin with; several with commas between.",
            examples=["groundswell.post,groundswell.comment.written"],
        ),
    ] = None
    limit: Annotated[int, Field(ge=1, le=1000, description="How many at most; a commit's events stay together.")] = 100
    wait: Annotated[
        float, Field(ge=0, le=30, allow_inf_nan=False, description="Seconds to wait for events if there are none yet.")
    ] = 0
