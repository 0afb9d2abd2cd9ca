"""What is asked about demand: whose, in which order, as of when, and against which days."""

from typing import Literal, NamedTuple

from events.times import DAY, Millis
from projections.customers.demand import Dimension, askers
from projections.posts.filters import PostFilter

By = Literal["votes", "importance", "spend_now", "spend_then", "rising"]
"""What comes first: most up-votes, importance, spend in one currency, or what gained most against the days before."""

WHERE = "workspace = {workspace:String}"

Parameters = dict[str, str | int]


class Group(NamedTuple):
    """The customers of a segment, a plan or a company."""

    dimension: Dimension
    asker: str


class Window(NamedTuple):
    """The last `days` days before `until`, and as many before those: each without its beginning, with its end."""

    until: Millis
    days: int

    @property
    def middle(self) -> Millis:
        """Where the days before end, and the last days begin."""
        return self.until - self.days * DAY

    @property
    def begin(self) -> Millis:
        """Where the days before begin."""
        return self.until - 2 * self.days * DAY

    @property
    def parameters(self) -> Parameters:
        """As `queries.momentum_of` binds it."""
        return {"begin": self.begin, "middle": self.middle, "until": self.until}


class Asked(NamedTuple):
    """Whose demand in which workspace, now or as of a moment: of everybody where there is no group."""

    workspace: str
    group: Group | None = None
    as_of: Millis | None = None

    @property
    def at(self) -> str | None:
        """The moment as SQL, None for now."""
        return None if self.as_of is None else moment("at")

    @property
    def persons(self) -> str | None:
        """The group's persons as SQL, None for everybody."""
        if self.group is None:
            return None
        return askers(self.group.dimension, "{asker:String}", where=WHERE, at=self.at)

    @property
    def condition(self) -> str:
        """That a vote is one of the group's."""
        return "1" if self.persons is None else f"person IN ({self.persons})"

    @property
    def parameters(self) -> Parameters:
        """What these bind."""
        bound: Parameters = {"workspace": self.workspace}
        if self.as_of is not None:
            bound["at"] = self.as_of
        if self.group is not None:
            bound["asker"] = self.group.asker
        return bound


class DemandRequest(PostFilter, frozen=True, kw_only=True):
    """A page of what is asked for. `currency` is that of the spend that it is ordered by; `after` is a page's end."""

    asked: Asked
    window: Window
    by: By
    limit: int
    currency: str = ""
    after: tuple[int, Millis, str] | None = None


def moment(name: str) -> str:
    """A bound moment in milliseconds, as SQL."""
    return f"fromUnixTimestamp64Milli({{{name}:Int64}}, 'UTC')"
