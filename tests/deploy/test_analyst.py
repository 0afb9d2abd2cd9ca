"""The analyst's user on a real ClickHouse server: the engine reads its statements, and they say what the front does."""

import re
from pathlib import Path

from clickhouse_connect.driver.client import Client

from services.clickhouse.analyst import AnalystSettings

SQL = Path(__file__).parents[2] / "deploy" / "clickhouse" / "analyst.sql"


def statements() -> list[str]:
    text = "\n".join(line for line in SQL.read_text().splitlines() if not line.startswith("--"))
    return [statement.strip() for statement in text.split(";") if statement.strip()]


def test_the_engine_reads_every_statement(clickhouse_url: str):
    import clickhouse_connect

    with clickhouse_connect.get_client(dsn=clickhouse_url) as client:
        read = [formatted(client, statement) for statement in statements()]
        known = {row[0] for row in client.query("SELECT name FROM system.settings").result_rows}
    assert [each.split()[1] for each in read[:4]] == ["SETTINGS", "USER", "USER", "QUOTA"]
    assert {name for name, _ in settings()} <= known


def formatted(client: Client, statement: str) -> str:
    found: str = client.query("SELECT formatQuerySingleLine({statement:String})", {"statement": statement}).result_rows[
        0
    ][0]
    return found


def settings() -> list[tuple[str, str]]:
    return re.findall(r"^ +(\w+) = (\S+?),? ", statements()[0] + "\n", re.MULTILINE)


def test_its_limits_are_those_of_the_front():
    asked = AnalystSettings(_env_file=None)
    said = dict(settings())
    assert {name: int(said[name]) for name in asked.limits()} == asked.limits()
    for name in asked.limits():
        assert re.search(rf"{name} = (\d+) MIN 1 MAX \1\b", statements()[0]), name
    assert int(said["max_concurrent_queries_for_user"]) == asked.max_running
    quota = re.search(r"queries = (\d+), read_rows = (\d+)", statements()[3])
    assert quota is not None
    assert (int(quota[1]), int(quota[2])) == (asked.queries_an_hour, asked.rows_read_an_hour)


def test_nobody_can_log_in_before_there_is_a_password():
    assert statements()[1] == "CREATE USER IF NOT EXISTS analyst IDENTIFIED WITH no_password HOST NONE"
