"""clickhouse-connect, sync and async, as against a real server."""

from datetime import UTC, datetime, timedelta

import clickhouse_connect
import pytest
from clickhouse_connect.driver.client import Client
from clickhouse_connect.driver.exceptions import DatabaseError
from clickhouse_connect.driver.external import ExternalData

NOW = datetime(2026, 11, 24, 5, 36, 46, 123000, tzinfo=UTC)
NASTY = [
    "plain",
    "o'clock",
    '"; DROP TABLE votes --',
    "tab\tline\nback\\slash",
    "{a:String}",
    "é ☃ \U0001f600",
    "",
    "\0",
    "' OR 1=1 --",
]


def test_rows_come_back_as_they_went_in(client: Client) -> None:
    client.command("CREATE TABLE t (a UInt64, b String, c DateTime64(3, 'UTC'), d Array(Nullable(Int8))) ORDER BY a")
    rows = [[number, text, NOW + timedelta(milliseconds=number), [number, None]] for number, text in enumerate(NASTY)]
    summary = client.insert("t", rows, column_names=["a", "b", "c", "d"])
    assert summary.written_rows == len(NASTY)
    assert [list(row) for row in client.query("SELECT * FROM t ORDER BY a", tz_mode="aware").result_rows] == rows


@pytest.mark.parametrize("text", NASTY)
def test_a_parameter_is_data(client: Client, text: str) -> None:
    assert client.query("SELECT {text:String}, length({text:String})", parameters={"text": text}).result_rows == [
        (text, len(text.encode()))
    ]
    assert client.query("SELECT %(text)s", parameters={"text": text}).result_rows == [(text,)]


def test_parameters_of_all_kinds(client: Client) -> None:
    found = client.query(
        "SELECT {list:Array(String)}, {number:Int64}, {at:DateTime64(3, 'UTC')}, {nothing:Nullable(String)} "
        "FROM system.{table:Identifier}",
        parameters={"list": NASTY[:3], "number": -5, "at": NOW, "nothing": None, "table": "one"},
    )
    assert found.result_rows == [(NASTY[:3], -5, NOW.replace(tzinfo=None), None)]


def test_a_parameter_that_is_no_such_type_is_refused(client: Client) -> None:
    with pytest.raises(DatabaseError, match="BAD_QUERY_PARAMETER") as caught:
        client.query("SELECT {a:UInt8}", parameters={"a": "1 OR 1"})
    assert caught.value.code == 457


def test_streams(client: Client) -> None:
    with client.query_row_block_stream("SELECT number FROM numbers(1000000)") as blocks:
        total = sum(row[0] for block in blocks for row in block)
    assert total == sum(range(1_000_000))


def test_a_failure_in_the_middle_of_a_stream_reaches_the_client(client: Client) -> None:
    query = (
        "SELECT throwIf(number = 900000, 'too far') FROM numbers(1000000) "
        "SETTINGS max_block_size = 1000, max_threads = 1"
    )
    with pytest.raises(DatabaseError, match="too far"), client.query_row_block_stream(query) as blocks:
        for _ in blocks:
            pass


@pytest.mark.parametrize(
    ("query", "code", "name"),
    [
        ("SELECT * FROM nowhere", 60, "UNKNOWN_TABLE"),
        ("SELECT nobody", 47, "UNKNOWN_IDENTIFIER"),
        ("SELECT count( FROM", 62, "SYNTAX_ERROR"),
        ("SELECT throwIf(1)", 395, "FUNCTION_THROW_IF_VALUE_IS_NON_ZERO"),
        ("SELECT toUInt8('x')", 6, "CANNOT_PARSE_TEXT"),
    ],
)
def test_an_error_has_its_code_and_its_text(client: Client, query: str, code: int, name: str) -> None:
    with pytest.raises(DatabaseError) as caught:
        client.query(query)
    assert caught.value.code == code
    assert caught.value.name == name


def test_settings(client: Client) -> None:
    query = "SELECT getSetting('max_threads'), getSetting('log_comment')"
    assert client.query(query, settings={"max_threads": 3, "log_comment": "it's & % ="}).result_rows[0][0] == 3
    with pytest.raises(DatabaseError) as caught:
        client.query("SELECT 1", settings={"max_execution_time": "soon"})
    assert caught.value.code in {27, 6, 72}


