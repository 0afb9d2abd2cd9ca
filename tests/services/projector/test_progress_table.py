"""The progress of all generations of a process in the real ClickHouse: one insert for what comes together."""

import threading
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor

import clickhouse_connect
import pytest

from events.position import Partition
from projections.catalog import install_system
from projections.clickhouse.settings import ClickHouseSettings
from projections.votes import VotesProjection
from services.projector import progress_table
from services.projector.clickhouse_view import ClickHouseView
from services.projector.connections import Connections
from services.projector.ports import Progress, ServiceAway
from services.projector.progress_table import ProgressTable
from tests.support.stack import own_database

LEDGER = Partition("ledger", 0)
NAMES = [f"projection-{number}" for number in range(12)]


@pytest.fixture
def settings(clickhouse_url: str) -> Iterator[ClickHouseSettings]:
    made = own_database(clickhouse_url)
    client = clickhouse_connect.get_client(**made.client_options(), autogenerate_session_id=False)
    install_system(client, made.database)
    yield made
    client.command(f"DROP DATABASE {made.database}")
    client.close()


@pytest.fixture
def inserts(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """How many rows each insert of progress had."""
    seen: list[int] = []
    insert = progress_table.insert_block

    def counted(connections: Connections, name: str, columns: object, rows: Sequence[object]) -> None:
        seen.append(len(rows))
        insert(connections, name, columns, rows)  # type: ignore[arg-type]

    monkeypatch.setattr(progress_table, "insert_block", counted)
    return seen


def at(offset: int) -> Progress:
    return Progress("epoch", LEDGER, offset, offset + 1)


def test_all_are_recorded_and_each_reads_its_own(settings: ClickHouseSettings, inserts: list[int]):
    table = ProgressTable(Connections(settings))
    which = [(name, generation) for name in NAMES for generation in (1, 2)]
    for each in which:
        table.expect(each)
    with ThreadPoolExecutor(len(which)) as threads:
        said = {each: at(number) for number, each in enumerate(which)}
        list(threads.map(lambda each: table.write(each, [said[each]]), which))
        found = dict(zip(which, threads.map(lambda each: table.read(each, [LEDGER]), which), strict=True))
    assert found == {each: {LEDGER: said[each]} for each in which}
    assert table.read(("projection-0", 3), [LEDGER]) == {}
    assert table.read(("projection-0", 1), [Partition("ledger", 1)]) == {}
    assert sum(inserts) == len(which)
    assert len(inserts) < len(which)


def test_one_that_hangs_keeps_nobody_waiting_for_long(settings: ClickHouseSettings, inserts: list[int]):
    table = ProgressTable(Connections(settings))
    table.expect(("votes", 1))
    table.write(("posts", 1), [at(5)])
    assert table.read(("posts", 1), [LEDGER]) == {LEDGER: at(5)}
    assert inserts == [1]


def test_whoever_stands_behind_does_not_move_progress_back(settings: ClickHouseSettings):
    """As one does that was frozen, and comes late."""
    one, other = (ProgressTable(Connections(settings)) for _ in range(2))
    one.write(("votes", 1), [at(7)])
    other.write(("votes", 1), [at(3)])
    assert one.read(("votes", 1), [LEDGER]) == {LEDGER: at(7)}


def test_rows_that_failed_are_not_waited_for(settings: ClickHouseSettings):
    """No such table here: the view says so, and its progress is expected no more."""
    table = ProgressTable(Connections(settings))
    votes = VotesProjection()
    view = ClickHouseView(settings, votes, 1, progress=table)
    with pytest.raises(Exception, match="votes_g1"):
        view.insert(votes.tables[0], [tuple(0 for _ in votes.tables[0].columns)], "token")
    assert not table._coming


def test_away_is_told_to_each(clickhouse_url: str):
    nowhere = ClickHouseSettings(url="http://127.0.0.1:9", database="none")
    table = ProgressTable(Connections(nowhere))
    together = threading.Barrier(3)

    def write(name: str) -> None:
        together.wait(30)
        table.write((name, 1), [at(1)])

    with ThreadPoolExecutor(3) as threads:
        for done in [threads.submit(write, name) for name in NAMES[:3]]:
            with pytest.raises(ServiceAway):
                done.result(60)
