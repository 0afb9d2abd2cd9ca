"""Of which moment the views are asked, and the SQL that binds it."""

from typing import NamedTuple

from events.times import LATEST, Millis

WORKSPACE = "workspace = {workspace:String}"
"""The condition that every query of one workspace has."""

END_OF_TIME: Millis = LATEST
"""What `as_of` is where only `known_at` was asked for: everything recorded by then, whenever it happened."""


def bound_moment(name: str) -> str:
    """SQL of the moment that is bound under a name, in milliseconds: a DateTime64(3, 'UTC')."""
    return f"fromUnixTimestamp64Milli({{{name}:Int64}}, 'UTC')"


AT = bound_moment("at")
"""By when things happened."""
KNOWN_AT = bound_moment("known_at")
"""By when things were recorded."""


class Moment(NamedTuple):
    """By when things happened, and by when they were recorded; now, where both are None."""

    as_of: Millis | None = None
    known_at: Millis | None = None

    @property
    def is_past(self) -> bool:
        """Whether the history is asked, and not what stands now."""
        return (self.as_of, self.known_at) != (None, None)

    @property
    def known(self) -> str:
        """The condition on rows of a history that they were recorded by then."""
        return "" if self.known_at is None else f" AND recorded_at <= {KNOWN_AT}"

    @property
    def parameters(self) -> dict[str, str | int]:
        """What the queries bind."""
        return self.bound()

    def bound(self, name: str = "") -> dict[str, str | int]:
        """The same under names that end so, where one query binds several moments."""
        if not self.is_past:
            return {}
        bound: dict[str, str | int] = {f"at{name}": END_OF_TIME if self.as_of is None else self.as_of}
        if self.known_at is not None:
            bound[f"known_at{name}"] = self.known_at
        return bound