def test_a_session_keeps_what_it_set(client: Client) -> None:
    default = client.command("SELECT getSetting('max_threads')")
    client.command("SET max_threads = 7")
    assert client.command("SELECT getSetting('max_threads')") == 7
    assert client.query("SELECT getSetting('max_threads')", settings={"max_threads": 3}).result_rows == [(3,)]
    assert client.command("SELECT getSetting('max_threads')") == 7
    client.command("CREATE TEMPORARY TABLE mine (a Int8)")
    client.insert("mine", [[1], [2]], column_names=["a"], database="")
    assert client.command("SELECT sum(a) FROM mine") == 3
    with clickhouse_connect.get_client(dsn=client.url) as other:
        assert other.command("SELECT getSetting('max_threads')") == default
        with pytest.raises(DatabaseError, match="UNKNOWN_TABLE"):
            other.command("SELECT sum(a) FROM mine")


def test_external_data(client: Client) -> None:
    rows = ExternalData(file_name="people.csv", data=b"1,ann\n2,bob\n", fmt="CSV", structure="id UInt8, name String")
    found = client.query("SELECT name FROM people WHERE id = {id:UInt8}", parameters={"id": 2}, external_data=rows)
    assert found.result_rows == [("bob",)]


def test_a_parameterised_view(client: Client) -> None:
    client.command("CREATE TABLE t (a UInt64, at DateTime64(3, 'UTC')) ORDER BY a")
    client.insert("t", [[n, NOW + timedelta(seconds=n)] for n in range(10)], column_names=["a", "at"])
    client.command("CREATE VIEW as_of AS SELECT count() AS n FROM t WHERE at <= {at:DateTime64(3, 'UTC')}")
    moment = NOW + timedelta(seconds=4)
    assert client.query(
        "SELECT n FROM as_of(at = {at:DateTime64(3, 'UTC')})", parameters={"at": moment}
    ).result_rows == [(5,)]


def test_final_takes_the_latest_version(client: Client) -> None:
    client.command("CREATE TABLE t (k String, v UInt64, is String) ENGINE = ReplacingMergeTree(v) ORDER BY k")
    for version, word in ((2, "new"), (1, "old"), (2, "new")):
        client.insert("t", [["a", version, word]], column_names=["k", "v", "is"])
    assert client.query("SELECT is FROM t FINAL WHERE k = 'a'").result_rows == [("new",)]


def test_exchange_tables(client: Client) -> None:
    client.command("CREATE TABLE live (a UInt8) ORDER BY a")
    client.command("CREATE TABLE next (a UInt8) ORDER BY a")
    client.insert("next", [[2]], column_names=["a"])
    client.command("EXCHANGE TABLES live AND next")
    assert client.command("SELECT sum(a) FROM live") == 2


def test_frames_and_arrow(client: Client) -> None:
    table = client.query_arrow("SELECT number AS n FROM numbers(100000)")
    assert (table.num_rows, table.column("n")[99_999].as_py()) == (100_000, 99_999)
    client.command("CREATE TABLE t (n UInt64) ORDER BY n")
    client.insert_arrow("t", table)
    assert client.command("SELECT count() FROM t") == 100_000


@pytest.mark.parametrize("compress", [False, "lz4", "zstd", "gzip"])
def test_compression_both_ways(clickhouse_url: str, database: str, compress: bool | str) -> None:
    with clickhouse_connect.get_client(dsn=clickhouse_url, database=database, compress=compress) as client:
        client.command("CREATE TABLE t (n UInt64, s String) ORDER BY n")
        rows = [[number, f"row {number}"] for number in range(50_000)]
        client.insert("t", rows, column_names=["n", "s"])
        assert [list(row) for row in client.query("SELECT * FROM t ORDER BY n").result_rows] == rows


async def test_the_async_client(clickhouse_url: str, database: str) -> None:
    client = await clickhouse_connect.get_async_client(dsn=clickhouse_url, database=database)
    await client.command("CREATE TABLE t (n UInt64, s String) ORDER BY n")
    await client.insert("t", [[number, NASTY[number % 3]] for number in range(10_000)], column_names=["n", "s"])
    found = await client.query("SELECT count(), uniq(s) FROM t WHERE n < {n:UInt64}", parameters={"n": 9000})
    assert found.result_rows == [(9000, 3)]
    async with await client.query_row_block_stream("SELECT number FROM numbers(500000)") as blocks:
        assert sum([len(block) async for block in blocks]) == 500_000
    with pytest.raises(DatabaseError) as caught:
        await client.query("SELECT * FROM nowhere")
    assert caught.value.code == 60
    await client.close()
