"""What a position on the ledger means for whoever reads votes: the ballots up to where they were told."""

import time
from pathlib import Path

import pytest

from api.problems import BEHIND, Problem
from api.ruled import RuledBallots
from events.domain.commands import PutBoard
from events.domain.directory import Directory
from events.log.reader import end_offsets
from events.position import Positions
from tests.services.sagas.conftest import DecidedLog, Running
from tests.support.world import WORKSPACE


async def test_a_read_after_a_merge_waits_for_the_ballots(
    decided: DecidedLog, running: Running, tmp_path: Path
) -> None:
    directory = Directory(decided.feedback.ledger)
    ruled = RuledBallots(decided.log.settings, decided.log.topics, directory)
    try:
        start = Positions({decided.ledger: 1})
        assert await ruled.included(start, time.monotonic()) == start, "nothing was decided about votes before it"
        last = decided.feedback.execute(PutBoard(workspace=WORKSPACE, board="ideas", name="Wishes")).position
        after = Positions.after([last])
        await decided.until_at(0)
        with pytest.raises(Problem) as refused:
            await ruled.included(after, time.monotonic())
        assert refused.value.kind == BEHIND
        async with running(tmp_path):
            included = await ruled.included(after, time.monotonic() + 60)
            await decided.until_done()
        ends = await end_offsets(decided.log.settings, decided.log.ballots)
        assert included.next_offsets == {**after.next_offsets, **ends}
    finally:
        await ruled.close()
