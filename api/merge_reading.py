"""What is shown of a merged post, and of the one that it went into."""

from collections.abc import Iterable, Sequence

import msgspec

from api.answers.posts import MergedInto, MergeOfPost
from api.services import Services
from events.domain.directory import KeyEntry
from events.times import Millis, format_time
from projections.comments.groups import merges_query
from projections.posts import merges
from projections.posts.merges import MergedPost


async def merges_of(
    services: Services, key: KeyEntry, post: str, as_of: Millis | None
) -> tuple[MergeOfPost | None, list[MergedInto]]:
    """What a post was merged into, if it was, and what was merged into it, directly or not; now or at a moment.

    Asks the view only where there is, or may have been, something of the kind.
    """
    directory, workspace = services.directory, key.workspace
    if not directory.ever_merged(workspace):
        return None, []
    if as_of is None:
        root, below = directory.root(workspace, post), list(directory.below(workspace, post))
    else:
        rows = await services.view.rows(merges_query(services.view.database, workspace, as_of))
        pairs = [(str(merged), str(into)) for merged, into in rows]
        root, below = merges.root_of(post, pairs), merges.below(post, pairs)
    if root == post and not below:
        return None, []
    query = merges.merged_query(services.view.database, workspace, [post, *below], as_of=as_of)
    found = [msgspec.convert(row, MergedPost) for row in await services.view.rows(query)]
    own = next((row for row in found if row.post == post), None)
    return None if own is None else _merge(key, own, root), _merged(key, (row for row in found if row.post != post))


def _merge(key: KeyEntry, row: MergedPost, root: str) -> MergeOfPost:
    by, reason = _why(key, row)
    return MergeOfPost(into=row.into, root=root, at=format_time(row.at), by=by, reason=reason)


def _merged(key: KeyEntry, rows: Iterable[MergedPost]) -> list[MergedInto]:
    found: list[MergedInto] = []
    for row in rows:
        by, reason = _why(key, row)
        found.append(MergedInto(post=row.post, into=row.into, at=format_time(row.at), by=by, reason=reason))
    return found


def _why(key: KeyEntry, row: MergedPost) -> Sequence[str | None]:
    """Who and why: for those who see what is internal."""
    return (row.by or None, row.reason or None) if key.sees_internal else (None, None)
