"""What every answer is, and the types that most have. Times are RFC 3339 in UTC with milliseconds."""

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

Time = Annotated[str, Field(examples=["2026-11-24T05:36:46.123Z"], json_schema_extra={"format": "date-time"})]
Position = Annotated[str, Field(description="How far the log is included: send it as `after` to a later read.")]
NextCursor = Annotated[str | None, Field(description="Send it as `cursor` for the next page; null on the last one.")]


class Answer(BaseModel):
    """What is answered: these fields and no others."""

    model_config = ConfigDict(extra="forbid")
