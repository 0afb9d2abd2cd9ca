"""What can be asked of a roadmap."""

from uuid import UUID

from msgspec import UNSET, UnsetType
from typing_extensions import override

from events.domain.aggregates import Aggregates, Change, changed, created
from events.domain.commands import Command, rules_of
from events.domain.moments import not_before
from events.domain.originators import originator_of
from events.domain.post import Post
from events.domain.refusals import Conflict, Invalid, NotFound
from events.domain.roadmaps.events import By, Column
from events.domain.roadmaps.placing import Wish, place, remove
from events.domain.roadmaps.roadmap import Roadmap, create_roadmap
from events.domain.roadmaps.targets import Target
from events.domain.teams.team import Team


class RoadmapCommand(Command[Roadmap], frozen=True, kw_only=True, tag=True):
    """Something asked of a roadmap."""

    roadmap: str
    reason: str = ""

    @property
    @override
    def subject(self) -> UUID:
        return originator_of(self.workspace, "roadmap", self.roadmap)

    def _known(self, aggregates: Aggregates) -> Roadmap:
        roadmap = aggregates.find(Roadmap, self.roadmap)
        if roadmap is None:
            raise NotFound("roadmap", self.roadmap)
        return roadmap

    def _moment(self, last: str, at: str) -> str:
        return not_before(last, at, asked=self.at is not None)


class PutRoadmap(RoadmapCommand, frozen=True, kw_only=True, tag=True):
    """Have there be a roadmap of this name, with these columns: create it or change it.

    What is None stays as it is; a new roadmap is by time, internal, and has the usual columns.
    """

    name: str
    by: By | None = None
    columns: tuple[Column, ...] | None = None
    public: bool | None = None

    @override
    def change(self, aggregates: Aggregates, at: str) -> Change[Roadmap]:
        roadmap = aggregates.find(Roadmap, self.roadmap)
        if roadmap is None:
            event = create_roadmap(
                roadmap=self.roadmap, name=self.name, by=self.by or "time", columns=self.columns,
                public=self.public or False, reason=self.reason, at=at,
            )  # fmt: skip
            self._check_statuses(aggregates)
            return created(Roadmap.begin(self.subject, event), event)
        if self.by not in (None, roadmap.by):
            raise Conflict("by", f"this roadmap is by {roadmap.by}, for good: make another one")
        moment = self._moment(roadmap.edited, at)
        events = roadmap.edit(name=self.name, columns=self.columns, public=self.public, reason=self.reason, at=moment)
        if self.columns != roadmap.columns:
            self._check_statuses(aggregates)
        return changed(roadmap, events)

    def _check_statuses(self, aggregates: Aggregates) -> None:
        known = rules_of(aggregates).by_id
        for number, column in enumerate(self.columns or ()):
            for status in column.statuses:
                if status not in known:
                    raise Invalid(
                        f"columns.{number}.statuses",
                        f"there is no status {status!r} here; there are {', '.join(known)}",
                    )


class PlaceItem(RoadmapCommand, frozen=True, kw_only=True, tag=True):
    """Have a post stand on a roadmap: place it, or move, re-date, re-assign or note what is there.

    What is None or unset stays as it is; see `placing.Wish`. With `present`, only if the post is there. A team that an
    item is given to must be there.
    """

    post: str
    present: bool = False
    column: str | None = None
    after: str | None = None
    position: int | None = None
    target: Target | UnsetType | None = UNSET
    owner: str | None = None
    note: str | None = None
    team: str | None = None

    @override
    def change(self, aggregates: Aggregates, at: str) -> Change[Roadmap]:
        roadmap = self._known(aggregates)
        item = roadmap.items.get(self.post)
        if item is None:
            if self.present:
                raise NotFound("item", self.post)
            self._check_post(aggregates)
        if self.team and (item is None or self.team != item.team):
            self._check_team(aggregates, self.team)
        last = roadmap.gone.get(self.post, "") if item is None else item.at
        wish = Wish(
            column=self.column, after=self.after, position=self.position,
            target=self.target, owner=self.owner, note=self.note, team=self.team,
        )  # fmt: skip
        return changed(roadmap, place(roadmap, self.post, wish, reason=self.reason, at=self._moment(last, at)))

    def _check_post(self, aggregates: Aggregates) -> None:
        post = aggregates.find(Post, self.post)
        if post is None or post.deleted:
            raise NotFound("post", self.post)
        if post.merging.into is not None:
            raise Conflict("post", f"it was merged into {post.merging.into!r}: place that one")
        if post.archived:
            raise Conflict("post", "it is archived: take it out of the archive first")

    def _check_team(self, aggregates: Aggregates, id: str) -> None:
        team = aggregates.find(Team, id)
        if team is None or team.removed:
            raise Invalid("team", f"there is no team {id!r}: put it first")


class RemoveItem(RoadmapCommand, frozen=True, kw_only=True, tag=True):
    """Take a post off a roadmap."""

    post: str

    @override
    def change(self, aggregates: Aggregates, at: str) -> Change[Roadmap]:
        roadmap = self._known(aggregates)
        item = roadmap.items.get(self.post)
        last = "" if item is None else item.at
        events = remove(roadmap, self.post, reason=self.reason, at=self._moment(last, at))
        return changed(roadmap, events)
