"""The fold of the ledger into releases: as they are now, and after each change."""

from typing import ClassVar, cast

from events.domain.releases.events import ReleaseEvent
from events.times import parse_time
from projections.decisions import Decision, DecisionsFold, Kept
from projections.releases.state import ReleaseState, evolve_release, line
from projections.releases.tables import RELEASE_HISTORY, RELEASES


class ReleasesFold(DecisionsFold):
    """One partition of the ledger. State keys begin with a (admission) or r (releases)."""

    SUBJECTS: ClassVar = frozenset({"release"})

    def __init__(self) -> None:
        self._releases = Kept("r", ReleaseState)
        super().__init__(self._releases)

    def fold(self, decision: Decision) -> None:
        """See `DecisionsFold`."""
        event = cast("ReleaseEvent", decision.event)
        key = (decision.workspace, event.release)
        before = self._releases.get(*key)
        release = evolve_release(before, event)
        self._releases.put(release, *key)
        row = (
            *key, release.title, release.body, release.label, release.posts, release.state, release.publish_at,
            release.published_at, release.moved, release.not_moved, release.held, release.override, release.created,
            parse_time(event.at), decision.recorded, decision.revision, decision.actor, decision.offset,
        )  # fmt: skip
        self.rows.state(RELEASES.name, key, row)
        change = event.TYPE.removeprefix("groundswell.release.").rpartition(".")[0]
        reason: str = getattr(event, "reason", "")
        self.rows.state(
            RELEASE_HISTORY.name, (*key, decision.revision), (*row, change, line(before, event), reason)
        )  # fmt: skip
