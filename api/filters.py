"""Which posts a list or a ranking is asked for: the query parameters, and the filter that they come to."""

from typing import Annotated, Any, Self

from fastapi import Query
from pydantic import ConfigDict, Field, model_validator

from api import problems
from api.parameters import ID, AsOf, BoardFilter, Moment, PageQuery, PastAsOf, PastMoment
from api.problems import Problem
from events.domain.definition_entries import FieldEntry
from events.domain.directory import Directory
from events.domain.workflow.events import Kind
from events.ids import CLIENT_ID_PATTERN, is_client_id
from projections.posts.filters import PostFilter
from projections.posts.state import field_text
from projections.ranking.points import Every

FIELD_PREFIX = "field."
MOST_CONDITIONS = 20
_VALUE_CHARACTERS = 500
_FIELDS = f"`{FIELD_PREFIX}<id>=value` asks for posts whose custom field has that value; several for all of them."


By = Annotated[
    str, Field(max_length=64, description="The formula: a built-in one, or the workspace's own.", examples=["top"])
]


class FilterQuery(PageQuery):
    """One page of what is left of posts. Custom fields come as `field.<id>`: the only other names that may be sent."""

    model_config = ConfigDict(extra="allow")

    board: BoardFilter = None
    status: Annotated[str | None, Field(pattern=ID, description="Only posts of this status.", examples=["open"])] = None
    kind: Annotated[Kind | None, Field(description="Only posts whose status comes to this.")] = None
    tag: Annotated[
        tuple[str, ...],
        Query(max_length=MOST_CONDITIONS, description=f"Only posts with this tag; several for all of them. {_FIELDS}"),
    ] = ()
    author: Annotated[str | None, Field(pattern=ID, description="Only posts of this person.")] = None
    archived: Annotated[bool, Field(description="Archived posts instead of the others.")] = False

    @model_validator(mode="after")
    def _ids(self) -> Self:
        if not all(map(is_client_id, self.tag)):
            raise Problem.of_field(problems.MALFORMED, "tag", f"must match {CLIENT_ID_PATTERN}")
        for name in self.model_extra or {}:
            if not name.startswith(FIELD_PREFIX):
                raise Problem.of_field(problems.MALFORMED, name[:64], "there is no such query parameter here")
        return self

    def fields(self) -> dict[str, str]:
        """The values asked of custom fields.

        Raises:
            Problem: 400 for what can be no field or no value.
        """
        found: dict[str, Any] = self.model_extra or {}
        if len(found) > MOST_CONDITIONS:
            raise Problem.of_field(problems.MALFORMED, FIELD_PREFIX, f"there may be {MOST_CONDITIONS} at most")
        for name, value in found.items():
            if is_client_id(name.removeprefix(FIELD_PREFIX)) is None:
                raise Problem.of_field(problems.MALFORMED, name[:64], "this is no field's id")
            if not isinstance(value, str) or len(value) > _VALUE_CHARACTERS or "\x00" in value:
                message = f"must be one value of {_VALUE_CHARACTERS} characters at most"
                raise Problem.of_field(problems.MALFORMED, name, message)
        return {name.removeprefix(FIELD_PREFIX): value for name, value in found.items()}


class PostsQuery(FilterQuery):
    """One page of posts."""

    as_of: AsOf = None
    pinned_first: Annotated[bool, Field(description="Pinned posts before the others.")] = False
    merged: Annotated[bool, Field(description="Posts that were merged into others, instead of those.")] = False


class RankingQuery(FilterQuery):
    """One page of a ranking."""

    as_of: AsOf = None
    by: By = "top"
    known_at: Annotated[
        Moment | None, Field(description="By when things were *recorded*: what was believed at that moment.")
    ] = None


class MovementQuery(FilterQuery):
    """Two rankings by one formula: at a moment, and now or at a later one."""

    since: Annotated[PastMoment, Field(description="The earlier moment, by when things happened.")]
    as_of: PastAsOf = None
    by: By = "top"


class RankHistoryQuery(FilterQuery):
    """A post's place at each day, week or month of a range."""

    begin: Annotated[Moment, Field(alias="from", description="The first day, or month.")]
    end: Annotated[Moment | None, Field(alias="to", description="No point is after this. Default: now.")] = None
    every: Annotated[Every, Field(description="How far the points are apart.")] = "day"
    by: By = "top"


async def filter_of(directory: Directory, workspace: str, query: FilterQuery, *, merged: bool = False) -> PostFilter:
    """What is asked for; the status must be one that the workspace has or had.

    Raises:
        Problem: 400 for an unknown status or a value that a field can't have.
    """
    if query.status is not None and query.status not in directory.workflow(workspace).known:
        await directory.catch_up()
        workflow = directory.workflow(workspace)
        if query.status not in workflow.known:
            names = ", ".join(workflow.rules.by_id)
            raise Problem.of_field(problems.MALFORMED, "status", f"there is no such status; there are {names}")
    known = directory.fields(workspace, query.board) if query.board is not None else {}
    return PostFilter(
        board=query.board,
        status=query.status,
        kind=query.kind,
        author=query.author,
        tags=tuple(sorted(set(query.tag))),
        fields=tuple(sorted((field, _value(known.get(field), field, text)) for field, text in query.fields().items())),
        archived=query.archived,
        merged=merged,
    )


def _value(field: FieldEntry | None, name: str, text: str) -> str:
    """The value as the tables have it. Without a board nothing says of which type it is: it is taken as it comes."""
    if field is None or field.type != "number":
        return text
    try:
        return field_text(float(text))
    except (ValueError, OverflowError) as error:
        raise Problem.of_field(problems.MALFORMED, f"{FIELD_PREFIX}{name}", "must be a number") from error
