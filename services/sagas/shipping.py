"""Shipping: what follows from a release that is published. Each of its posts moves to shipped, or it is said why not.

What became of a post is one commit of the release and the post together, so it is decided once in each edition, whoever
tries and however often: the release itself says what is settled, and the log admits one of two that say it at once.
"""

from collections.abc import Sequence
from typing import ClassVar, NamedTuple

from events.domain.application import Feedback
from events.domain.originators import originator_of
from events.domain.releases.commands import SettlePost
from events.domain.releases.events import ReleaseEdited, ReleasePublished
from events.domain.releases.release import Release
from events.ids import derived_id
from services.sagas.following import Decided


class Due(NamedTuple):
    """A release whose posts are to be seen about."""

    workspace: str
    release: str


class ShippingSaga:
    """Moves the posts of published releases."""

    name: ClassVar[str] = "shipping"

    def __init__(self, feedback: Feedback) -> None:
        self._feedback = feedback

    def decide(self, decided: Decided) -> Sequence[Due]:
        """See `Saga`: a release is published, or, where it is already, may have more posts."""
        return [
            Due(decided.workspace, event.release)
            for event in decided.events
            if isinstance(event, ReleasePublished) or (isinstance(event, ReleaseEdited) and event.posts is not None)
        ]

    async def act(self, work: Sequence[Due]) -> None:
        """See `Saga`. What a release says when its turn comes counts: it may have been withdrawn meanwhile."""
        for due in dict.fromkeys(work):
            release = self._feedback.load(originator_of(due.workspace, Release.KIND, due.release))
            assert isinstance(release, Release), "it was heard of"
            for post in release.unsettled:
                await self._settle(due, post, release.edition)

    async def _settle(self, due: Due, post: str, edition: int) -> None:
        await self._feedback.execute_async(
            SettlePost(workspace=due.workspace, release=due.release, post=post, edition=edition),
            actor=f"release:{due.release}",
            commit_id=derived_id("ship", due.workspace, due.release, str(edition), post),
        )
