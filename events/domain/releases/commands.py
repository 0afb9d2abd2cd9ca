"""What can be asked of a release."""

from uuid import UUID

import typing_extensions
from typing_extensions import override

from events.domain.aggregates import Aggregates, Change, changed, created
from events.domain.commands import Command, rules_of
from events.domain.gates.asking import GateOpen, Passage, clear, let_out
from events.domain.gates.events import GateOverridden
from events.domain.moments import ON_IT, not_before
from events.domain.originators import originator_of
from events.domain.post import Post
from events.domain.refusals import Conflict, Invalid, NotFound
from events.domain.releases.events import ReleasePostMoved, ReleasePostNotMoved
from events.domain.releases.release import Release, draft_release
from events.domain.releases.shipping import ship, shipped_post


class ReleaseCommand(Command[Release], frozen=True, kw_only=True, tag=True):
    """Something asked of a release."""

    release: str
    reason: str = ""

    @property
    @override
    def subject(self) -> UUID:
        return originator_of(self.workspace, Release.KIND, self.release)

    def _known(self, aggregates: Aggregates) -> Release:
        release = aggregates.find(Release, self.release)
        if release is None:
            raise NotFound("release", self.release)
        return release

    def _moment(self, release: Release, at: str) -> str:
        return not_before(release.touched, at, asked=self.at is not None, refusal=ON_IT)


class PutRelease(ReleaseCommand, frozen=True, kw_only=True, tag=True):
    """Have there be a release that says this: draft it or edit it. What is None stays as it is."""

    title: str
    body: str | None = None
    label: str | None = None
    posts: tuple[str, ...] | None = None

    @override
    def change(self, aggregates: Aggregates, at: str) -> Change[Release]:
        release = aggregates.find(Release, self.release)
        if release is None:
            event = draft_release(
                release=self.release, title=self.title, body=self.body or "", label=self.label or "",
                posts=self.posts or (), reason=self.reason, at=at,
            )  # fmt: skip
            self._check_posts(aggregates, ())
            return created(Release.begin(self.subject, event), event)
        events = release.edit(
            title=self.title, body=self.body, label=self.label, posts=self.posts, reason=self.reason,
            at=self._moment(release, at),
        )  # fmt: skip
        self._check_posts(aggregates, release.posts)
        added = [post for post in self.posts or () if post not in release.posts]
        if not events or not added or release.state != "published":
            return changed(release, events)
        passage = Passage(self.workspace, events[0].at, release=self.release)
        return changed(release, events).together_with(*clear(aggregates, added, passage))

    def _check_posts(self, aggregates: Aggregates, known: tuple[str, ...]) -> None:
        """Posts that are new on it must be there."""
        for number, id in enumerate(self.posts or ()):
            if id in known:
                continue
            post = aggregates.find(Post, id)
            if post is None or post.deleted:
                raise Invalid(f"posts.{number}", f"there is no post {id!r}")


class ScheduleRelease(ReleaseCommand, frozen=True, kw_only=True, tag=True):
    """Have a release published at a moment to come; None takes that back."""

    publish_at: str | None

    @override
    def change(self, aggregates: Aggregates, at: str) -> Change[Release]:
        release = self._known(aggregates)
        at = self._moment(release, at)
        return changed(release, release.schedule(publish_at=self.publish_at, reason=self.reason, at=at))


class PublishRelease(ReleaseCommand, frozen=True, kw_only=True, tag=True):
    """Tell a release to everybody.

    With `override` also one whose posts' gates are open; then there must be a reason.
    """

    override: bool = False

    @typing_extensions.override
    def change(self, aggregates: Aggregates, at: str) -> Change[Release]:
        release = self._known(aggregates)
        return publish(self, aggregates, release, self._moment(release, at), override=self.override)


class WithdrawRelease(ReleaseCommand, frozen=True, kw_only=True, tag=True):
    """Tell a release to nobody any more."""

    @override
    def change(self, aggregates: Aggregates, at: str) -> Change[Release]:
        release = self._known(aggregates)
        return changed(release, release.withdraw(reason=self.reason, at=self._moment(release, at)))


class PublishDue(ReleaseCommand, frozen=True, kw_only=True, tag=True):
    """Publish a release whose time has come, if it is still scheduled as it was in this edition.

    One whose posts' gates are open waits, and says so.
    """

    edition: int

    @override
    def change(self, aggregates: Aggregates, at: str) -> Change[Release]:
        release = self._known(aggregates)
        if release.state != "scheduled" or release.edition != self.edition:
            return changed(release, ())
        moment = self._moment(release, at)
        try:
            return publish(self, aggregates, release, moment)
        except GateOpen as refusal:
            return changed(release, release.hold(why=refusal.message, at=moment))


class SettlePost(ReleaseCommand, frozen=True, kw_only=True, tag=True):
    """See about a post of a published release: move it to shipped, or say why not. Once in each edition.

    With `again` about one that could not be moved before, once more; what holds it still is said where it is another
    reason.
    """

    post: str
    edition: int
    again: bool = False

    @override
    def change(self, aggregates: Aggregates, at: str) -> Change[Release]:
        release = self._known(aggregates)
        if release.edition != self.edition or self.post not in (release.not_moved if self.again else release.unsettled):
            return changed(release, ())
        at = self._moment(release, at)
        try:
            post = shipped_post(aggregates, self.post)
            at = max(at, post.touched)
            moved = changed(post, ship(post, rules_of(aggregates), release, at=at))
            if moved.events:
                moved = moved.together_with(
                    *let_out(aggregates, post, Passage(self.workspace, at, release=self.release))
                )
        except (Conflict, Invalid) as refusal:
            if release.settled.get(self.post) == refusal.message:
                return changed(release, ())
            why = ReleasePostNotMoved(release=self.release, post=self.post, why=refusal.message, at=at)
            return changed(release, [why])
        instead = None if post.post == self.post else post.post
        said = ReleasePostMoved(
            release=self.release, post=self.post, status=moved.aggregate.status, moved=instead, at=at
        )  # fmt: skip
        return changed(release, [said]).together_with(moved)


def publish(
    command: ReleaseCommand, aggregates: Aggregates, release: Release, at: str, *, override: bool = False
) -> Change[Release]:
    """Tell a release to everybody, if the gates of all of its posts let them through at once.

    Raises:
        GateOpen: if they do not, and are not overridden.
    """
    if release.state == "published":
        return changed(release, ())
    cleared = clear(
        aggregates, release.posts, Passage(command.workspace, at, override, command.reason, command.release)
    )
    overridden = any(isinstance(each.event, GateOverridden) for one in cleared for each in one.events)
    events = release.publish(reason=command.reason, override=overridden, at=at)
    return changed(release, events).together_with(*cleared)
