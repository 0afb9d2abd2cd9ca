"""Plain HTTP, as curl speaks it."""

import gzip
import io
import json
import threading
import time

import clickhouse_connect.driver.compression as _  # noqa: F401
import httpx
import lz4.frame
import pyarrow as pa
import pyarrow.parquet as pq
import pytest


def ask(http: httpx.Client, query: str, **params: str | int) -> str:
    response = http.post("/", content=query, params=params)
    assert response.status_code == 200, response.text
    return response.text


def test_health(http: httpx.Client) -> None:
    assert http.get("/ping").text == "Ok.\n"
    assert http.get("/").text == "Ok.\n"
    assert http.get("/replicas_status").text == "Ok.\n"
    assert http.get("/elsewhere").status_code == 404


def test_a_query_in_the_address_in_the_body_and_in_both(http: httpx.Client) -> None:
    assert http.get("/", params={"query": "SELECT 1"}).text == "1\n"
    assert http.post("/", content="SELECT 1").text == "1\n"
    assert http.post("/", params={"query": "SELECT"}, content="1").text == "1\n"
    assert http.post("/", params={"query": "SELECT 1"}).text == "1\n"


def test_headers(http: httpx.Client) -> None:
    answer = http.get("/", params={"query": "SELECT 1 AS a FORMAT JSON", "query_id": "mine"})
    assert answer.headers["X-ClickHouse-Query-Id"] == "mine"
    assert answer.headers["X-ClickHouse-Format"] == "JSON"
    assert answer.headers["Content-Type"] == "application/json; charset=UTF-8"
    assert json.loads(answer.headers["X-ClickHouse-Summary"])["result_rows"] == "1"
    assert answer.json()["data"] == [{"a": 1}]


def test_the_format_of_the_answer(http: httpx.Client) -> None:
    assert ask(http, "SELECT 1 AS a", default_format="JSONEachRow") == '{"a":1}\n'
    assert http.post("/", content="SELECT 1 AS a", headers={"X-ClickHouse-Format": "CSVWithNames"}).text == '"a"\n1\n'
    assert ask(http, "SELECT 1 AS a FORMAT TSVWithNames", default_format="JSON") == "a\n1\n"
    assert ask(http, "SELECT 'FORMAT CSV' -- FORMAT CSV") == "FORMAT CSV\n"
    assert http.post("/", content="SELECT 1 FORMAT Nonsense").headers["X-ClickHouse-Exception-Code"] == "73"


@pytest.mark.parametrize(
    "form",
    [
        "TSVWithNames",
        "CSVWithNames",
        "TSVWithNamesAndTypes",
        "JSONCompactEachRowWithNamesAndTypes",
        "CSVWithNamesAndTypes",
    ],
)
def test_long_results_have_their_names_once(http: httpx.Client, form: str) -> None:
    query = 'SELECT number AS "a\nb", toString(number) AS s FROM numbers(300000) ORDER BY number'
    lines = ask(http, f"{query} FORMAT {form}")
    whole = ask(http, f"{query} FORMAT {form} SETTINGS max_block_size = 1000000", extremes="0")
    assert lines.count("\n") >= 300_001
    assert lines == whole
    assert lines.count("String") == (1 if "Types" in form else 0)


@pytest.mark.parametrize("form", ["RowBinaryWithNamesAndTypes", "Native", "RowBinary"])
def test_long_binary_results_read_back(http: httpx.Client, database: str, form: str) -> None:
    rows = http.post("/", content=f"SELECT number AS n FROM numbers(300000) FORMAT {form}").content
    ask(http, "CREATE TABLE t (n UInt64) ORDER BY n", database=database)
    answer = http.post("/", params={"query": f"INSERT INTO t FORMAT {form}", "database": database}, content=rows)
    assert answer.status_code == 200, answer.text
    assert ask(http, "SELECT count(), sum(n) FROM t", database=database) == f"300000\t{sum(range(300_000))}\n"


@pytest.mark.parametrize(
    "form", ["JSON", "Parquet", "ArrowStream", "Pretty", "XML", "CSVWithNames", "TSVWithNames", "Native"]
)
def test_an_empty_result_is_one(http: httpx.Client, form: str) -> None:
    answer = http.post("/", content=f"SELECT 1 AS a WHERE 0 FORMAT {form}")
    assert answer.status_code == 200
    assert answer.headers["X-ClickHouse-Format"] == form
    if form == "JSON":
        assert answer.json()["rows"] == 0
    if form == "CSVWithNames":
        assert answer.text == '"a"\n'


