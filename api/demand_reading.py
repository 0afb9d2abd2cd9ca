"""Reading demand: whose it is, and rows of the views as answers."""

from collections.abc import Sequence
from typing import Annotated, Any, Self

import msgspec
from pydantic import BaseModel, Field, model_validator

from api import problems
from api.answers import demand as answers
from api.known import known_segment
from api.parameters import ID, PastAsOf
from api.problems import Problem
from api.services import Services
from api.times import now
from api.view import Rows
from events.domain.bounds import NAME_CHARACTERS
from events.times import Millis, format_time
from projections.comments.groups import group_of, merges_query
from projections.customers.demand import DIMENSIONS
from projections.customers.post_queries import Part, PostDemand
from projections.customers.queries import AskedFor, Size
from projections.customers.request import Asked, Group, Window
from projections.customers.rising import Momentum
from projections.customers.said import Said, said_query

MOST_DAYS = 3660
_LINE = r"^[^\x00-\x1f\x7f]+$"
MOST_COMMENTS = 100


class GroupQuery(BaseModel):
    """Whose demand: of a segment, a plan or a company, else of everybody; and how much of it is told."""

    segment: Annotated[str | None, Field(pattern=ID, description="Only its members.")] = None
    plan: Annotated[
        str | None,
        Field(
            pattern=_LINE, max_length=NAME_CHARACTERS,
            description="Only who has this plan: that of the company, or a person's own where none is known of it.",
        ),
    ] = None  # fmt: skip
    company: Annotated[str | None, Field(pattern=ID, description="Only its people.", examples=["globex"])] = None
    days: Annotated[int, Field(ge=1, le=MOST_DAYS, description="Days that are held against as many before.")] = 30
    comments: Annotated[
        int, Field(ge=0, le=MOST_COMMENTS, description="How many of their comments, the newest first.")
    ] = 10
    as_of: PastAsOf = None

    @model_validator(mode="after")
    def _one_group(self) -> Self:
        named = [name for name in DIMENSIONS if getattr(self, name) is not None]
        if len(named) > 1:
            raise Problem.of_field(problems.MALFORMED, named[1], f"{named[0]} is asked for already: name one of them")
        return self

    def group(self) -> Group | None:
        """The customers that are asked about; None for everybody."""
        for dimension in DIMENSIONS:
            asker: str | None = getattr(self, dimension)
            if asker is not None:
                return Group(dimension, asker)
        return None

    def window(self) -> Window:
        """The days up to the moment that is asked for."""
        return Window(now() if self.as_of is None else self.as_of, self.days)


async def asked_of(services: Services, workspace: str, query: GroupQuery) -> Asked:
    """Whose demand is asked for.

    Raises:
        Problem: 404 for a segment that is none.
    """
    group = query.group()
    if group is not None and group.dimension == "segment":
        await known_segment(services, workspace, group.asker, also_removed=query.as_of is not None)
    return Asked(workspace, group, query.as_of)


async def comments_on(
    services: Services, asked: Asked, posts: Sequence[str], limit: int, *, of_voters: bool = False
) -> list[answers.SaidAnswer]:
    """What they said last on these posts, and on those that were merged with them."""
    if limit == 0 or not posts:
        return []
    moment: Millis = now() if asked.as_of is None else asked.as_of
    rows = await services.view.rows(merges_query(services.view.database, asked.workspace, moment))
    merges = msgspec.convert(rows, list[tuple[str, str]])
    together = sorted({each for post in posts for each in group_of(post, merges)})
    query = said_query(asked, together, services.view.database, limit=limit, of_voters=of_voters)
    said = [msgspec.convert(row, Said) for row in await services.view.rows(query)]
    return [answers.SaidAnswer(**each._asdict() | {"created_at": format_time(each.created_at)}) for each in said]


def behind(row: AskedFor | Part | PostDemand) -> dict[str, Any]:
    """The fields of `Behind`."""
    names = ("up", "down", "importance", "companies", "spend_then", "spend_now")
    return {name: getattr(row, name) for name in names}


def group_answer(asked: Asked, size: Size) -> answers.GroupAnswer:
    """Whose demand it is, and how many these are."""
    dimension, asker = asked.group or (None, None)
    return answers.GroupAnswer(dimension=dimension, id=asker, **size._asdict())


def momentum_answer(row: AskedFor | PostDemand) -> answers.MomentumAnswer:
    """Where demand goes."""
    momentum = Momentum(row.recent, row.before)
    return answers.MomentumAnswer(recent=row.recent, before=row.before, direction=momentum.direction, why=momentum.why)


def window_answer(window: Window) -> answers.WindowAnswer:
    """The days that were counted."""
    return answers.WindowAnswer(until=format_time(window.until), days=window.days)


def split_answer(rows: Rows, shown: int, *, overlapping: bool = False) -> answers.SplitAnswer:
    """A post's parts (rows of `Part`). Of parts that overlap the rest is not added up."""
    parts = [msgspec.convert(row, Part) for row in rows]
    rest = next((part for part in parts if part.place > shown), None)
    without = next((part for part in parts if part.place == 0), None)
    return answers.SplitAnswer(
        items=[answers.PartAnswer(id=part.asker, **behind(part)) for part in parts if 0 < part.place <= shown],
        rest=None if rest is None else _rest(rest, overlapping=overlapping),
        without=None if without is None else answers.Behind(**behind(without)),
    )


def _rest(part: Part, *, overlapping: bool) -> answers.RestAnswer:
    together = None if overlapping else answers.Behind(**behind(part))
    return answers.RestAnswer(askers=part.askers, together=together)
