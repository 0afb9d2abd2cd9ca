"""What nobody may do here: reach beyond the folder, or stop the engine."""

import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import httpx
import pytest

from services.clickhouse.plain_view import is_plain_view

OUTSIDE = [
    "SELECT * FROM file('/etc/passwd', 'LineAsString')",
    "SELECT * FROM url('http://127.0.0.1:1/', 'CSV', 'a String')",
    "SELECT * FROM s3('http://127.0.0.1:1/b/k', 'CSV', 'a String')",
    "SELECT * FROM remote('127.0.0.1:1', system.one)",
    "SELECT * FROM hdfs('hdfs://127.0.0.1:1/x', 'CSV', 'a String')",
    "SELECT * FROM mysql('127.0.0.1:1', 'd', 't', 'u', 'p')",
    "SELECT * FROM postgresql('127.0.0.1:1', 'd', 't', 'u', 'p')",
    "SELECT * FROM sqlite('/tmp/x.db', 't')",
    "SELECT * FROM `/etc/passwd`",
    "SELECT * FROM default.`/etc/passwd`",
    "SELECT * FROM _local.`/etc/passwd`",
    "SELECT * FROM executable('id', 'TSV', 'a String')",
    "SELECT * FROM Python(sys)",
    "SELECT * FROM (SELECT * FROM python (  x ))",
    "SELECT (SELECT * FROM file('/etc/passwd', 'LineAsString') LIMIT 1)",
    "WITH x AS (SELECT * FROM file('/etc/passwd', 'LineAsString')) SELECT * FROM x",
    "EXPLAIN SELECT * FROM file('/etc/passwd', 'LineAsString')",
    "DESCRIBE TABLE file('/etc/passwd', 'LineAsString')",
    "INSERT INTO FUNCTION file('{out}', 'CSV', 'a String') SELECT 'x'",
    "INSERT INTO FUNCTION file('{out}', 'CSV', 'a String') VALUES ('x')",
    "CREATE TABLE default.x (a String) ENGINE = File(CSV, '{out}')",
    "CREATE TABLE default.x (a String) ENGINE = URL('http://127.0.0.1:1/', CSV)",
    "CREATE TABLE default.x (a String) ENGINE = S3('http://127.0.0.1:1/b/k', CSV)",
    "CREATE TABLE default.x (a String) ENGINE = Python(x)",
    "CREATE TABLE default.x (a String) ENGINE = Kafka('127.0.0.1:1', 't', 'g', 'CSV')",
    "CREATE TABLE default.x (a Int8) ENGINE = MergeTree ORDER BY a SETTINGS disk = disk(type = local, path = '{out}/')",
    "CREATE TABLE default.x (a Int8) ENGINE = MergeTree ORDER BY a "
    "SETTINGS disk = disk(type = web, endpoint = 'http://127.0.0.1:1/')",
    "SELECT * FROM icebergLocal('/etc')",
    "SELECT * FROM deltaLakeLocal('/etc')",
    "SELECT * FROM loop(file('/etc/passwd', 'LineAsString')) LIMIT 1",
    "SELECT * FROM fileCluster('default', '/etc/passwd', 'LineAsString')",
    "SELECT file('/etc/passwd')",
    "SELECT `f\\x69le`('/etc/passwd')",
    "SELECT arrayMap(file, ['/etc/passwd'])",
    "SELECT * APPLY file FROM (SELECT '/etc/passwd')",
    "SELECT file('/proc/self/environ')",
    "CREATE VIEW default.x AS SELECT file('/etc/passwd') AS a; SELECT * FROM default.x",
    "SELECT 1 FORMAT Template SETTINGS format_template_resultset = '/etc/passwd', format_template_row = '/etc/passwd'",
    "SELECT * FROM eval('SELECT file(\\'/etc/passwd\\')') SETTINGS allow_experimental_eval_table_function = 1",
    "SELECT count() FROM filesystem('/etc')",
    "ALTER TABLE default.x EXPORT PARTITION ID 'all' TO TABLE FUNCTION file('{out}')",
    "CREATE TABLE default.x AS file('/etc/passwd', 'LineAsString')",
    "CREATE VIEW default.x AS SELECT * FROM file('/etc/passwd', 'LineAsString')",
    "CREATE DATABASE x ENGINE = Filesystem('/etc')",
    "CREATE DATABASE x ENGINE = SQLite('/tmp/x.db')",
    "CREATE DATABASE x ENGINE = MySQL('127.0.0.1:1', 'd', 'u', 'p')",
    "CREATE DICTIONARY default.x (a String) PRIMARY KEY a "
    "SOURCE(FILE(path '/etc/passwd' format 'TSV')) LAYOUT(DIRECT())",
    "SELECT 1 INTO OUTFILE '{out}'",
    "SELECT 1 into /* no */ outfile '{out}' TRUNCATE FORMAT CSV",
    "SELECT 1 UNION ALL SELECT 2 INTO OUTFILE '{out}'",
    "WITH 1 AS a SELECT a INTO OUTFILE '{out}' FORMAT CSV",
    "SHOW DATABASES INTO OUTFILE '{out}'",
    "EXPLAIN SELECT 1 INTO OUTFILE '{out}'",
    "EXISTS TABLE default.x INTO OUTFILE '{out}' FORMAT TSV",
    "INSERT INTO default.x FROM INFILE '/etc/passwd' FORMAT LineAsString",
    "BACKUP DATABASE default TO File('{out}')",
    "BACKUP DATABASE default TO Disk('default', 'x')",
    "SYSTEM SHUTDOWN",
    "SYSTEM KILL",
    "SYSTEM RELOAD CONFIG",
    "CREATE USER x IDENTIFIED BY 'x'",
    "GRANT ALL ON *.* TO default",
    "CREATE NAMED COLLECTION x AS a = 1",
]


