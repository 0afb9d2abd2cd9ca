"""Importing votes from a file: NDJSON or CSV with the fields of a batch vote. The good ones are kept, whatever the
bad ones were.

A vote without an `id` gets one that follows from the workspace, the number of its line and what it says. So the same
file again (or interrupted and repeated, or with more lines at its end) is the same events, and two equal lines of one
file are two. Where equal lines of *different* files are to be different events, they need an `at` or an `id`.
"""

import asyncio
import time
from collections.abc import Callable, Iterable, Iterator
from itertools import islice
from typing import NamedTuple

import msgspec

from events.ballots import Ballot
from events.domain.bounds import TITLE_CHARACTERS
from events.domain.commands import ImportPost
from events.domain.importing import import_posts
from events.ids import derived_id
from events.settings import KafkaSettings
from events.submission import FieldError, SubmittedVote, to_ballot, validate
from events.times import Millis, format_time, parse_time
from services.importers.ballot_writer import BATCH, BallotWriter
from services.importers.progress import Progress, Unwatched
from services.importers.target import Target, open_target

BOARD = "imported"
"""The board of posts that an import creates."""


class Line(NamedTuple):
    """One vote of a file, or what is wrong with it."""

    number: int
    vote: SubmittedVote | FieldError


class BadLine(NamedTuple):
    """A vote that was not taken, and why."""

    line: int
    field: str
    message: str


class VoteCounts(msgspec.Struct, frozen=True, kw_only=True):
    """How many votes were appended, how many were not, and how many posts were created for them."""

    workspace: str
    accepted: int
    rejected: int
    posts_created: int


def import_votes(
    lines: Iterable[Line],
    *,
    workspace: str,
    kafka: KafkaSettings,
    create_posts: bool = False,
    on_bad_line: Callable[[BadLine], None],
    progress: Progress | None = None,
) -> VoteCounts:
    """Append the votes of a file; `on_bad_line` is told of each that can't be taken.

    Raises:
        ImportRefused: if `workspace` can't be one.
        LedgerUnavailable, OutcomeUnknown, LedgerStopped, LogError, KafkaError: repeat the import when Kafka is there.
    """
    with open_target(kafka, workspace) as target:
        run = _VoteImport(target, create_posts, on_bad_line, progress or Unwatched())
        asyncio.run(run.run(lines))
        return VoteCounts(
            workspace=workspace, accepted=run.accepted, rejected=run.rejected, posts_created=run.posts_created
        )


class _VoteImport:
    def __init__(
        self, target: Target, create_posts: bool, on_bad_line: Callable[[BadLine], None], progress: Progress
    ) -> None:
        self.accepted = self.rejected = self.posts_created = 0
        self._target = target
        self._create_posts = create_posts
        self._on_bad_line = on_bad_line
        self._progress = progress
        self._bad: list[BadLine] = []

    async def run(self, lines: Iterable[Line]) -> None:
        self._progress.begin("votes", None)
        source = iter(lines)
        async with BallotWriter(self._target.kafka, self._target.topics) as writer:
            while batch := list(islice(source, BATCH)):
                now = time.time_ns() // 1_000_000
                good = list(self._good(batch, now))
                if self._create_posts:
                    await asyncio.to_thread(self._create_missing, good, now)
                ballots = list(self._ballots(good, now))
                self.accepted += len(ballots)
                self._tell_of_bad_lines()
                await writer.write(ballots)
                self._progress.advance(len(batch))

    def _good(self, lines: Iterable[Line], now: Millis) -> Iterator[tuple[int, SubmittedVote]]:
        for number, vote in lines:
            error = vote if isinstance(vote, FieldError) else validate(vote, now)
            if error is None and isinstance(vote, SubmittedVote):
                yield number, vote
            elif error is not None:
                self._reject(number, error)

    def _ballots(self, votes: Iterable[tuple[int, SubmittedVote]], now: Millis) -> Iterator[Ballot]:
        workspace, directory, received = self._target.workspace, self._target.directory, format_time(now)
        for number, vote in votes:
            post = directory.post(workspace, vote.post)
            if post is None:
                self._reject(number, FieldError("post", f"there is no post {vote.post!r} (--create-posts makes it)"))
            elif not post.takes_votes:
                self._reject(number, FieldError("post", f"post {vote.post!r} is closed"))
            else:
                yield to_ballot(workspace, vote, vote.id or self._event_id(number, vote), received)

    def _event_id(self, number: int, vote: SubmittedVote) -> str:
        says = msgspec.json.encode(vote).decode()
        return derived_id("import votes", self._target.workspace, str(number), says)

    def _create_missing(self, votes: Iterable[tuple[int, SubmittedVote]], now: Millis) -> None:
        """Posts that nobody knows begin with their first vote."""
        first: dict[str, Millis] = {}
        for _, vote in votes:
            if self._target.directory.post(self._target.workspace, vote.post) is None:
                at = now if vote.at is None else parse_time(vote.at)
                first[vote.post] = min(at, first.get(vote.post, at))
        if not first:
            return
        self._target.ensure_board(BOARD, "Imported", format_time(min(first.values())))
        posts = (
            ImportPost(
                workspace=self._target.workspace,
                post=post,
                board=BOARD,
                title=post[:TITLE_CHARACTERS],
                at=format_time(at),
            )
            for post, at in first.items()
        )
        self.posts_created += import_posts(self._target.feedback, self._target.workspace, posts, actor="import").created

    def _reject(self, number: int, error: FieldError) -> None:
        self.rejected += 1
        self._bad.append(BadLine(number, error.field, error.message))

    def _tell_of_bad_lines(self) -> None:
        """In the order of the file, whatever found them."""
        for bad in sorted(self._bad):
            self._on_bad_line(bad)
        self._bad.clear()
