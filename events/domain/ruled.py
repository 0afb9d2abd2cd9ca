"""Which commits the ballots are told of: where votes are counted otherwise because of them.

A saga tells them (`services.sagas.rulings`), so whoever wants to see the votes as of such a commit waits for it. Here
are at least the commits that lead to rulings, and hardly any others.
"""

from bisect import bisect_left

from events.domain.budgets.events import BoardBudgeted
from events.domain.event import DomainEvent
from events.domain.merging.events import PostMerged, PostUnmerged
from events.domain.vocabulary import PostMoved, PostSubmitted


class Ruled:
    """The offsets of those commits, as far as the ledger was followed."""

    def __init__(self) -> None:
        self._offsets: list[int] = []
        self._budgeted: set[str] = set()

    def take(self, workspace: str, offset: int, event: DomainEvent) -> None:
        """Go on with an event of the commit that stands at this offset."""
        match event:
            case BoardBudgeted():
                self._budgeted.add(workspace)
            case PostMerged() | PostUnmerged():
                pass
            case PostSubmitted() | PostMoved() if workspace in self._budgeted:
                pass
            case _:
                return
        if not self._offsets or self._offsets[-1] != offset:
            self._offsets.append(offset)

    def last_before(self, offset: int) -> int | None:
        """The last of them that stands before an offset."""
        found = bisect_left(self._offsets, offset)
        return self._offsets[found - 1] if found else None
