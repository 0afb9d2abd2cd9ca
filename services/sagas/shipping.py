"""Shipping: what follows from a release that is published. Each of its posts moves to shipped, or it is said why not.

What became of a post is one commit of the release and the post together, so it is decided once in each edition, whoever
tries and however often: the release itself says what is settled, and the log admits one of two that say it at once.

A post that could not be moved is tried again once something was decided that may have held it: on the post itself or
one that it was merged with, on the workflow, or on a gate.
"""

from collections.abc import Sequence
from typing import ClassVar, NamedTuple

from events.domain.application import Feedback
from events.domain.event import DomainEvent
from events.domain.gates.events import CheckPassed, GateSet
from events.domain.merging.events import PostMerged, PostUnmerged
from events.domain.merging.groups import Groups
from events.domain.originators import originator_of
from events.domain.posts.events import PostRestored, PostStatusChanged
from events.domain.releases.commands import SettlePost
from events.domain.releases.events import (
    ReleaseEdited,
    ReleasePostMoved,
    ReleasePostNotMoved,
    ReleasePublished,
    ReleaseWithdrawn,
)
from events.domain.releases.release import Release
from events.domain.vocabulary import PostClosed, PostMoved, PostReopened
from events.domain.workflow.events import WorkflowSet
from events.ids import derived_id
from services.sagas.following import Decided

_OF_A_POST = (
    PostStatusChanged, PostReopened, PostClosed, PostMoved, PostRestored, PostMerged, PostUnmerged, CheckPassed,
)  # fmt: skip
"""What may let a post be moved when it is decided on that one, or on another of its merge group."""
_OF_ALL = (WorkflowSet, GateSet)
"""What may let any post of the workspace be moved."""


class Due(NamedTuple):
    """A release whose posts are to be seen about; `again` those that could not be moved before."""

    workspace: str
    release: str
    again: bool = False


class Held:
    """Which releases have posts that could not be moved, by workspace and post, as the ledger tells it."""

    def __init__(self) -> None:
        self._releases: dict[str, dict[str, set[str]]] = {}
        self._groups = Groups()

    def take(self, workspace: str, event: DomainEvent) -> None:
        """Go on with an event."""
        held = self._releases.setdefault(workspace, {})
        match event:
            case PostMerged() | PostUnmerged():
                self._groups.take(workspace, event)
            case ReleasePostNotMoved():
                held.setdefault(event.post, set()).add(event.release)
            case ReleasePostMoved():
                self._let_go(held, event.release, [event.post])
            case ReleasePublished() | ReleaseWithdrawn():
                self._let_go(held, event.release, list(held))

    def touched_by(self, workspace: str, event: DomainEvent) -> Sequence[str]:
        """The releases with a post that may be moved after this event."""
        held = self._releases.get(workspace, {})
        if not held or not isinstance(event, (*_OF_A_POST, *_OF_ALL)):
            return []
        posts = list(held) if isinstance(event, _OF_ALL) else self._groups.group(workspace, event.post)
        return sorted(set().union(*(held.get(post, ()) for post in posts)))

    @staticmethod
    def _let_go(held: dict[str, set[str]], release: str, posts: Sequence[str]) -> None:
        for post in posts:
            releases = held.get(post, set())
            releases.discard(release)
            if not releases:
                held.pop(post, None)


class ShippingSaga:
    """Moves the posts of published releases."""

    name: ClassVar[str] = "shipping"

    def __init__(self, feedback: Feedback) -> None:
        self._feedback = feedback
        self._held = Held()

    def decide(self, decided: Decided) -> Sequence[Due]:
        """See `Saga`: a release is published, or may have more posts, or some that can be moved now."""
        due = [
            Due(decided.workspace, event.release)
            for event in decided.events
            if isinstance(event, ReleasePublished) or (isinstance(event, ReleaseEdited) and event.posts is not None)
        ]
        for event in decided.events:
            self._held.take(decided.workspace, event)
        again = [each for event in decided.events for each in self._held.touched_by(decided.workspace, event)]
        return [*due, *(Due(decided.workspace, release, again=True) for release in dict.fromkeys(again))]

    async def act(self, work: Sequence[Due]) -> None:
        """See `Saga`. What a release says when its turn comes counts: it may have been withdrawn meanwhile."""
        for due in dict.fromkeys(work):
            release = self._feedback.load(originator_of(due.workspace, Release.KIND, due.release))
            assert isinstance(release, Release), "it was heard of"
            for post in release.not_moved if due.again else release.unsettled:
                await self._settle(due, post, release)

    async def _settle(self, due: Due, post: str, release: Release) -> None:
        # What was tried in vain is not tried again under the id of what came of it.
        tried = ("again", str(release.version)) if due.again else ()
        await self._feedback.execute_async(
            SettlePost(
                workspace=due.workspace, release=due.release, post=post, edition=release.edition, again=due.again
            ),
            actor=f"release:{due.release}",
            commit_id=derived_id("ship", due.workspace, due.release, str(release.edition), post, *tried),
        )
