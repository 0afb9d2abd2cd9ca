"""What is rising: as plain numbers, votes of the last days against those of as many days before."""

from typing import Literal, NamedTuple

from projections.samples import FEWEST

Direction = Literal["rising", "falling", "steady"]

SURE = 2
"""How many standard deviations from an even split a difference must be, to be more than chance."""


class Momentum(NamedTuple):
    """Where demand goes: up-votes of the last days that stand, and those of as many days before that stood then."""

    recent: int
    before: int

    @property
    def direction(self) -> Direction | None:
        """Whether it rises or falls by more than chance; None where too few votes say anything.

        Of n votes that are as likely to fall into either half, the difference of the halves has the standard deviation
        sqrt(n).
        """
        votes, difference = self.recent + self.before, self.recent - self.before
        if votes < FEWEST:
            return None
        if difference**2 <= SURE**2 * votes:
            return "steady"
        return "rising" if difference > 0 else "falling"

    @property
    def why(self) -> str | None:
        """Why there is no direction, where there is none."""
        if self.direction is not None:
            return None
        return f"{self.recent + self.before} votes in both periods; from fewer than {FEWEST} nothing is said"
