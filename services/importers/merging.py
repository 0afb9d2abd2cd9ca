"""A dump's duplicates as merges: each at its date, once, and the ones that can't be are left."""

from collections.abc import Sequence
from typing import NamedTuple

import msgspec

from events.domain.execution import InWorkspace
from events.domain.merging.commands import MergePost
from events.domain.merging.roots import root_of
from events.domain.post import Post
from events.domain.refusals import Conflict, Invalid, NotFound
from services.importers.dump import Duplicate
from services.importers.progress import Progress
from services.importers.target import Target


class _Due(NamedTuple):
    at: str
    post: int
    into: int


class MergeCounts(msgspec.Struct, frozen=True, kw_only=True):
    """How many duplicates are merged, now or by an earlier import, and how many links can't be.

    Those would make a circle, or name a post that is not there, or one that is merged into another one already.
    """

    merged: int
    not_merged: int


def merge_duplicates(
    target: Target, links: Sequence[Duplicate], *, site: str, prefix: str, progress: Progress
) -> MergeCounts:
    """Merge each post into the one that it repeats, in the order of their dates.

    What an import merged once it does not merge again, whatever became of it since.

    Raises:
        OutcomeUnknown, LedgerUnavailable, LedgerStopped: from the ledger; repeat the import.
    """
    progress.begin("merging duplicates", len(links))
    due = sorted(_Due(_both_there(target, prefix, link), link.post, link.duplicate_of) for link in links)
    merged = 0
    for each in due:
        post, into = f"{prefix}{each.post}", f"{prefix}{each.into}"
        merged += _merge(target, f"stackexchange:{site}:duplicate:{each.post}:{each.into}", post, into, each.at)
        progress.advance(1)
    return MergeCounts(merged=merged, not_merged=len(links) - merged)


def _merge(target: Target, commit_id: str, post: str, into: str, at: str) -> bool:
    if target.feedback.ledger.index.find_commit(target.workspace, commit_id) is not None:
        return True
    command = MergePost(
        workspace=target.workspace, post=post, into=into, reason="duplicate", at=_moment(target, post, into, at)
    )
    try:
        target.feedback.execute(command, actor="import", commit_id=commit_id)
    except (Conflict, NotFound, Invalid):
        return False
    return True


def _both_there(target: Target, prefix: str, link: Duplicate) -> str:
    """The link's date, or the first moment at which both posts are there."""
    posts = (target.post(f"{prefix}{number}") for number in (link.post, link.duplicate_of))
    return max(link.at, *(post.at for post in posts if post is not None), "")


def _moment(target: Target, post: str, into: str, at: str) -> str:
    """That date, or where its posts were merged or unmerged later, that moment."""
    known = [found for each in (post, into) if (found := target.post(each)) is not None]
    roots: list[Post] = [root_of(InWorkspace(target.feedback, target.workspace), each) for each in known]
    return max(at, *(each.merging.at for each in (*known, *roots)), "")
