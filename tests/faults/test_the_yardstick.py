"""The yardstick sees what it is there to see: a row missing, one too many, another one, and a sum that is off."""

import clickhouse_connect
import pytest

from tests.support.installation import Installation
from tests.support.traffic import Traffic

SEED = 7_006
SPOILED = (
    ("votes: .* 1 too many", "votes_g1", "'nobody' AS person"),
    ("posts: .* 1 other", "posts_g1", "version + 1 AS version"),
    ("standings", "standings_g1", "up + 1 AS up"),
    ("progress", "progress_log", "next_offset + 1 AS next_offset"),
)
"""What it must say, and in which table a row is stated again otherwise."""


def test_the_yardstick_sees_every_kind_of_difference(installation: Installation) -> None:
    projector = installation.projector()
    with Traffic(installation.kafka, seed=SEED, per_second=200):
        projector.start()
        projector.until(lambda: installation.progress() > 500, what="there is something to spoil")
    installation.catch_up(projector)
    assert projector.stop() == 0
    installation.compare()
    options = installation.clickhouse.client_options()
    with clickhouse_connect.get_client(**options, database="default", autogenerate_session_id=False) as client:
        for complaint, table, change in SPOILED:
            name = f"{installation.clickhouse.database}.{table}"
            client.command(f"INSERT INTO {name} SELECT * REPLACE ({change}) FROM {name} FINAL LIMIT 1")
            with pytest.raises(AssertionError, match=complaint):
                installation.compare()
        client.command(f"TRUNCATE TABLE {installation.clickhouse.database}.boards_g1")
        with pytest.raises(AssertionError, match=r"boards: 2 rows .* 2 missing"):
            installation.compare()
