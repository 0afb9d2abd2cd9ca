"""Of which history something is asked: all of it, or what had happened by a moment and was recorded by another."""

from typing import NamedTuple

from projections.clickhouse.query import Parameter
from projections.moments import AT, KNOWN_AT, Moment


class Asked(NamedTuple):
    """`where` is a condition on `workspace` and `post`; moments are SQL expressions of type DateTime64(3, 'UTC').

    What is known at a moment is asked as of one, too.
    """

    where: str = "1"
    at: str | None = None
    known_at: str | None = None

    def until(self, happened: str) -> str:
        """The condition on the rows of a history that tells in the column `happened` when something was so."""
        condition = self.where
        if self.at is not None:
            condition += f" AND {happened} <= {self.at}"
        if self.known_at is not None:
            condition += f" AND recorded_at <= {self.known_at}"
        return condition


def asked_of(where: str, moment: Moment, parameters: dict[str, Parameter]) -> Asked:
    """The history of a moment, which is bound in the parameters."""
    parameters |= moment.parameters
    return Asked(where, AT if moment.is_past else None, None if moment.known_at is None else KNOWN_AT)
