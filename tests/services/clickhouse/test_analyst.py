"""The user `analyst` reads one database, within limits that it cannot raise, and within an hour's quota."""

from collections.abc import Iterator

import clickhouse_connect
import httpx
import pytest
from clickhouse_connect.driver.client import Client
from clickhouse_connect.driver.exceptions import DatabaseError

from services.clickhouse.analyst import Analyst, AnalystSettings
from services.clickhouse.credentials import Credentials
from services.clickhouse.failure import ClickHouseError
from services.clickhouse.quota import Quota
from services.clickhouse.request import parse
from tests.support.clickhouse import ClickHouseProcess
from tests.support.polling import POLL

ROWS = 5000
QUERIES = 100
MADE = (
    "CREATE DATABASE feedback",
    "CREATE TABLE feedback.few (a UInt64) ENGINE = MergeTree ORDER BY a",
    "INSERT INTO feedback.few SELECT number FROM numbers(100)",
    "CREATE TABLE feedback.many (a UInt64) ENGINE = MergeTree ORDER BY a",
    f"INSERT INTO feedback.many SELECT number FROM numbers({2 * ROWS})",
    "CREATE VIEW feedback.below AS SELECT a FROM feedback.few WHERE a < {most:UInt64}",
    "CREATE TABLE default.secret (a UInt64, word String) ENGINE = MergeTree ORDER BY a",
    "INSERT INTO default.secret VALUES (1, 'hidden')",
    "CREATE TABLE default.joined (a UInt64, word String) ENGINE = Join(ANY, LEFT, a)",
)


@pytest.fixture(scope="module")
def front(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ClickHouseProcess]:
    """A front with small limits and a password for the analyst, and a table that is none of the analyst's."""
    with pytest.MonkeyPatch.context() as environment:
        environment.setenv("GROUNDSWELL_DATABASE", "feedback")
        environment.setenv("CLICKHOUSE_ANALYST_PASSWORD", "look")
        environment.setenv("GROUNDSWELL_ANALYST_MAX_ROWS_TO_READ", str(ROWS))
        environment.setenv("GROUNDSWELL_ANALYST_MAX_RESULT_ROWS", "3000")
        environment.setenv("GROUNDSWELL_ANALYST_QUERIES_AN_HOUR", str(QUERIES))
        made = ClickHouseProcess.start(tmp_path_factory.mktemp("analyst") / "data")
    for statement in MADE:
        POLL.post(made.url, content=statement, timeout=30).raise_for_status()
    yield made
    made.stop()


@pytest.fixture(scope="module")
def analyst(front: ClickHouseProcess) -> Iterator[Client]:
    with clickhouse_connect.get_client(
        host="127.0.0.1", port=front.port, username="analyst", password="look", database="feedback"
    ) as client:
        yield client


def ask(front: ClickHouseProcess, query: str, **settings: str) -> httpx.Response:
    headers = {"x-clickhouse-user": "analyst", "x-clickhouse-key": "look"}
    return POLL.post(front.url, content=query, params=settings, headers=headers, timeout=30)


def test_reads_the_one_database_by_any_client(front: ClickHouseProcess, analyst: Client):
    assert analyst.query("SELECT count() FROM few").result_rows == [(100,)]
    assert analyst.query("SELECT max(a) FROM below(most = 5)").result_rows == [(4,)]
    assert analyst.query("SELECT max(a) FROM feedback.below(most = {n:UInt8})", {"n": 7}).result_rows == [(6,)]
    assert len(analyst.query_df("SELECT a FROM few WHERE a IN (SELECT number FROM numbers(3))")) == 3
    assert ask(front, "SELECT a FROM few ORDER BY a LIMIT 2 FORMAT JSONEachRow").text == '{"a":0}\n{"a":1}\n'
    assert ask(front, "SHOW TABLES").text == "below\nfew\nmany\n"
    assert "UInt64" in ask(front, "DESCRIBE TABLE few").text
    assert ask(front, "SELECT count() FROM few", max_rows_to_read="200", output_format_json_quote_64bit_integers="0")


@pytest.mark.parametrize(
    "query",
    [
        "SELECT * FROM default.secret",
        "SELECT 1 IN `default`.secret",
        "WITH x AS (SELECT word FROM default.secret) SELECT * FROM x",
        "SELECT throwIf((SELECT count() FROM default.secret) = 1)",
        "SELECT CAST((SELECT word FROM default.secret) AS UInt8)",
        "SELECT few.a FROM few ASOF JOIN default.secret AS `s, identifier: few` USING a",
        "SELECT joinGet('default.joined', 'word', toUInt64(1))",
        "SELECT * FROM merge('default', '.*')",
        "SELECT * FROM view(SELECT word FROM default.secret)",
        "SELECT * FROM remote('127.0.0.1', default.secret)",
        "SELECT query FROM system.processes",
        "SELECT * FROM system.query_log",
        "SELECT * FROM file('/etc/passwd', LineAsString)",
        "SELECT * FROM url('http://127.0.0.1/', LineAsString)",
        "INSERT INTO feedback.few VALUES (1)",
        "INSERT INTO feedback.few SELECT 1",
        "CREATE TABLE feedback.mine (a UInt8) ENGINE = Memory",
        "DROP TABLE feedback.few",
        "SET max_rows_to_read = 0",
        "USE default",
        "EXPLAIN SELECT throwIf((SELECT count() FROM default.secret) = 1)",
        "DESCRIBE (SELECT CAST((SELECT word FROM default.secret) AS UInt8))",
        "SHOW PROCESSLIST",
        "KILL QUERY WHERE 1",
    ],
)
def test_nothing_else_is_reached_and_nothing_changed(front: ClickHouseProcess, query: str):
    refused = ask(front, query)
    assert (refused.status_code, "(ACCESS_DENIED)" in refused.text) == (403, True), refused.text
    assert "hidden" not in refused.text


