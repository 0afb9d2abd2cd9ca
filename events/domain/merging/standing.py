"""How a post stands among those that it was merged with."""

import msgspec

from events.domain.merging.events import MergeEvent, PostAbsorbed, PostMerged, PostReleased, PostUnmerged


class Merging(msgspec.Struct, frozen=True, kw_only=True):
    """What a post was merged into, and what was merged into it.

    `absorbed` holds those that name this very post, in order. `at` is when its group last changed, as far as it is
    written on this post: on a root that is every change of its group. It is empty where there never was one.
    """

    into: str | None = None
    absorbed: tuple[str, ...] = ()
    at: str = ""

    def after(self, event: MergeEvent) -> "Merging":
        """How it stands after this event."""
        replace = msgspec.structs.replace
        match event:
            case PostMerged():
                return replace(self, into=event.into, at=event.at)
            case PostUnmerged():
                return replace(self, into=None, at=event.at)
            case PostAbsorbed():
                more = (event.merged,) if event.through is None else ()
                return replace(self, absorbed=(*self.absorbed, *more), at=event.at)
            case PostReleased():
                kept = tuple(post for post in self.absorbed if post != event.released or event.through is not None)
                return replace(self, absorbed=kept, at=event.at)