INSERTS = [
    ("INSERT INTO t FORMAT JSONEachRow", b'{"a":1,"b":"x"}\n{"a":2,"b":"y"}'),
    ("INSERT INTO t FORMAT CSV", b'1,"x"\n2,"y"\n'),
    ("INSERT INTO t (a, b) FORMAT TSV", b"1\tx\n2\ty\n"),
    ("INSERT INTO t VALUES", b"(1,'x'),(2,'y')"),
    ("INSERT INTO t (a, b) VALUES (1,'x'),", b"(2,'y')"),
    ("INSERT INTO t SELECT 1, 'x' UNION ALL SELECT 2, 'y'", b""),
    ("INSERT INTO t FORMAT RowBinary", b"\x01\x01x\x02\x01y"),
    ("INSERT INTO t /* VALUES */ (a, b) SETTINGS max_insert_block_size = 10 FORMAT TSV", b"1\tx\n2\ty"),
]


@pytest.mark.parametrize(("statement", "rows"), INSERTS)
@pytest.mark.parametrize("where", ["address", "body"])
def test_inserts(http: httpx.Client, database: str, statement: str, rows: bytes, where: str) -> None:
    ask(http, "CREATE TABLE t (a UInt8, b String) ORDER BY a", database=database)
    given = {"query": statement, "database": database} if where == "address" else {"database": database}
    body = rows if where == "address" else statement.encode() + b"\n" + rows
    answer = http.post("/", params=given, content=body)
    assert answer.status_code == 200, answer.text
    assert json.loads(answer.headers["X-ClickHouse-Summary"])["written_rows"] == "2"
    assert "X-ClickHouse-Format" not in answer.headers
    assert ask(http, "SELECT * FROM t ORDER BY a", database=database) == "1\tx\n2\ty\n"


def test_parquet_both_ways(http: httpx.Client, database: str) -> None:
    ask(http, "CREATE TABLE t (a UInt64) ORDER BY a", database=database)
    file = io.BytesIO()
    pq.write_table(pa.table({"a": pa.array(range(1000), pa.uint64())}), file)
    answer = http.post(
        "/", params={"query": "INSERT INTO t FORMAT Parquet", "database": database}, content=file.getvalue()
    )
    assert answer.status_code == 200, answer.text
    back = http.post("/", params={"database": database}, content="SELECT * FROM t ORDER BY a FORMAT Parquet").content
    assert pq.read_table(io.BytesIO(back)).column("a").to_pylist() == list(range(1000))


def test_an_insert_streams_in(http: httpx.Client, database: str) -> None:
    ask(http, "CREATE TABLE t (a UInt64) ORDER BY a", database=database)
    pieces = (
        b"".join(b"%d\n" % number for number in range(start, start + 10_000)) for start in range(0, 1_000_000, 10_000)
    )
    answer = http.post("/", params={"query": "INSERT INTO t FORMAT TSV", "database": database}, content=pieces)
    assert answer.status_code == 200, answer.text
    assert ask(http, "SELECT count(), uniqExact(a) FROM t", database=database) == "1000000\t1000000\n"


@pytest.mark.parametrize(
    ("query", "status", "code"),
    [
        ("SELECT 1 +", 400, 62),
        ("SELECT 1; SELECT 2", 400, 62),
        ("", 400, 62),
        ("SELECT * FROM nowhere", 404, 60),
        ("SELECT f()", 404, 46),
        ("SELECT throwIf(1)", 500, 395),
        ("INSERT INTO system.one VALUES (1)", 501, 48),
        ("SELECT sleep(3) SETTINGS max_execution_time = 0.2", 408, 159),
        ("SELEC 1", 400, 62),
        ("INSERT INTO", 400, 62),
    ],
)
def test_an_error_has_its_status_code_and_text(http: httpx.Client, query: str, status: int, code: int) -> None:
    answer = http.post("/", content=query)
    assert answer.headers["X-ClickHouse-Exception-Code"] == str(code), answer.text
    assert answer.status_code == status
    assert answer.text.startswith(f"Code: {code}. DB::Exception: ")
    assert answer.text.count("DB::Exception") == 1
    assert answer.text.count("(version ") == 1


def test_rows_that_are_none_are_refused(http: httpx.Client, database: str) -> None:
    ask(http, "CREATE TABLE t (a UInt8) ORDER BY a", database=database)
    answer = http.post("/", params={"query": "INSERT INTO t FORMAT CSV", "database": database}, content=b"1\nx\n")
    assert answer.status_code == 400
    assert ask(http, "SELECT count() FROM t", database=database) == "0\n"


def test_unknown_settings_databases_and_paths(http: httpx.Client) -> None:
    for params, code in (
        ({"nonsense": "1"}, 115),
        ({"config-file": "/etc/passwd"}, 115),
        ({"path": "/tmp"}, 115),
        ({"database": "nowhere"}, 81),
        ({"database": "x`; DROP"}, 81),
        ({"max_threads": "many"}, 27),
    ):
        answer = http.post("/", params=params, content="SELECT 1")
        assert answer.headers["X-ClickHouse-Exception-Code"] == str(code), answer.text