# The kernel's part of it: elsewhere the functions that need no grant still read files.
pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="the confinement needs Linux")


@pytest.mark.parametrize("query", OUTSIDE)
def test_nothing_outside_the_folder(http: httpx.Client, tmp_path: Path, query: str) -> None:
    out = tmp_path / "out"
    answer = http.post("/", content=query.replace("{out}", str(out)))
    assert answer.status_code >= 400, answer.text
    assert "root:" not in answer.text
    assert not out.exists()
    assert http.get("/ping").text == "Ok.\n"


@pytest.mark.parametrize("query", [OUTSIDE[0], *(query for query in OUTSIDE if query.startswith("SELECT 1 "))])
def test_no_setting_opens_the_door(http: httpx.Client, tmp_path: Path, query: str) -> None:
    out = tmp_path / "out"
    deep = "(" * 1500 + "1" + ")" * 1500
    for params in ({"max_parser_depth": "100000"}, {"readonly": "0"}, {"implicit_select": "1"}, {"session_id": "door"}):
        text = query.replace("{out}", str(out)).replace("SELECT 1", f"SELECT {deep}")
        answer = http.post("/", params=params, content=text)
        assert answer.status_code >= 400
        assert "root:" not in answer.text
        assert not out.exists()


def test_a_file_clause_far_down_a_long_query_is_seen(http: httpx.Client, tmp_path: Path) -> None:
    out = tmp_path / "out"
    answer = http.post(
        "/", content=f"SELECT 1 /* {'x' * 400_000} */ INTO OUTFILE '{out}'", params={"max_query_size": "1000000"}
    )
    assert answer.status_code >= 400
    assert not out.exists()


@pytest.mark.parametrize(
    "name", ["python", "Python", "`python`", '"PYTHON"', r"`pyth\x6fn`", r'"p\ython"', r"`p\u0079thon`"]
)
def test_an_object_of_the_process_is_not_looked_for_however_its_function_is_spelled(
    http: httpx.Client, name: str
) -> None:
    selects = (f"SELECT * FROM {name}(sys)", f"SELECT * FROM (SELECT * FROM {name} (sys))")
    for query in (*selects, *(f"CREATE VIEW default.x AS {select}" for select in selects)):
        answer = http.post("/", content=query)
        assert (answer.status_code, answer.headers["X-ClickHouse-Exception-Code"]) == (403, "497"), answer.text


