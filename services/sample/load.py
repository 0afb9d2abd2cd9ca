"""Loading the sample into a workspace. Repeated or interrupted, it ends in the same: every id is fixed."""

import asyncio
from collections.abc import Iterator, Sequence

import msgspec

from events.domain.commands import ImportPost
from events.domain.comments.commands import GiveAnswer, WriteComment
from events.domain.comments.comment import Comment
from events.domain.importing import import_posts
from events.domain.originators import originator_of
from events.settings import KafkaSettings
from events.submission import SubmittedVote, to_ballot
from events.times import format_time
from services.importers.ballot_writer import BATCH, BallotWriter
from services.importers.progress import Progress, Unwatched
from services.importers.target import Target, open_target
from services.sample.calendar import BEGIN
from services.sample.comments import SampleComment
from services.sample.posts import BOARDS, SamplePost
from services.sample.roadmap import roadmap_commands
from services.sample.sample import make_sample


class SampleCounts(msgspec.Struct, frozen=True):
    """How much the sample is."""

    boards: int
    posts: int
    votes: int
    comments: int


def load_sample(kafka: KafkaSettings, workspace: str, progress: Progress | None = None) -> SampleCounts:
    """Load it; returns when all of it is on the log.

    Raises:
        ImportRefused, LedgerUnavailable, OutcomeUnknown, LedgerStopped, LogError, KafkaError: load it again.
    """
    progress = progress or Unwatched()
    sample = make_sample()
    progress.begin("the sample", len(sample.votes))
    with open_target(kafka, workspace) as target:
        for board, name in BOARDS.items():
            target.ensure_board(board, name, format_time(BEGIN))
        import_posts(target.feedback, workspace, _posts(workspace, sample.posts), actor="sample")
        _load_comments(target, sample.comments)
        for command, commit_id in roadmap_commands(workspace):
            target.feedback.execute(command, actor="sample", commit_id=commit_id)
        asyncio.run(_load_votes(target, sample.votes, progress))
    return SampleCounts(len(BOARDS), len(sample.posts), len(sample.votes), len(sample.comments))


def _posts(workspace: str, posts: Sequence[SamplePost]) -> Iterator[ImportPost]:
    for post in posts:
        yield ImportPost(
            workspace=workspace,
            post=post.wish.post,
            board=post.wish.board,
            title=post.wish.title,
            body=post.wish.body,
            author=post.author,
            at=format_time(post.at),
            duplicate_of=post.wish.duplicate_of,
            closed=post.wish.closed,
            closed_at=None if post.closed_at is None else format_time(post.closed_at),
        )


def _load_comments(target: Target, comments: Sequence[SampleComment]) -> None:
    for each in comments:
        said, at = each.remark, format_time(each.at)
        if target.feedback.load(originator_of(target.workspace, Comment.KIND, said.comment)) is None:
            written = WriteComment(
                workspace=target.workspace, comment=said.comment, post=said.post, author=each.author,
                body=said.body, parent=said.parent, internal=said.internal, at=at,
            )  # fmt: skip
            target.feedback.execute(written, actor="sample")
        if said.answer:
            given = GiveAnswer(workspace=target.workspace, post=said.post, comment=said.comment, at=at)
            target.feedback.execute(given, actor="sample")


async def _load_votes(target: Target, votes: Sequence[SubmittedVote], progress: Progress) -> None:
    async with BallotWriter(target.kafka, target.topics) as writer:
        for start in range(0, len(votes), BATCH):
            batch = votes[start : start + BATCH]
            await writer.write(to_ballot(target.workspace, vote, vote.id or "", vote.at or "") for vote in batch)
            progress.advance(len(batch))
