"""Rebuild beside the live one, prove it, switch, go back and drop: under load, with a reader who notices nothing."""

import time

import pytest

from projections.catalog import BY_NAME
from projections.generations import GenerationRefused
from services.generations.dropping import drop
from services.generations.switching import roll_back, switch
from services.generations.verifying import Verdict, verify
from tests.support.fold_of_the_log import compare
from tests.support.generations import (
    MARKED_VIEWS,
    RankingReader,
    client_of,
    log_of,
    mark,
    rebuild,
    states,
)
from tests.support.installation import Installation
from tests.support.traffic import Traffic


def test_a_reader_notices_nothing_of_a_rebuild_a_switch_and_a_way_back(installation: Installation):
    projector = installation.projector()
    projector.start()
    database, log = installation.clickhouse.database, log_of(installation, "votes")
    with (
        Traffic(installation.kafka, seed=11, per_second=250, flawless=True) as traffic,
        client_of(installation) as client,
    ):
        projector.until(lambda: installation.progress() > 1000, what="there is something to rebuild")
        with RankingReader(installation) as reader:
            built = rebuild(installation, "votes")
            assert built.generation == 2
            assert states(installation, "votes") == {1: "live", 2: "ready"}
            with pytest.raises(GenerationRefused, match="verify votes first"):
                switch(client, database, "votes", log)
            verified = verify(client, database, "votes", log)
            assert verified.verdict is Verdict.EQUAL, verified
            assert {each.table for each in verified.tables} >= {"votes", "vote_history", "tallies", "standings"}
            assert all(each.live == each.other and each.live.rows > 0 for each in verified.tables)
            mark(client, installation, 2)
            switch(client, database, "votes", log)
            assert states(installation, "votes") == {1: "retired", 2: "live"}
            time.sleep(0.5)
            roll_back(client, database, "votes", log)
            assert states(installation, "votes") == {1: "live", 2: "retired"}
            with pytest.raises(GenerationRefused, match="live and cannot be dropped"):
                drop(client, database, "votes", 1)
            time.sleep(0.5)
        drop(client, database, "votes")
        assert states(installation, "votes") == {1: "live", 2: "dropped"}
    assert reader.reads > 20
    assert reader.errors == []
    assert reader.steps_back == []
    whole_old, whole_new = (0,) * len(MARKED_VIEWS), (1,) * len(MARKED_VIEWS)
    assert reader.seen == {whole_old, whole_new}
    assert traffic.acknowledged
    installation.catch_up(projector)
    installation.compare()
    assert "no longer followed" not in projector.printed


def test_a_projector_without_its_state_folds_it_apart_and_keeps_nobody_waiting(installation: Installation):
    """As on another machine than the one that rebuilt: half of the partitions come to a projector that has no state."""
    first, second = (installation.projector(name) for name in ("0", "1"))
    first.start()
    database, log = installation.clickhouse.database, log_of(installation, "votes")
    with Traffic(installation.kafka, seed=13, per_second=200, flawless=True), client_of(installation) as client:
        first.until(lambda: installation.progress() > 1000, what="there is something to rebuild")
        rebuild(installation, "votes")
        second.start()
        second.until(lambda: "generation followed projection=votes generation=2" in second.printed, what="it follows")
        assert verify(client, database, "votes", log).verdict is Verdict.EQUAL
        switch(client, database, "votes", log)
        first.kill()
        first.start()
    assert states(installation, "votes") == {1: "retired", 2: "live"}
    votes = [BY_NAME["votes"]]
    for generation in (1, 2):
        installation.catch_up(first, generation=generation, projections=votes)
        compare(installation.kafka, installation.clickhouse, generation=generation, projections=votes)
