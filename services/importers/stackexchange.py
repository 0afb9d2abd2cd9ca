"""Importing a Stack Exchange dump. It may be interrupted and repeated: nothing is counted twice.

Posts keep their numbers as ids, on one board that is named after the site. The dump hides its voters, and one person
has one vote on a post, so each row's voter is made up from the row's id; the vote's event has an id that follows from
the site and the row. A repeated import therefore appends events that the log holds already, which count for nothing.
"""

import asyncio
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from itertools import islice
from pathlib import Path

import msgspec

from events.ballots import CastData, VoteCast
from events.domain.commands import ImportPost
from events.domain.importing import import_posts
from events.ids import is_client_id
from events.settings import KafkaSettings
from events.times import Millis, format_time
from services.importers.ballot_writer import BATCH, BallotWriter
from services.importers.dump import Dump, DumpVote, Duplicate
from services.importers.errors import ImportRefused
from services.importers.merging import MergeCounts, merge_duplicates
from services.importers.progress import Progress, Unwatched
from services.importers.target import Target, open_target

_LONGEST_NUMBER = "9" * 18


class StackExchangeCounts(msgspec.Struct, frozen=True, kw_only=True):
    """What the dump held, and which of it was new: votes are counted as the dump has them, new or not.

    `merged` and `not_merged` count duplicates, where they were to be merged.
    """

    workspace: str
    board: str
    posts: int
    posts_created: int
    duplicates: int
    duplicates_without_post: int
    up: int
    down: int
    merged: int | None = None
    not_merged: int | None = None


def import_stackexchange(
    folder: Path,
    *,
    workspace: str,
    kafka: KafkaSettings,
    prefix: str = "",
    merge: bool = False,
    progress: Progress | None = None,
) -> StackExchangeCounts:
    """Import a dump's folder. `prefix` goes before the ids of posts and voters, for several sites in one workspace.

    With `merge`, duplicates are not only linked: each is merged into the post that it repeats.

    Raises:
        ImportRefused: if the folder is no dump, or its posts would mix with those of another board.
        LedgerUnavailable, OutcomeUnknown, LedgerStopped, LogError, KafkaError: repeat the import when Kafka is there.
    """
    if prefix and is_client_id(f"{prefix}voter-{_LONGEST_NUMBER}") is None:
        raise ImportRefused(f"{prefix!r} can't begin an id: use a few letters, digits or any of _ . : ~ -")
    dump = Dump(folder, progress or Unwatched())
    with open_target(kafka, workspace) as target:
        posts = _PostImport(dump, target, prefix)
        posts.run(progress or Unwatched())
        votes = asyncio.run(_import_votes(dump, target, prefix))
        merged = _merged(dump, target, prefix, progress or Unwatched()) if merge else None
    return StackExchangeCounts(
        workspace=workspace,
        board=dump.site,
        posts=len(posts.numbers),
        posts_created=posts.created,
        duplicates=posts.linked,
        duplicates_without_post=posts.unlinked,
        up=votes[1],
        down=votes[-1],
        merged=None if merged is None else merged.merged,
        not_merged=None if merged is None else merged.not_merged,
    )


def _merged(dump: Dump, target: Target, prefix: str, progress: Progress) -> MergeCounts:
    links = list(dump.duplicate_links())
    return merge_duplicates(target, links, site=dump.site, prefix=prefix, progress=progress)


class _PostImport:
    """The posts of a dump, then their links. What is there stays as it is."""

    def __init__(self, dump: Dump, target: Target, prefix: str) -> None:
        self.created = self.linked = self.unlinked = 0
        self.numbers: set[int] = set()
        self._dump = dump
        self._target = target
        self._prefix = prefix

    def run(self, progress: Progress) -> None:
        seen = self._dump.first_seen()
        first = format_time(min(seen.values())) if seen else None
        self._target.ensure_board(self._dump.site, self._dump.site, first)
        self.created = self._import(self._new_posts(seen))
        duplicates = self._dump.duplicates()
        progress.begin("linking duplicates", len(duplicates))
        self._import(self._links(duplicates.values(), progress))

    def _import(self, posts: Iterable[ImportPost]) -> int:
        return import_posts(self._target.feedback, self._target.workspace, posts, actor="import").created

    def _new_posts(self, seen: Mapping[int, Millis]) -> Iterator[ImportPost]:
        for post in self._dump.posts(seen):
            self.numbers.add(post.post)
            id = f"{self._prefix}{post.post}"
            if self._target.directory.post(self._target.workspace, id) is None:
                yield ImportPost(
                    workspace=self._target.workspace,
                    post=id,
                    board=self._dump.site,
                    title=post.title,
                    body=post.body,
                    at=post.at,
                )
            else:
                self._check_ours(id)

    def _check_ours(self, id: str) -> None:
        """Posts of several sites have the same numbers: they must not be taken for each other."""
        known = self._target.directory.post(self._target.workspace, id)
        if known is None or known.board == self._dump.site:
            return
        original = self._target.post(id, version=1)  # it may have been moved since
        if original is not None and original.board != self._dump.site:
            raise ImportRefused(
                f"workspace {self._target.workspace} has a post {id} already, of board {original.board}: "
                "import into another workspace, or tell the ids apart with --prefix"
            )

    def _links(self, duplicates: Iterable[Duplicate], progress: Progress) -> Iterator[ImportPost]:
        """Links that are not there yet. A link needs both of its posts."""
        for link in duplicates:
            progress.advance(1)
            if link.post == link.duplicate_of or not {link.post, link.duplicate_of} <= self.numbers:
                self.unlinked += 1
                continue
            self.linked += 1
            post = self._target.post(f"{self._prefix}{link.post}")
            if post is not None and post.duplicate_of is None:
                yield ImportPost(
                    workspace=self._target.workspace,
                    post=post.post,
                    board=post.board,
                    title=post.title,
                    duplicate_of=f"{self._prefix}{link.duplicate_of}",
                    # A post is as old as its first vote, and nothing happened to it before.
                    duplicate_at=max(link.at, post.at),
                )


async def _import_votes(dump: Dump, target: Target, prefix: str) -> Counter[int]:
    counts: Counter[int] = Counter()
    votes = dump.votes()
    async with BallotWriter(target.kafka, target.topics) as writer:
        while batch := list(islice(votes, BATCH)):
            counts.update(vote.value for vote in batch)
            await writer.write(_ballot(vote, target.workspace, dump.site, prefix) for vote in batch)
    return counts


def _ballot(vote: DumpVote, workspace: str, site: str, prefix: str) -> VoteCast:
    return VoteCast(
        id=f"stackexchange:{site}:{vote.row}",
        source=workspace,
        subject=f"{prefix}{vote.post}",
        time=vote.at,
        data=CastData(f"{prefix}voter-{vote.row}", vote.value),
    )