def test_the_database(http: httpx.Client, database: str) -> None:
    assert ask(http, "SELECT currentDatabase()") == "default\n"
    assert ask(http, "SELECT currentDatabase()", database=database) == f"{database}\n"
    answer = http.post("/", content="SELECT currentDatabase()", headers={"X-ClickHouse-Database": database})
    assert answer.text == f"{database}\n"


def test_a_get_only_reads(http: httpx.Client, database: str) -> None:
    answer = http.get("/", params={"query": "CREATE TABLE t (a UInt8) ORDER BY a", "database": database})
    assert (answer.status_code, answer.headers["X-ClickHouse-Exception-Code"]) == (500, "164")
    answer = http.get(
        "/", params={"query": "CREATE TABLE t (a UInt8) ORDER BY a", "database": database, "readonly": "0"}
    )
    assert answer.headers["X-ClickHouse-Exception-Code"] == "164"
    session = {"session_id": database, "database": database}
    http.post("/", params=session, content="SET max_threads = 1").raise_for_status()
    answer = http.get("/", params={"query": "CREATE TABLE t (a UInt8) ORDER BY a", **session})
    assert answer.headers["X-ClickHouse-Exception-Code"] == "164"
    assert ask(http, "SHOW TABLES", database=database) == ""


def test_readonly(http: httpx.Client) -> None:
    assert ask(http, "SELECT getSetting('max_threads')", readonly=1, max_threads=3) == "3\n"
    assert ask(http, "SELECT 1 SETTINGS max_threads = 1", readonly=2) == "1\n"
    for readonly, query in (
        (1, "SELECT 1 SETTINGS max_threads = 1"),
        (1, "DROP DATABASE default"),
        (2, "DROP DATABASE default"),
    ):
        answer = http.post("/", params={"readonly": readonly}, content=query)
        assert answer.headers["X-ClickHouse-Exception-Code"] == "164", answer.text


@pytest.mark.parametrize("name", ["gzip", "deflate", "lz4", "zstd"])
def test_the_answer_is_compressed_when_asked(http: httpx.Client, name: str) -> None:
    for size in (1, 400_000):
        params = {"query": f"SELECT number FROM numbers({size})", "enable_http_compression": "1"}
        with http.stream("GET", "/", params=params, headers={"Accept-Encoding": name}) as answer:
            raw = b"".join(answer.iter_raw())
            assert answer.headers["Content-Encoding"] == name
        assert inflate(name, raw).count(b"\n") == size
    plain = http.get("/", params={"query": "SELECT 1"}, headers={"Accept-Encoding": name})
    assert "Content-Encoding" not in plain.headers


def inflate(name: str, raw: bytes) -> bytes:
    import zlib

    from backports import zstd

    if name == "lz4":
        return lz4.frame.decompress(raw)
    return zstd.decompress(raw) if name == "zstd" else zlib.decompress(raw, 47)


def test_compressed_statements_and_rows(http: httpx.Client, database: str) -> None:
    ask(http, "CREATE TABLE t (a UInt64) ORDER BY a", database=database)
    rows = b"".join(b"%d\n" % number for number in range(100_000))
    for name, body in (("gzip", gzip.compress(rows)), ("lz4", lz4.frame.compress(rows))):
        params = {"query": "INSERT INTO t FORMAT TSV", "database": database}
        answer = http.post("/", params=params, content=body, headers={"Content-Encoding": name})
        assert answer.status_code == 200, answer.text
        cut = http.post("/", params=params, content=body[:-20], headers={"Content-Encoding": name})
        assert cut.status_code >= 400
    assert ask(http, "SELECT count() FROM t", database=database) == "200000\n"
    answer = http.post("/", content=gzip.compress(b"SELECT 1"), headers={"Content-Encoding": "gzip"})
    assert answer.text == "1\n"
    assert (
        http.post("/", content=b"x", headers={"Content-Encoding": "rot13"}).headers["X-ClickHouse-Exception-Code"]
        == "89"
    )


def test_clickhouse_blocks_both_ways(http: httpx.Client, database: str) -> None:
    ask(http, "CREATE TABLE t (a UInt64) ORDER BY a", database=database)
    packed = http.post(
        "/", params={"compress": "1"}, content="SELECT number FROM numbers(500000) FORMAT RowBinary"
    ).content
    params = {"query": "INSERT INTO t FORMAT RowBinary", "database": database, "decompress": "1"}
    assert http.post("/", params=params, content=packed).status_code == 200
    assert ask(http, "SELECT count(), uniqExact(a) FROM t", database=database) == "500000\t500000\n"
    broken = packed[:40] + bytes([packed[40] ^ 1]) + packed[41:]
    assert http.post("/", params=params, content=broken).headers["X-ClickHouse-Exception-Code"] == "40"


