"""Importing dumps onto the real Kafka: exact, and harmless when repeated or interrupted."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from events.settings import KafkaSettings
from services.importers.errors import ImportRefused
from services.importers.stackexchange import StackExchangeCounts, import_stackexchange
from services.importers.target import Target, open_target
from tests.support.ballots_on_log import ballots_on, tallies
from tests.support.stackexchange_ranking import ranking

SMALL = Path(__file__).parent / "small.example.com"
EXPECTED = {post.post: (post.up, post.down) for post in ranking(SMALL) if post.up or post.down}


class Interrupted(BaseException):
    """As a signal would."""


class InterruptedAfter:
    """Lets so many steps of an import pass, and interrupts it then."""

    def __init__(self, steps: int) -> None:
        self.left = steps

    def begin(self, what: str, total: int | None) -> None:
        self._step()

    def advance(self, steps: int) -> None:
        self._step()

    def _step(self) -> None:
        self.left -= 1
        if self.left < 0:
            raise Interrupted


def run(settings: KafkaSettings, folder: Path = SMALL, **options: object) -> StackExchangeCounts:
    return import_stackexchange(folder, workspace="se", kafka=settings, **options)  # type: ignore[arg-type]


@pytest.fixture
def many(tmp_path: Path) -> Iterator[Path]:
    """A dump of several batches."""
    folder = tmp_path / "many.example.com"
    folder.mkdir()
    rows = (
        f'<row Id="{n}" PostId="{n * n % 97}" VoteTypeId="{3 if n % 7 == 0 else 2}" '
        f'CreationDate="20{10 + n % 9}-0{1 + n % 9}-11T00:00:00.000" />'
        for n in range(1, 12_001)
    )
    (folder / "Votes.xml").write_text("<votes>\n" + "\n".join(rows) + "</votes>")
    return folder


def test_what_the_file_says_is_on_the_log_once(settings: KafkaSettings) -> None:
    counts = run(settings)
    assert counts == StackExchangeCounts(
        workspace="se", board="small.example.com", posts=5, posts_created=5,
        duplicates=2, duplicates_without_post=1, up=7, down=2,
    )  # fmt: skip
    assert tallies(ballots_on(settings)) == EXPECTED
    with open_target(settings, "se") as target:
        post = target.post("3")
        assert post is not None
        assert (post.title, post.board, post.duplicate_of) == ("Post 3", "small.example.com", "1")
        assert post.at == "2020-02-01T00:00:00.000Z"


def test_again_it_changes_nothing(settings: KafkaSettings) -> None:
    run(settings)
    before = versions(settings)
    again = run(settings)
    assert (again.posts, again.posts_created, again.up, again.down) == (5, 0, 7, 2)
    assert tallies(ballots_on(settings)) == EXPECTED
    assert len({ballot.id for ballot in ballots_on(settings)}) == 9
    assert versions(settings) == before


def test_leaves_alone_what_was_edited_and_moved_since(settings: KafkaSettings) -> None:
    run(settings)
    with open_target(settings, "se") as target:
        edit(target)
    before = versions(settings)
    run(settings)
    assert versions(settings) == before


@pytest.mark.parametrize("steps", [0, 1, 2, 4, 8, 12, 16, 20, 22])
def test_interrupted_anywhere_and_repeated_it_is_the_same(settings: KafkaSettings, many: Path, steps: int) -> None:
    expected = {post.post: (post.up, post.down) for post in ranking(many)}
    with pytest.raises(Interrupted):
        run(settings, many, progress=InterruptedAfter(steps))
    counts = run(settings, many)
    assert (counts.posts, counts.up + counts.down) == (len(expected), 12_000)
    assert tallies(ballots_on(settings)) == expected


def test_two_sites_in_one_workspace_are_kept_apart(settings: KafkaSettings, tmp_path: Path) -> None:
    other = tmp_path / "other.example.com"
    shutil.copytree(SMALL, other)
    run(settings)
    with pytest.raises(ImportRefused, match="--prefix"):
        run(settings, other)
    assert tallies(ballots_on(settings)) == EXPECTED
    run(settings, other, prefix="other-")
    both = EXPECTED | {f"other-{post}": tally for post, tally in EXPECTED.items()}
    assert tallies(ballots_on(settings)) == both


@pytest.mark.parametrize("options", [{"prefix": "-"}, {"prefix": "a b"}, {"prefix": "x" * 60}])
def test_a_prefix_that_no_id_can_have_is_refused(settings: KafkaSettings, options: dict[str, str]) -> None:
    with pytest.raises(ImportRefused, match="can't begin an id"):
        run(settings, **options)


def versions(settings: KafkaSettings) -> dict[str, int]:
    with open_target(settings, "se") as target:
        posts = {number: target.post(str(number)) for number in (1, 2, 3, 9, 10)}
    return {post.post: post.version for post in posts.values() if post is not None}


def edit(target: Target) -> None:
    from events.domain.commands import PutPost

    target.ensure_board("better", "Better", None)
    target.feedback.execute(PutPost(workspace="se", post="3", board="better", title="A better title"))
