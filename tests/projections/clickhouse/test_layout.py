"""What is made on one server and on a cluster: the text, statement by statement; ClickHouse reads all of it."""

import os
import uuid
from collections.abc import Iterator
from pathlib import Path

import clickhouse_connect
import pytest
from clickhouse_connect.driver.client import Client

from projections import ranking
from projections.catalog import FIRST_GENERATION, PROJECTIONS, install
from projections.clickhouse.layout import SESSION, Layout, LayoutRefused, layout_of
from projections.clickhouse.schema import drop_statements, system_statements, table_statements
from projections.clickhouse.settings import ClickHouseSettings
from projections.table import Derived, Table

GOLDEN = Path(__file__).parent / "golden"
LAYOUTS = {"one-server": Layout(), "cluster": Layout("main")}
STORED: list[Table | Derived] = [
    table for projection in PROJECTIONS for table in (*projection.tables, *projection.derived)
]


def statements(layout: Layout) -> list[str]:
    made = list(system_statements("groundswell", layout))
    for table in STORED:
        made += table_statements("groundswell", layout, table, FIRST_GENERATION)
    return made


@pytest.fixture
def client(clickhouse_url: str) -> Iterator[Client]:
    options = ClickHouseSettings(url=clickhouse_url).client_options()
    with clickhouse_connect.get_client(**options, database="default", autogenerate_session_id=False) as client:
        yield client


@pytest.mark.parametrize("name", LAYOUTS)
def test_the_statements_are_these(name: str) -> None:
    """`GROUNDSWELL_WRITE_GOLDEN=1` writes them down anew: read the difference before it is committed."""
    file = GOLDEN / f"{name}.sql"
    found = ";\n\n".join(statements(LAYOUTS[name])) + ";\n"
    if os.environ.get("GROUNDSWELL_WRITE_GOLDEN"):
        file.write_text(found)
    assert found == file.read_text()


@pytest.mark.parametrize("name", LAYOUTS)
def test_clickhouse_reads_every_statement(name: str, client: Client) -> None:
    """Only reads: nothing here can run a cluster."""
    drops = [statement for table in STORED for statement in drop_statements("groundswell", table.stored_as(1))]
    syncs = LAYOUTS[name].sync_statements("groundswell", "generation_log")
    for statement in (*statements(LAYOUTS[name]), *drops, *syncs):
        assert client.query(f"EXPLAIN AST {statement}").result_rows


def test_a_statement_that_clickhouse_does_not_read_is_noticed(client: Client) -> None:
    with pytest.raises(Exception, match="Syntax error"):
        client.query(f"EXPLAIN AST {statements(LAYOUTS['cluster'])[0].replace('ON CLUSTER', 'AT CLUSTER')}")


def test_every_setting_of_a_connection_is_one_of_clickhouse(client: Client) -> None:
    known = {row[0] for row in client.query("SELECT name FROM system.settings").result_rows}
    assert SESSION.keys() <= known
    for name, value in SESSION.items():
        assert client.query("SELECT 1", settings={name: value}).result_rows == [(1,)]


def test_connections_to_one_server_are_told_nothing() -> None:
    assert "settings" not in ClickHouseSettings().client_options()
    assert ClickHouseSettings(cluster="main").client_options()["settings"] == SESSION


@pytest.mark.parametrize("table", STORED, ids=lambda table: table.name)
def test_all_versions_of_a_row_are_on_one_shard(table: Table | Derived) -> None:
    assert table.shard_key
    assert set(table.shard_key) <= set(table.key)


def test_what_is_added_up_is_on_the_shard_of_its_sum() -> None:
    derived = [each for projection in PROJECTIONS for each in projection.derived]
    assert derived
    for each in derived:
        assert set(each.source.shard_key) <= set(each.key)
        assert each.shard_key == each.source.shard_key


def test_what_a_ranking_joins_is_sharded_alike() -> None:
    keys = {table.name: table.shard_key for table in STORED}
    alike = {"posts", "post_history", "votes", "vote_history", "tallies", "tally_periods", "standings"}
    assert {keys[name] for name in alike} == {("workspace", "post")}
    assert ranking.VIEWS


def test_a_database_stays_where_it_is(client: Client) -> None:
    database = f"l{uuid.uuid4().hex[:10]}"
    assert layout_of(client, database, "main") == Layout("main")
    install(client, database)
    assert layout_of(client, database) == Layout()
    with pytest.raises(LayoutRefused, match=f"{database} is on one server, and CLICKHOUSE_CLUSTER is main"):
        install(client, database, cluster="main")


def test_whoever_waits_sees_what_runs(client: Client) -> None:
    """Itself it does not see, and no other node either where there is none."""
    assert Layout().processes == "system.processes"
    assert list(Layout().sync_statements("groundswell", "generation_log")) == []
    assert client.query("EXPLAIN AST SELECT 1 FROM " + Layout("main").processes).result_rows
    query = f"SELECT count() FROM {Layout().processes} WHERE initial_query_id = queryID() AND query_id = queryID()"
    assert client.query(query).result_rows == [(1,)]


def test_sizes_go_by_the_tables_own_names(client: Client) -> None:
    """As on a cluster, but for what asks the other nodes."""
    database = f"l{uuid.uuid4().hex[:10]}"
    client.command(f"CREATE DATABASE {database}")
    client.command(f"CREATE TABLE {database}.votes_g1_local ENGINE = MergeTree ORDER BY n AS SELECT 1 AS n")
    here = Layout("main").sizes.replace("cluster('main', system.parts)", "system.parts")
    found = client.query(f"SELECT table, rows FROM ({here}) WHERE database = '{database}' AND active").result_rows
    assert found == [("votes_g1", 1)]
