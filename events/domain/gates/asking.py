"""Asking a gate: what is missing before a post may be shipped, and what it takes to let it through."""

from collections.abc import Iterable
from typing import NamedTuple

from events.domain.aggregates import Aggregates, Change, changed, created
from events.domain.bounds import REASON_CHARACTERS, check_text
from events.domain.gates.checks import PostChecks
from events.domain.gates.events import ChecksBegun, ChecksEvent, GateOverridden, GatePassed
from events.domain.gates.gate import Gate
from events.domain.merging.roots import root_of
from events.domain.originators import originator_of
from events.domain.post import Post
from events.domain.refusals import Conflict, Invalid

MOST_NAMED = 10
"""So many posts are named where the gates of several are open."""


class GateOpen(Conflict):
    """A post can't be shipped: checks are missing. The message names them."""


class Asked(NamedTuple):
    """What a gate asks of a post (of a merged one's root), and which checks are missing."""

    post: Post
    checks: tuple[str, ...]
    missing: tuple[str, ...]
    standing: PostChecks | None

    @property
    def lacking(self) -> str:
        """What is missing, in words."""
        return f"{self.post.post} lacks {', '.join(self.missing)}"


class Passage(NamedTuple):
    """How a post is to come through its gate: `override` opens one that is open, for this `reason`.

    `release` is the release that is published with it, if one is.
    """

    workspace: str
    at: str
    override: bool = False
    reason: str = ""
    release: str = ""


def ask(aggregates: Aggregates, post: Post, at: str) -> Asked | None:
    """What the gate of a post's board asks of it when it is shipped at this moment; None if there is none."""
    root = root_of(aggregates, post)
    gate = aggregates.find(Gate, root.board)
    checks = () if gate is None else tuple(check.check for check in gate.asked(at))
    if not checks:
        return None
    standing = aggregates.find(PostChecks, root.post)
    missing = tuple(check for check in checks if standing is None or not standing.passes(check))
    return Asked(root, checks, missing, standing)


def gated(aggregates: Aggregates, before: Post, change: Change[Post], passage: Passage) -> Change[Post]:
    """A change of a post, together with its way through the gate where that ships it.

    Raises:
        GateOpen: if checks are missing, and the gate is not overridden.
        Invalid: if it is, and nobody says why.
    """
    if before.kind == "shipped" or change.aggregate.kind != "shipped":
        return change
    asked = ask(aggregates, before, passage.at)
    return change if asked is None else change.together_with(*let_through([asked], passage, field="status"))


def clear(aggregates: Aggregates, posts: Iterable[str], passage: Passage) -> list[Change[PostChecks]]:
    """What it takes to publish a release with these posts. Those that are shipped or deleted are asked nothing.

    Raises:
        GateOpen, Invalid: as `gated`.
    """
    asked: dict[str, Asked] = {}
    for id in posts:
        post = aggregates.find(Post, id)
        if post is None or post.deleted:
            continue
        root = root_of(aggregates, post)
        if root.kind != "shipped" and (found := ask(aggregates, root, passage.at)) is not None:
            asked[root.post] = found
    return let_through(list(asked.values()), passage, field="posts")


def let_out(aggregates: Aggregates, post: Post, passage: Passage) -> list[Change[PostChecks]]:
    """What it takes to ship a post with its release: nothing more, where that was published with it.

    Raises:
        GateOpen: if it was not, and checks are missing.
    """
    asked = ask(aggregates, post, passage.at)
    if asked is None or (asked.standing is not None and asked.standing.cleared == passage.release):
        return []
    return let_through([asked], passage, field="post")


def let_through(asked: list[Asked], passage: Passage, *, field: str) -> list[Change[PostChecks]]:
    """Let posts through their gates, one commit for all of them.

    Raises:
        GateOpen, Invalid: as `gated`.
    """
    lacking = [each for each in asked if each.missing]
    if lacking and not passage.override:
        named = "; ".join(each.lacking for each in lacking[:MOST_NAMED])
        more = f"; and {len(lacking) - MOST_NAMED} posts more" if len(lacking) > MOST_NAMED else ""
        raise GateOpen(field, f"the gate is open: {named}{more}. Pass these checks, or override with a reason")
    if lacking:
        _check_reason(passage.reason)
    return [_let_through(each, passage) for each in asked]


def noted(
    workspace: str, post: str, standing: PostChecks | None, events: Iterable[ChecksEvent], at: str
) -> Change[PostChecks]:
    """What is decided on a post's checks, which begin with it where nothing stood yet."""
    if standing is not None:
        return changed(standing, list(events))
    first = ChecksBegun(post=post, at=at)
    return created(PostChecks.begin(originator_of(workspace, PostChecks.KIND, post), first), first, *events)


def _let_through(asked: Asked, passage: Passage) -> Change[PostChecks]:
    post, board = asked.post.post, asked.post.board
    event: ChecksEvent = GatePassed(post=post, board=board, checks=asked.checks, release=passage.release, at=passage.at)
    if asked.missing:
        event = GateOverridden(
            post=post, board=board, checks=asked.checks, missing=asked.missing, release=passage.release,
            reason=passage.reason, at=passage.at,
        )  # fmt: skip
    return noted(passage.workspace, post, asked.standing, [event], passage.at)


def _check_reason(reason: str) -> None:
    check_text("reason", reason, most=REASON_CHARACTERS)
    if not reason.strip():
        raise Invalid("reason", "say why the gate is overridden")
