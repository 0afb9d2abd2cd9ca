"""Loading the sample into a workspace. Repeated or interrupted, it ends in the same: every id is fixed."""

import asyncio
from collections import defaultdict
from collections.abc import Iterator, Sequence

import msgspec

from events.ballots import ballot_key, partition_of
from events.domain.commands import ImportPost
from events.domain.comments.commands import GiveAnswer, WriteComment
from events.domain.comments.comment import Comment
from events.domain.importing import import_posts
from events.domain.originators import originator_of
from events.log.appender import Record
from events.people import Fact, encode_fact, subject_of
from events.satisfaction import SatisfactionRated, encode_satisfaction
from events.settings import KafkaSettings
from events.submission import SubmittedVote, to_ballot
from events.times import format_time
from services.importers.ballot_writer import BATCH, BallotWriter
from services.importers.log_writer import LogWriter, Partitioned
from services.importers.progress import Progress, Unwatched
from services.importers.target import Target, open_target
from services.sample.calendar import BEGIN
from services.sample.comments import SampleComment
from services.sample.customers import make_facts
from services.sample.decisions import Story, make_decisions
from services.sample.dice import Dice
from services.sample.posts import BOARDS, SamplePost
from services.sample.quality import make_ratings
from services.sample.sample import SEED, Sample, make_sample


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
        for decided in make_decisions(workspace, Story(sample.posts, sample.items, sample.bugs, sample.grumbles)):
            target.feedback.execute(decided.command, actor=decided.actor, commit_id=decided.commit_id)
        asyncio.run(_load_streams(target, sample, progress))
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
            closed=post.declined,
            closed_at=None if post.declined is None or post.closed_at is None else format_time(post.closed_at),
        )


def _facts(workspace: str, sample: Sample) -> list[Fact]:
    return make_facts(Dice(SEED + 6), workspace, sample.people, sample.votes)


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


async def _load_streams(target: Target, sample: Sample, progress: Progress) -> None:
    await _load_facts(target, _facts(target.workspace, sample))
    await _load_votes(target, sample.votes, progress)
    await _load_ratings(target, make_ratings(Dice(SEED + 7), target.workspace, sample.items, sample.votes))


async def _load_facts(target: Target, facts: Sequence[Fact]) -> None:
    """Each under a key that follows from its identity, so that a repeated load replaces it."""
    async with LogWriter(target.kafka, target.topics, target.topics.people) as writer:
        partitioned: Partitioned = defaultdict(list)
        for fact in facts:
            subject = subject_of(fact)
            record = Record(b"%b/%b" % (subject.key, fact.id.encode()), encode_fact(fact))
            partitioned[subject.partition(writer.partitions)].append(record)
        await writer.send(partitioned)


async def _load_ratings(target: Target, ratings: Sequence[SatisfactionRated]) -> None:
    async with LogWriter(target.kafka, target.topics, target.topics.reactions) as writer:
        partitioned: Partitioned = defaultdict(list)
        for rating in ratings:
            key = ballot_key(rating.source, rating.data.person)
            partitioned[partition_of(key, writer.partitions)].append(Record(key, encode_satisfaction(rating)))
        await writer.send(partitioned)


async def _load_votes(target: Target, votes: Sequence[SubmittedVote], progress: Progress) -> None:
    async with BallotWriter(target.kafka, target.topics) as writer:
        for start in range(0, len(votes), BATCH):
            batch = votes[start : start + BATCH]
            await writer.write(to_ballot(target.workspace, vote, vote.id or "", vote.at or "") for vote in batch)
            progress.advance(len(batch))
