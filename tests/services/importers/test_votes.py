"""Importing files of votes onto the real Kafka."""

from collections.abc import Sequence

import pytest

from events.domain.commands import ClosePost, PutPost
from events.settings import KafkaSettings
from events.submission import FieldError, SubmittedVote
from services.importers.ballot_writer import BATCH
from services.importers.errors import ImportRefused
from services.importers.target import open_target
from services.importers.votes import BOARD, BadLine, Line, VoteCounts, import_votes
from tests.support.ballots_on_log import ballots_on, tallies


def run(
    settings: KafkaSettings, votes: Sequence[SubmittedVote | FieldError], *, create_posts: bool = False
) -> tuple[VoteCounts, list[BadLine]]:
    bad: list[BadLine] = []
    lines = [Line(number, vote) for number, vote in enumerate(votes, start=1)]
    counts = import_votes(lines, workspace="acme", kafka=settings, create_posts=create_posts, on_bad_line=bad.append)
    return counts, bad


@pytest.fixture
def with_posts(settings: KafkaSettings) -> KafkaSettings:
    """An open post `p` and a closed one."""
    with open_target(settings, "acme") as target:
        target.ensure_board("b", "B", None)
        for post in ("p", "closed"):
            target.feedback.execute(PutPost(workspace="acme", post=post, board="b", title=post))
        target.feedback.execute(ClosePost(workspace="acme", post="closed"))
    return settings


def test_keeps_the_good_ones_and_tells_of_the_others(with_posts: KafkaSettings) -> None:
    counts, bad = run(
        with_posts,
        [
            SubmittedVote("p", "u1"),
            SubmittedVote("nowhere", "u1"),
            SubmittedVote("closed", "u1"),
            FieldError("value", "Invalid enum value 9"),
            SubmittedVote("p", "not a person"),
            SubmittedVote("p", "u2", at="2100-01-01"),
            SubmittedVote("p", "u2", value=-1, at="2026-01-31", by="agent"),
        ],
    )
    assert [(line.line, line.field) for line in bad] == [
        (2, "post"), (3, "post"), (4, "value"), (5, "person"), (6, "at"),
    ]  # fmt: skip
    assert (counts.accepted, counts.rejected, counts.posts_created) == (2, 5, 0)
    assert tallies(ballots_on(with_posts)) == {"p": (1, 1)}


def test_the_same_file_again_is_the_same_events(with_posts: KafkaSettings) -> None:
    votes = [
        SubmittedVote("p", "u1"),
        SubmittedVote("p", "u1", value=0),
        SubmittedVote("p", "u1"),
        SubmittedVote("p", "u2", id="mine"),
    ]
    run(with_posts, votes)
    run(with_posts, votes)
    run(with_posts, [*votes, SubmittedVote("p", "u3")])
    ids = [ballot.id for ballot in ballots_on(with_posts)]
    assert len(ids) == 13
    assert len(set(ids)) == 5
    assert "mine" in ids


def test_unknown_posts_are_created_when_asked(settings: KafkaSettings) -> None:
    votes = [
        SubmittedVote("new", "u1", at="2026-03-01T00:00:00Z"),
        SubmittedVote("new", "u2", at="2026-02-01T00:00:00Z"),
        SubmittedVote("other", "u1"),
        SubmittedVote("bad post", "u1"),
    ]
    counts, bad = run(settings, votes, create_posts=True)
    assert (counts.accepted, counts.posts_created, [line.line for line in bad]) == (3, 2, [4])
    counts, _ = run(settings, votes, create_posts=True)
    assert counts.posts_created == 0
    with open_target(settings, "acme") as target:
        post = target.post("new")
        assert post is not None
        assert (post.board, post.title, post.at) == (BOARD, "new", "2026-02-01T00:00:00.000Z")


def test_one_persons_votes_keep_their_order_over_batches(with_posts: KafkaSettings) -> None:
    count = 2 * BATCH + 7
    run(with_posts, [SubmittedVote("p", "u1", value=1 if n % 2 else 0, id=f"e{n}") for n in range(count)])
    assert [ballot.id for ballot in ballots_on(with_posts)] == [f"e{n}" for n in range(count)]


def test_a_name_that_no_workspace_can_have_is_refused(settings: KafkaSettings) -> None:
    with pytest.raises(ImportRefused, match="can't be a workspace"):
        import_votes([], workspace="a/b", kafka=settings, on_bad_line=print)
