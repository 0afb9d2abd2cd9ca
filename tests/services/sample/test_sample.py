"""The sample is always the same, and looks like a year of a product."""

import hashlib
import subprocess
import sys
from collections import Counter, defaultdict

import msgspec
import pytest

from events.submission import SubmittedVote, validate
from events.times import format_time, parse_time
from services.sample.calendar import BEGIN, END, LAUNCHES
from services.sample.posts import BOARDS
from services.sample.sample import Sample, make_sample

GOLDEN = "c82ff5cdb5d09b93d50e45d4a6e6c71e65770d2629b7bc201897d47ff7c98771"


@pytest.fixture(scope="module")
def sample() -> Sample:
    return make_sample()


def test_is_the_same_on_every_machine(sample: Sample) -> None:
    assert hashlib.sha256(msgspec.json.Encoder().encode_lines(sample.votes)).hexdigest() == GOLDEN


def test_does_not_depend_on_hashes() -> None:
    """This process has a seed of its own, drawn at its start; another has another."""
    command = [sys.executable, "-m", "services.sample"]
    out = subprocess.run(command, env={"PYTHONHASHSEED": "1"}, capture_output=True, check=True).stdout
    assert hashlib.sha256(out).hexdigest() == GOLDEN


def test_is_as_large_as_it_should_be(sample: Sample) -> None:
    assert 200 <= len(sample.posts) <= 240
    assert 30_000 <= len(sample.votes) <= 60_000
    assert 3000 <= len({vote.person for vote in sample.votes}) <= 5000
    assert {post.wish.board for post in sample.posts} == set(BOARDS) == set(LAUNCHES)
    assert len({post.wish.title for post in sample.posts}) == len(sample.posts)


def test_all_of_it_may_be_submitted(sample: Sample) -> None:
    assert [error for vote in sample.votes if (error := validate(vote, END))] == []
    assert len({vote.id for vote in sample.votes}) == len(sample.votes)
    posts = {post.wish.post: post for post in sample.posts}
    for vote in sample.votes:
        post = posts[vote.post]
        assert format_time(post.at) < (vote.at or "") < format_time(post.open_until)
    for post in sample.posts:
        assert BEGIN <= post.at < END
        if post.wish.duplicate_of is not None:
            assert posts[post.wish.duplicate_of].at < post.at


def test_votes_are_in_order_of_their_times(sample: Sample) -> None:
    times = [vote.at or "" for vote in sample.votes]
    assert times == sorted(times)
    assert times[-1].startswith("2026-10-31")


def test_people_change_their_minds_and_disagree(sample: Sample) -> None:
    values = Counter(vote.value for vote in sample.votes)
    assert values[0] > 1000
    assert values[-1] > 1000
    assert {vote.importance for vote in sample.votes} == {1, 2, 3}
    assert any(vote.by for vote in sample.votes)
    seen: defaultdict[tuple[str, str], list[SubmittedVote]] = defaultdict(list)
    for vote in sample.votes:
        seen[vote.post, vote.person].append(vote)
    histories = [[vote.value for vote in votes] for votes in seen.values()]
    assert [1, 0, 1] in histories
    assert [1, -1] in histories


def test_popularity_has_a_heavy_tail(sample: Sample) -> None:
    counts = sorted(Counter(vote.post for vote in sample.votes).values(), reverse=True)
    assert sum(counts[:20]) > 0.35 * sum(counts)
    assert counts[0] > 10 * counts[len(counts) // 2]


def test_launches_bring_votes(sample: Sample) -> None:
    boards = {post.wish.post: post.wish.board for post in sample.posts}
    days = Counter((boards[vote.post], (vote.at or "")[:10]) for vote in sample.votes)
    usual = len(sample.votes) / len(BOARDS) / 365
    for board, launches in LAUNCHES.items():
        for day in launches:
            week = [format_time(parse_time(day) + later * 86_400_000)[:10] for later in range(3)]
            assert max(days[board, each] for each in week) > 2 * usual