def test_external_tables(http: httpx.Client) -> None:
    answer = http.post(
        "/",
        params={"query": "SELECT sum(_1), any(_2) FROM ids", "ids_types": "UInt8,Tuple(Int8, Int8)"},
        files={"ids": ("ids.tsv", b"1\t(1,2)\n2\t(1,2)\n")},
    )
    assert answer.text == "3\t(1,2)\n"
    for params in ({"readonly": "1"}, {"session_id": "externals"}, {"session_id": "externals"}):
        if "session_id" in params:
            http.post("/", params=params, content="SET max_threads = 1").raise_for_status()
        given = {"query": "SELECT sum(id) FROM ids", "ids_structure": "id UInt8", **params}
        assert http.post("/", params=given, files={"ids": ("ids.tsv", b"1\n2\n")}).text == "3\n"
    undescribed = http.post("/", params={"query": "SELECT 1"}, files={"ids": ("ids.tsv", b"1\n")})
    assert undescribed.headers["X-ClickHouse-Exception-Code"] == "36"


def test_wait_end_of_query_gives_a_late_error_its_status(http: httpx.Client) -> None:
    query = (
        "SELECT number, throwIf(number = 900000) FROM numbers(1000000) SETTINGS max_block_size = 1000, max_threads = 1"
    )
    answer = http.post("/", params={"wait_end_of_query": "1"}, content=query)
    assert (answer.status_code, answer.headers["X-ClickHouse-Exception-Code"]) == (500, "395")
    with pytest.raises(httpx.RemoteProtocolError):
        http.post("/", content=query)
    long = http.post("/", params={"wait_end_of_query": "1"}, content="SELECT number FROM numbers(3000000)")
    assert (long.text.count("\n"), json.loads(long.headers["X-ClickHouse-Summary"])["result_rows"]) == (
        3_000_000,
        "3000000",
    )


def test_two_queries_of_one_id_and_one_session(http: httpx.Client, clickhouse_url: str) -> None:
    slow = "SELECT sleepEachRow(0.3) FROM numbers(5) SETTINGS max_block_size = 1"
    params = {"query_id": "twice", "session_id": "twice"}
    thread = threading.Thread(target=httpx.post, args=(clickhouse_url,), kwargs={"params": params, "content": slow})
    thread.start()
    wait_for_query(http, "sleepEachRow")
    assert (
        http.post("/", params={"query_id": "twice"}, content="SELECT 1").headers["X-ClickHouse-Exception-Code"] == "216"
    )
    assert (
        http.post("/", params={"session_id": "twice"}, content="SELECT 1").headers["X-ClickHouse-Exception-Code"]
        == "373"
    )
    thread.join()
    assert http.post("/", params=params, content="SELECT 1").text == "1\n"


def test_sessions_end(http: httpx.Client) -> None:
    check = {"session_id": "short", "session_check": "1"}
    assert http.post("/", params=check, content="SELECT 1").headers["X-ClickHouse-Exception-Code"] == "372"
    http.post(
        "/", params={"session_id": "short", "session_timeout": "1"}, content="SET max_threads = 1"
    ).raise_for_status()
    assert http.post("/", params={**check, "session_timeout": "1"}, content="SELECT 1").text == "1\n"
    time.sleep(1.2)
    assert http.post("/", params=check, content="SELECT 1").headers["X-ClickHouse-Exception-Code"] == "372"


def test_a_client_that_goes_away_takes_its_query_along(http: httpx.Client, clickhouse_url: str) -> None:
    endless = "SELECT count() FROM numbers(1000000000000) WHERE number % 7 = 100"
    with pytest.raises(httpx.ReadTimeout):
        httpx.post(clickhouse_url, content=endless, timeout=1.0)
    wait_for_query(http, "number % 7 = 100", there=False)
    with httpx.stream("POST", clickhouse_url, content="SELECT number + 77 FROM numbers(1000000000000)") as answer:
        next(answer.iter_raw())
    wait_for_query(http, "number + 77", there=False)


def wait_for_query(http: httpx.Client, text: str, *, there: bool = True) -> None:
    query = (
        "SELECT count() FROM system.processes "
        "WHERE position(query, {text:String}) > 0 AND position(query, 'processes') = 0"
    )
    deadline = time.monotonic() + 20
    while (ask(http, query, param_text=text) != "0\n") != there:
        assert time.monotonic() < deadline, f"{text} is {'not there' if there else 'still there'}"
        time.sleep(0.02)
