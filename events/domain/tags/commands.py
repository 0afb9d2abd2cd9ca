"""What can be asked of a tag, as plain data."""

from uuid import UUID

from typing_extensions import override

from events.domain.aggregates import Aggregates, Change, changed, created
from events.domain.commands import Command
from events.domain.originators import originator_of
from events.domain.refusals import NotFound
from events.domain.tags.tag import Tag, define_tag


class TagCommand(Command[Tag], frozen=True, kw_only=True, tag=True):
    """Something asked of a tag."""

    word: str
    """Its id."""

    @property
    @override
    def subject(self) -> UUID:
        return originator_of(self.workspace, Tag.KIND, self.word)


class DefineTag(TagCommand, frozen=True, kw_only=True, tag=True):
    """Have there be a tag of this name and colour."""

    name: str
    colour: str

    @override
    def change(self, aggregates: Aggregates, at: str) -> Change[Tag]:
        known = aggregates.find(Tag, self.word)
        if known is not None:
            return changed(known, known.define(name=self.name, colour=self.colour, at=at))
        event = define_tag(tag=self.word, name=self.name, colour=self.colour, at=at)
        return created(Tag.begin(self.subject, event), event)


class RemoveTag(TagCommand, frozen=True, kw_only=True, tag=True):
    """Have there be no such tag. Take it off the posts with `tags.removal.remove_tag`."""

    reason: str = ""

    @override
    def change(self, aggregates: Aggregates, at: str) -> Change[Tag]:
        known = aggregates.find(Tag, self.word)
        if known is None:
            raise NotFound("tag", self.word)
        return changed(known, known.remove(reason=self.reason, at=at))