def test_names_that_a_parameter_brings_are_looked_at_too(front: ClickHouseProcess):
    refused = ask(front, "SELECT * FROM {d:Identifier}.{t:Identifier}", param_d="default", param_t="secret")
    assert (refused.status_code, "hidden" in refused.text) == (403, False)


def test_who_reads_too_much_is_told_so(front: ClickHouseProcess, analyst: Client):
    with pytest.raises(DatabaseError, match=r"Limit for rows \(controlled by 'max_rows_to_read' setting\) exceeded"):
        analyst.query("SELECT sum(a) FROM many")
    with pytest.raises(DatabaseError, match="TOO_MANY_ROWS_OR_BYTES"):
        analyst.query("SELECT number FROM numbers(4000)")


@pytest.mark.parametrize(
    ("settings", "code"),
    [
        ({"max_rows_to_read": "0"}, "SETTING_CONSTRAINT_VIOLATION"),
        ({"max_rows_to_read": str(ROWS + 1)}, "SETTING_CONSTRAINT_VIOLATION"),
        ({"max_execution_time": "nan"}, "SETTING_CONSTRAINT_VIOLATION"),
        ({"read_overflow_mode": "break"}, "READONLY"),
        ({"allow_ddl": "1"}, "READONLY"),
        ({"database": "system"}, "ACCESS_DENIED"),
    ],
)
def test_no_limit_can_be_raised(front: ClickHouseProcess, settings: dict[str, str], code: str):
    assert code in ask(front, "SELECT 1", **settings).text
    for clause in ("max_rows_to_read = 0", "readonly = 0"):
        assert "(READONLY)" in ask(front, f"SELECT sum(a) FROM many SETTINGS {clause}").text
    assert "Limit for rows" in ask(front, "SELECT sum(a) FROM many", readonly="0", session_id="s").text


def test_a_session_of_somebody_else_is_out_of_reach(front: ClickHouseProcess):
    own = {"session_id": "theirs"}
    httpx.post(front.url, params=own, content="CREATE TEMPORARY TABLE kept (a UInt8)").raise_for_status()
    assert ask(front, "SELECT * FROM kept", **own).status_code == 404


def test_wrong_passwords_and_no_passwords(front: ClickHouseProcess):
    for headers in ({"x-clickhouse-user": "analyst"}, {"x-clickhouse-user": "analyst", "x-clickhouse-key": "x"}):
        assert httpx.post(front.url, content="SELECT 1", headers=headers).status_code == 403
    assert httpx.post(front.url, content="SELECT count() FROM default.secret").text == "1\n"


def test_without_a_password_there_is_an_analyst_only_where_the_owner_has_none_either(monkeypatch: pytest.MonkeyPatch):
    asked = {"x-clickhouse-user": "analyst"}
    monkeypatch.delenv("CLICKHOUSE_PASSWORD", raising=False)
    assert Credentials.from_environment(None).check(asked, b"") == "analyst"
    monkeypatch.setenv("CLICKHOUSE_PASSWORD", "secret")
    with pytest.raises(ClickHouseError, match="Authentication failed"):
        Credentials.from_environment(None).check(asked, b"")


def test_a_quota_counts_queries_and_rows_of_an_hour():
    now = 1_800_000_000.0
    quota = Quota("analyst", queries=3, read_rows=1000, clock=lambda: now)
    for rows in (400, 600):
        quota.begin_query()
        quota.count_rows(rows)
    with pytest.raises(
        ClickHouseError, match=r"for 3600s has been exceeded: read_rows = 1000/1000\. Interval will end"
    ):
        quota.begin_query()
    now += 3600
    for _ in range(3):
        quota.begin_query()
    with pytest.raises(ClickHouseError, match="queries = 4/3"):
        quota.begin_query()


def test_only_so_many_queries_at_once():
    analyst = Analyst(AnalystSettings(max_running=1))
    request = parse("POST", b"query=SELECT+1", {})
    analyst.enter(analyst.admit(request).query_id)
    with pytest.raises(ClickHouseError, match=r"Too many simultaneous queries for user analyst\. Maximum: 1"):
        analyst.admit(request)
    analyst.leave(request.query_id)
    assert analyst.admit(request).settings["readonly"] == "1"


def test_the_hour_s_queries_are_used_up(front: ClickHouseProcess):
    """The last one here: after it there is nothing left."""
    answers = [ask(front, "SELECT 1") for _ in range(QUERIES)]
    assert "(QUOTA_EXCEEDED)" in answers[-1].text
    assert "Quota for user `analyst` for 3600s has been exceeded: queries = " in answers[-1].text
    assert httpx.post(front.url, content="SELECT 1").text == "1\n"
