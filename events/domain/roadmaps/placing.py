"""What it takes to have a post stand on a roadmap as somebody asks: one decision for each thing that changes."""

from collections.abc import Sequence

import msgspec
from msgspec import UNSET, UnsetType

from events.domain.bounds import NAME_CHARACTERS, REASON_CHARACTERS, check_id, check_line, check_text
from events.domain.refusals import Conflict, Invalid, NotFound
from events.domain.roadmaps.columns import period_of
from events.domain.roadmaps.events import (
    ItemAssigned,
    ItemDated,
    ItemMoved,
    ItemNoted,
    ItemPlaced,
    ItemRemoved,
    RanksRenewed,
    RoadmapEvent,
)
from events.domain.roadmaps.ranks import LONGEST, even_ranks, rank_between
from events.domain.roadmaps.roadmap import MOST_ITEMS, Item, Roadmap
from events.domain.roadmaps.targets import Target

NOTE_CHARACTERS = 1000


class Wish(msgspec.Struct, frozen=True, kw_only=True):
    """How an item is to stand; what is None or unset stays as it is.

    `after` is the item that it comes right after, `position` its place from 1 on; without either it stays where it is
    in its column, and comes last in another one. A `target` of None is no date any more, an empty `owner`, `note` or
    `team` none.
    """

    column: str | None = None
    after: str | None = None
    position: int | None = None
    target: Target | UnsetType | None = UNSET
    owner: str | None = None
    note: str | None = None
    team: str | None = None


def place(roadmap: Roadmap, post: str, wish: Wish, *, reason: str, at: str) -> Sequence[RoadmapEvent]:
    """Have a post stand so on a roadmap, whether it is there already or not. Nothing to change is no event.

    A column that is a period gives its period to what is put there, unless that has a date within it.

    Raises:
        Invalid: if the column, the place or the date can't be.
        Conflict: if the roadmap is full, or the item to come after is not there.
    """
    _check(post, wish, reason)
    item = roadmap.items.get(post)
    column = _column(roadmap, item, wish)
    target = _target(roadmap, item, column, wish)
    if item is None:
        if len(roadmap.items) >= MOST_ITEMS:
            raise Conflict("post", f"a roadmap holds {MOST_ITEMS} items at most: remove one first")
        rank = _rank(roadmap, post, column, wish)
        placed = ItemPlaced(
            roadmap=roadmap.roadmap, post=post, column=column, rank=rank, target=target,
            owner=wish.owner or "", note=wish.note or "", team=wish.team or "", reason=reason, at=at,
        )  # fmt: skip
        return [placed, *_renewed(roadmap, post, column, rank, at)]
    events: list[RoadmapEvent] = []
    what = {"roadmap": roadmap.roadmap, "post": post, "reason": reason, "at": at}
    rank = item.rank if not _is_moved(item, column, wish) else _rank(roadmap, post, column, wish)
    if (column, rank) != (item.column, item.rank):
        events.append(ItemMoved(**what, column=column, rank=rank))
    if target != item.target and not (target is not None and target.same_as(item.target)):
        events.append(ItemDated(**what, target=target))
    owner = item.owner if wish.owner is None else wish.owner
    team = None if wish.team in (None, item.team) else wish.team
    if owner != item.owner or team is not None:
        events.append(ItemAssigned(**what, owner=owner, team=team))
    if wish.note is not None and wish.note != item.note:
        events.append(ItemNoted(**what, note=wish.note))
    return [*events, *_renewed(roadmap, post, column, rank, at)]


def remove(roadmap: Roadmap, post: str, *, reason: str, at: str) -> Sequence[RoadmapEvent]:
    """Take a post off a roadmap.

    Raises:
        NotFound: if it is not on it.
    """
    check_text("reason", reason, most=REASON_CHARACTERS)
    if post not in roadmap.items:
        raise NotFound("item", post)
    return (ItemRemoved(roadmap=roadmap.roadmap, post=post, reason=reason, at=at),)


def _check(post: str, wish: Wish, reason: str) -> None:
    check_text("reason", reason, most=REASON_CHARACTERS)
    check_text("note", wish.note or "", most=NOTE_CHARACTERS)
    check_line("owner", wish.owner or "", most=NAME_CHARACTERS)
    if "@" in (wish.owner or ""):
        raise Invalid("owner", "must be a person's id or a label, not an e-mail address")
    if wish.position is not None and wish.position < 1:
        raise Invalid("position", "counts from 1")
    if wish.after is not None:
        check_id("after_item", wish.after)
        if wish.position is not None:
            raise Invalid("position", "give either this or after_item")
        if wish.after == post:
            raise Invalid("after_item", "an item can't come after itself")


def _column(roadmap: Roadmap, item: Item | None, wish: Wish) -> str:
    if roadmap.by == "status":
        if wish.column is not None:
            raise Invalid("column", "the columns of this roadmap follow the posts' statuses: change the post's status")
        return ""
    column = wish.column if wish.column is not None else None if item is None else item.column
    if column is None:
        raise Invalid("column", f"name one of {', '.join(roadmap.columns_by_id)}")
    if column not in roadmap.columns_by_id:
        raise Invalid("column", f"there is no column {column!r} here; there are {', '.join(roadmap.columns_by_id)}")
    return column


def _target(roadmap: Roadmap, item: Item | None, column: str, wish: Wish) -> Target | None:
    known = None if item is None else item.target
    target = known if isinstance(wish.target, UnsetType) else wish.target
    if roadmap.by == "status" or (period := period_of(roadmap.columns_by_id[column])) is None:
        return target
    fits = target is not None and period.holds(target)
    if isinstance(wish.target, UnsetType):
        stays = item is not None and item.column == column
        return target if fits or stays else period
    if target is not None and not fits:
        raise Invalid("target", f"lies outside of {period.text}, which column {column!r} stands for: name its column")
    return target


def _is_moved(item: Item, column: str, wish: Wish) -> bool:
    return column != item.column or wish.after is not None or wish.position is not None


def _rank(roadmap: Roadmap, post: str, column: str, wish: Wish) -> str:
    """The rank that puts an item where it is asked for; the one that it has, where that does."""
    others = roadmap.ordered(column, without=post)
    place = len(others)
    if wish.after is not None:
        if wish.after not in others:
            where = f"in column {column!r}" if column else "placed on this roadmap"
            raise Conflict("after_item", f"{wish.after!r} is not {where} (any more)")
        place = others.index(wish.after) + 1
    elif wish.position is not None:
        place = min(wish.position - 1, len(others))
    low = roadmap.items[others[place - 1]].rank if place > 0 else None
    high = roadmap.items[others[place]].rank if place < len(others) else None
    item = roadmap.items.get(post)
    if item is not None and item.column == column and _lies_between(low, item.rank, high):
        return item.rank
    return rank_between(low, high)


def _lies_between(low: str | None, rank: str, high: str | None) -> bool:
    return (low is None or low < rank) and (high is None or rank < high)


def _renewed(roadmap: Roadmap, post: str, column: str, rank: str, at: str) -> Sequence[RanksRenewed]:
    """New ranks for a whole column, where moving to one place again and again made one long."""
    if len(rank) <= LONGEST:
        return ()
    others = [(roadmap.items[other].rank, other) for other in roadmap.ordered(column, without=post)]
    order = [other for _, other in sorted([*others, (rank, post)])]
    latest = max([at, *(roadmap.items[other].at for other in order if other != post)])
    ranks = dict(zip(order, even_ranks(len(order)), strict=True))
    return (RanksRenewed(roadmap=roadmap.roadmap, column=column, ranks=ranks, at=latest),)