def test_a_view_and_something_else_are_refused(http: httpx.Client) -> None:
    answer = http.post("/", content="CREATE VIEW default.plain AS SELECT 1; CREATE VIEW default.other AS SELECT 2")
    assert (answer.status_code, answer.headers["X-ClickHouse-Exception-Code"]) == (400, "62"), answer.text
    assert http.post("/", content="EXISTS VIEW default.plain").text == "0\n"
    assert http.post("/", content="CREATE VIEW default.plain AS SELECT").headers["X-ClickHouse-Exception-Code"] == "62"


@pytest.mark.parametrize(
    ("plain", "text"),
    [
        (True, "CREATE VIEW a.b AS SELECT 1"),
        (True, "CREATE OR REPLACE VIEW a.b AS\nSELECT 'outside' AS place -- and a note"),
        (False, "create view a.b AS SELECT 1"),
        (False, "CREATE MATERIALIZED VIEW a.b AS SELECT 1"),
        (False, "SELECT 1 -- CREATE VIEW a.b"),
        (False, "CREATE VIEW a.b AS SELECT 1 INTO OutFile 'x'"),
        (False, "CREATE VIEW a.b AS SELECT 1 FORMAT CSV"),
        (False, "CREATE VIEW a.b AS SELECT * FROM PYTHON(x)"),
        (False, r"CREATE VIEW a.b AS SELECT * FROM `p\x79thon`(x)"),
    ],
)
def test_only_a_view_without_any_word_that_matters_is_not_looked_into(plain: bool, text: str) -> None:
    assert is_plain_view(text.encode()) == plain


def test_names_that_only_look_like_it_are_fine(http: httpx.Client) -> None:
    answer = http.post("/", content="SELECT 'INTO OUTFILE' AS outfile, 'Python(x)' AS python, 1 AS infile")
    assert answer.text == "INTO OUTFILE\tPython(x)\t1\n"


def test_a_body_that_is_too_long_for_a_statement_is_refused(http: httpx.Client) -> None:
    answer = http.post("/", content=b"SELECT '" + b"x" * (17 * 1024 * 1024) + b"'")
    assert (answer.status_code, answer.headers["X-ClickHouse-Exception-Code"]) == (413, "161")
    answer = http.post("/", content=b"SELECT '" + b"x" * 300_000 + b"'")
    assert answer.status_code == 400
    assert "Max query size exceeded" in answer.text


def test_what_was_allowed_once_does_not_open_the_door_for_what_begins_like_it(
    http: httpx.Client, tmp_path: Path
) -> None:
    out = tmp_path / "out"
    assert http.post("/", content="SELECT 1\n").text == "1\n"
    for tail in (b"INTO OUTFILE '%s'", b"-- \xff\nINTO OUTFILE '%s'", b"/* \0 */ INTO OUTFILE '%s'"):
        answer = http.post("/", content=b"SELECT 1\n" + tail % str(out).encode())
        assert answer.status_code >= 400, answer.text
        assert not out.exists()


def test_bytes_that_are_no_text_are_data(http: httpx.Client) -> None:
    answer = http.post("/?param_a=%FF%00%27", content=b"SELECT hex('\xff'), hex({a:String})")
    assert answer.text == "FF\tFF0027\n"


def test_expressions_among_rows_reach_no_file(http: httpx.Client, database: str) -> None:
    """Whichever of the engine's threads works it out: those that were there first are confined, too."""
    http.post("/", content="CREATE TABLE t (a String) ORDER BY a", params={"database": database}).raise_for_status()

    def insert(_: int) -> int:
        http.post("/", content="SELECT count() FROM numbers(1000000) WHERE cityHash64(number) % 7 = 1")
        return http.post(
            "/", content="INSERT INTO t VALUES (file('/etc/passwd'))", params={"database": database}
        ).status_code

    with ThreadPoolExecutor(8) as threads:
        assert min(threads.map(insert, range(80))) >= 400
    http.post("/", content="INSERT INTO t VALUES (upper('x'))", params={"database": database}).raise_for_status()
    assert http.post("/", content="SELECT * FROM t", params={"database": database}).text == "X\n"
