"""Merges from the command line; and of a dump: its groups' voters united, and all as before where they are unmerged."""

import asyncio
import os
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path

import msgspec
import pytest

from events.log.kept_position import KeptPosition, PositionUnknown, group_of_saga
from events.log.opening import open_log
from events.log.reader import end_offsets
from events.position import Partition
from events.settings import KafkaSettings
from tests.support.local_stack import LocalStack
from tests.support.stackexchange_ranking import ranking
from tests.support.united_dump import links, united

REAL = os.environ.get("GROUNDSWELL_STACKEXCHANGE")
VOTES = {1: "2223", 2: "22", 3: "222", 4: "2333", 5: "2"}
"""Votes by post: 2 is up, 3 is down."""


@pytest.fixture
def dump(tmp_path: Path) -> Path:
    """Two groups: a chain of three whose last link would close a circle, and one whose target is not there."""
    folder = tmp_path / "merged.example.com"
    folder.mkdir()
    votes = [(post, kind) for post, kinds in VOTES.items() for kind in kinds]
    lines = [
        f'<row Id="{n}" PostId="{post}" VoteTypeId="{kind}" CreationDate="2020-{1 + n % 6:02}-11T00:00:00.000" />'
        for n, (post, kind) in enumerate(votes)
    ]
    (folder / "Votes.xml").write_text("<votes>\n" + "\n".join(lines) + "\n</votes>")
    pairs = [(3, 1, "07"), (1, 2, "08"), (2, 3, "09"), (5, 404, "07"), (4, 3, "07")]
    lines = [
        f'<row Id="{n}" CreationDate="2020-{month}-01T10:00:00.123" PostId="{post}" RelatedPostId="{into}" '
        'LinkTypeId="3" />'
        for n, (post, into, month) in enumerate(pairs)
    ]
    (folder / "PostLinks.xml").write_text("<postlinks>\n" + "\n".join(lines) + "\n</postlinks>")
    return folder


def test_merged_a_groups_voters_are_united_and_unmerged_all_is_as_before(stack: LocalStack, dump: Path) -> None:
    merge_and_take_back(stack, "merged", dump, merged=3, left=2)


def test_by_hand_posts_are_merged_and_a_board_gets_a_budget(stack: LocalStack) -> None:
    votes = [f'{{"post":"{post}","person":"{person}"}}' for post, person in ("pa", "pb", "qb", "qc", "ra", "rb")]
    done = stack.run("import", "votes", "-", "-w", "by-hand", "--create-posts", stdin="\n".join(votes))
    assert done.returncode == 0, done.stderr
    done = stack.run("merge", "q", "p", "-w", "by-hand", "--reason", "the same", "--json")
    assert msgspec.json.decode(done.stdout)["into"] == "p", done.stderr
    refused = stack.run("merge", "p", "q", "-w", "by-hand")
    assert (refused.returncode, refused.stdout) == (1, "")
    assert "that would be a circle" in refused.stderr
    done = stack.run("boards", "budget", "imported", "-w", "by-hand", "--votes", 1, "--period", "year")
    assert (done.returncode, done.stdout) == (0, "A person has 1 vote on imported each year\n"), done.stderr
    wait_counted(stack)
    assert shown(stack, "by-hand") == {"p": (3, 0), "r": (0, 0)}
    assert stack.run("unmerge", "q", "-w", "by-hand").returncode == 0
    assert stack.run("boards", "budget", "imported", "-w", "by-hand", "--unlimited").returncode == 0
    wait_counted(stack)
    assert shown(stack, "by-hand") == {"p": (2, 0), "q": (2, 0), "r": (2, 0)}
    for usage in (("unmerge", "-w", "by-hand"), ("unmerge", "q", "--all", "-w", "by-hand"), ("boards", "budget", "b")):
        assert stack.run(*usage).returncode == 2


@pytest.mark.skipif(REAL is None, reason="GROUNDSWELL_STACKEXCHANGE names no dump's folder")
def test_the_same_with_a_real_dump(stack: LocalStack) -> None:
    folder = Path(REAL or "")
    merge_and_take_back(stack, "really-merged", folder, merged=len(links(folder)))


def merge_and_take_back(
    stack: LocalStack, workspace: str, folder: Path, *, merged: int, left: int | None = None
) -> None:
    done = stack.run("import", "stackexchange", folder, "-w", workspace, "--merge-duplicates", "--json")
    assert done.returncode == 0, done.stderr
    counts = msgspec.json.decode(done.stdout)
    assert counts["merged"] == merged
    assert left in (None, counts["not_merged"])
    moments = [link.at for link in links(folder)]
    before, during = moments[0][:10], f"{moments[len(moments) // 2][:10]}"
    wait_counted(stack)
    assert shown(stack, workspace) == united(folder)
    then = shown(stack, workspace, during)
    assert then == united(folder, during)
    assert shown(stack, workspace, before) == from_file(folder, before)
    done = stack.run("unmerge", "-w", workspace, "--all", "--reason", "only tried", "--json")
    assert len(msgspec.json.decode(done.stdout)["unmerged"]) == merged
    wait_counted(stack)
    assert shown(stack, workspace) == from_file(folder)
    assert shown(stack, workspace, during) == then
    assert shown(stack, workspace, before) == from_file(folder, before)


def shown(stack: LocalStack, workspace: str, as_of: str | None = None) -> Mapping[str, tuple[int, int]]:
    """Up and down of every post in the ranking."""
    source = f"groundswell.ranking_as_of(at = '{as_of} 00:00:00.000')" if as_of else "groundswell.ranking"
    rows = stack.sql(f"SELECT post, up, down FROM {source} WHERE workspace = '{workspace}'")
    return {str(post): (int(str(up)), int(str(down))) for post, up, down in rows}


def from_file(folder: Path, as_of: str = "9999-12-31") -> Mapping[str, tuple[int, int]]:
    return {post.post: (post.up, post.down) for post in ranking(folder, as_of)}


def wait_counted(stack: LocalStack) -> None:
    """Return when the ballots were told of all that was decided, and all of it is folded."""
    asyncio.run(_wait_told(KafkaSettings(bootstrap_servers=stack.stack.kafka)))
    stack.wait_folded()


async def _wait_told(kafka: KafkaSettings) -> None:
    topics = await open_log(kafka)
    ledger = Partition(topics.ledger, 0)
    end = (await end_offsets(kafka, [ledger]))[ledger]
    async with asyncio.timeout(60), KeptPosition(kafka, group_of_saga(topics, "rulings"), ledger) as kept:
        while True:
            with suppress(PositionUnknown):
                if await kept.read() >= end:
                    return
            await asyncio.sleep(0.05)
